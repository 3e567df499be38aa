// SPDX-License-Identifier: Apache-2.0
#include "ashlar/ashlar.hpp"

#include <csignal>

using namespace ashlar;

// What comes in, and what goes out: plain structs. Their types are their rules.
struct Greet {
  Text<1, 40> name;
  Defaulted<Int<1, 3>, 1> times;
};
ASHLAR_DESCRIBE(Greet, name, times)

struct Greeting {
  std::string text;
  Timestamp at;
};
ASHLAR_DESCRIBE(Greeting, text, at)

// An operation: a function from one to the other. It knows nothing of HTTP.
Result<Greeting> greet(Call& call, Greet in) {
  std::string text;
  for (int i = 0; i < in.times.value(); ++i) text += "Hello, " + in.name.str() + "! ";
  text.pop_back();
  return Greeting{text, call.now()};
}

// The route table: method, path, operation, and who may call it.
void mount(Routes& routes) {
  routes.get("/greetings/{name}", greet).open().summary("Greet somebody");
  mount_docs(routes, DocsPage::yes);
}

// Everything is built here and passed on; nothing is global.
int main() {
  sigset_t stop;  // blocked before the server starts its threads, so that only this thread receives it
  sigemptyset(&stop);
  sigaddset(&stop, SIGINT);
  sigaddset(&stop, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &stop, nullptr);

  SystemClock clock;
  SystemRandom random;
  Logger log({}, clock);
  Routes routes;
  mount(routes);
  App app({.title = "Hello"}, {&clock, &random, &log}, nullptr, std::move(routes));
  Server server({.port = 3000}, app);
  server.start();
  log.info("listening", {{"url", "http://localhost:3000/docs"}});

  int signal = 0;
  sigwait(&stop, &signal);
  server.stop(std::chrono::seconds(10));
  return 0;
}
