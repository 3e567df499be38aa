// SPDX-License-Identifier: Apache-2.0
#include "ashlar/http/server.hpp"

#include "ashlar/auth/revocations.hpp"
#include "ashlar/auth/token.hpp"
#include "ashlar/log/logger.hpp"
#include "ashlar/web/app.hpp"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

// A small program on the library, for bench/compare:
//   bench_server bare PORT             GET /json alone: no access log, no security headers, no request id
//   bench_server full PORT LOG_FILE    GET /api/ping behind a token, POST /api/validate; access log to a file
// Its first line of output is an access token.
namespace {

using ashlar::Result;
using ashlar::api::Call;
using ashlar::api::UserCall;

struct Greeting {
  std::string message;
};
ASHLAR_DESCRIBE(Greeting, message)

struct Pong {
  bool pong;
  ashlar::Uuid sub;
};
ASHLAR_DESCRIBE(Pong, pong, sub)

struct Product {
  ashlar::Text<1, 200> name;
  ashlar::MoneyBetween<1, 1'000'000'00> price;
  std::optional<ashlar::Text<0, 2000>> description;
  ashlar::Defaulted<ashlar::Int<0, 1'000'000>, 0> stock;
  std::optional<ashlar::Text<1, 60>> category;
};
ASHLAR_DESCRIBE(Product, name, price, description, stock, category)

Result<ashlar::api::Bare<Greeting>> greet(Call&) { return ashlar::api::Bare<Greeting>{{"Hello, World!"}}; }

Result<Pong> ping(UserCall& call) { return Pong{true, call.user().id}; }

Result<ashlar::api::Created<Product>> validate(Call&, Product product) {
  return ashlar::api::Created<Product>{std::move(product)};
}

int wait_for_signal() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  int signal = 0;
  sigwait(&signals, &signal);
  return signal;
}

void block_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

}  // namespace

int main(int argc, char** argv) {
  using namespace std::chrono_literals;
  if (argc < 3) {
    std::fputs("usage: bench_server bare|full PORT [LOG_FILE]\n", stderr);
    return 64;
  }
  block_signals();
  const bool full = std::string_view(argv[1]) == "full";

  ashlar::SystemClock clock;
  ashlar::SystemRandom random;
  ashlar::log::LogOptions log_options;
  log_options.console = ashlar::log::LogOptions::Console::none;
  if (full && argc > 3) log_options.file = argv[3];
  ashlar::log::Logger logger(log_options, clock);

  ashlar::auth::MemoryRevocations revocations(clock);
  ashlar::auth::TokenOptions token_options;
  token_options.access_secret = "an access secret that only the benchmark has";
  token_options.refresh_secret = "a refresh secret that only the benchmark has";
  token_options.access_lifetime = 24h;
  ashlar::auth::Tokens tokens(token_options, clock, random, revocations);
  ashlar::auth::Principal caller;
  caller.id = ashlar::Uuid::make(clock, random);
  caller.session = ashlar::Uuid::make(clock, random);
  caller.email = "ada@example.com";
  caller.role = "user";
  caller.permissions = {"create:product"};
  std::puts(tokens.issue_access(caller).token.c_str());
  std::fflush(stdout);

  ashlar::web::Routes routes;
  routes.get("/json", greet).open();
  routes.get("/api/ping", ping).signed_in();
  routes.post("/api/validate", validate).open();

  using AccessLog = ashlar::web::AppOptions::AccessLog;
  ashlar::web::AppOptions options;
  options.access_log = full ? AccessLog::on : AccessLog::off;
  if (!full) {
    options.security_headers = ashlar::web::SecurityHeaders::none();
    options.request_id_header = ashlar::web::AppOptions::RequestIdHeader::off;
  }
  ashlar::web::App app(options, Call::Environment{&clock, &random, &logger}, &tokens, std::move(routes));

  ashlar::http::ServerOptions server_options;
  server_options.host = "127.0.0.1";
  server_options.port = static_cast<std::uint16_t>(std::atoi(argv[2]));
  server_options.loops = 1;
  ashlar::http::Server server(server_options, app);
  server.start();
  wait_for_signal();
  server.stop(1s);
}
