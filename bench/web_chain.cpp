// SPDX-License-Identifier: Apache-2.0
// The cost of the request chain by itself: requests passed to an App in the process, without a socket or a parser.
// Prints CPU nanoseconds and allocations a request.
#include "ashlar/ashlar.hpp"
#include "ashlar/auth/authority_cache.hpp"
#include "ashlar/auth/revocations.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <new>

static std::atomic<std::size_t> allocations = 0;

void* operator new(std::size_t size) {
  allocations.fetch_add(1, std::memory_order_relaxed);
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace {

using namespace ashlar;

struct Message {
  std::string message;
};
ASHLAR_DESCRIBE(Message, message)

struct SignUp {
  Text<1, 120> name;
  Email email;
  std::optional<Int<0, 150>> age;
};
ASHLAR_DESCRIBE(SignUp, name, email, age)

struct ById {
  Uuid id;
};
ASHLAR_DESCRIBE(ById, id)

Result<Bare<Message>> json(Call&) { return Bare<Message>{{"Hello, World!"}}; }
Task<Result<Bare<Message>>> json_later(Call&) { co_return Bare<Message>{{"Hello, World!"}}; }
Result<Message> ping(Call&) { return Message{"pong"}; }
Result<ById> by_id(Call&, ById in) { return in; }
Result<SignUp> validate(Call&, SignUp in) { return in; }

class Body final : public http::BodyReader {
 public:
  explicit Body(std::string_view text) : text_(text) {}
  [[nodiscard]] bool present() const override { return !text_.empty(); }
  [[nodiscard]] std::optional<std::uint64_t> length() const override { return text_.size(); }
  std::optional<std::string_view> try_whole(std::size_t) override { return text_; }
  Task<Result<std::string_view>> read() override { co_return text_; }
  Task<Result<std::string_view>> read_all(std::size_t) override { co_return text_; }

 private:
  std::string_view text_;
};

// The rights of accounts, all of them in memory.
class KeptRights final : public api::AuthoritySource {
 public:
  // The account and 50,000 others, all of one role.
  void fill(const Uuid& account, const Clock& clock, Random& random) {
    const auto role = std::make_shared<const auth::Role>(auth::Role{
        .name = "editor",
        .permissions = {*auth::PermissionPattern::parse("update:post"), *auth::PermissionPattern::parse("read:*")}});
    for (int i = 0; i <= 50'000; ++i) {
      const Uuid each = i == 0 ? account : Uuid::make(clock, random);
      cache_.keep(cache_.begin_load(each), std::make_shared<const auth::Authority>(auth::Authority{
                                               .account = each, .roles = {role}, .own = {}, .grants = {}}));
    }
  }
  [[nodiscard]] std::shared_ptr<const auth::Authority> try_find(const Uuid& account, Clock::Steady now) override {
    return cache_.find(account, now);
  }
  Task<Result<std::shared_ptr<const auth::Authority>>> load(Uuid) override { co_return nullptr; }

 private:
  auth::AuthorityCache cache_;
};

constexpr int rounds = 300'000;

std::int64_t cpu_nanoseconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return now.tv_sec * 1'000'000'000LL + now.tv_nsec;
}

Task<> repeat(App& app, http::Request& request, http::Response& response, int times) {
  for (int i = 0; i < times; ++i) {
    response.reset();
    co_await app.handle(request, response);
  }
}

void measure(const char* what, App& app, http::Request& request) {
  http::Response response;
  boost::asio::io_context loop(1);
  const auto run = [&](int times) {
    loop.restart();
    boost::asio::co_spawn(loop, repeat(app, request, response, times), boost::asio::detached);
    loop.run();
  };
  run(1000);
  const std::size_t allocated = allocations;
  const std::int64_t began = cpu_nanoseconds();
  run(rounds);
  const auto took = static_cast<double>(cpu_nanoseconds() - began) / rounds;
  std::printf("%-44s %7.0f ns  %5.2f allocations  status %d\n", what, took,
              static_cast<double>(allocations - allocated) / rounds, response.status);
}

}  // namespace

int main() {
  SystemClock clock;
  SystemRandom random;
  Logger log({.level = log::Level::warn, .console = LogOptions::Console::none}, clock);
  auth::MemoryRevocations revocations(clock);
  auth::Tokens tokens({.access_secret = std::string(32, 'a'), .refresh_secret = std::string(32, 'r')}, clock, random,
                      revocations);
  Routes routes;
  routes.get("/json", json).open();
  routes.get("/json-later", json_later).open();
  routes.get("/api/things/{id}", by_id).open();
  routes.get("/api/ping", ping).signed_in();
  routes.post("/api/validate", validate).open();
  App app({}, {&clock, &random, &log}, &tokens, std::move(routes));

  KeptRights rights;
  Routes kept_routes;
  kept_routes.get("/api/ping", ping).signed_in();
  kept_routes.get("/api/report", ping).permission("read:report");
  App kept({.authorities = &rights}, {&clock, &random, &log}, &tokens, std::move(kept_routes));
  const Uuid account = Uuid::make(clock, random);
  rights.fill(account, clock, random);

  const std::string token = "Bearer " + tokens
                                            .issue_access({.id = account,
                                                           .session = {},
                                                           .token_id = {},
                                                           .email = "ada@example.com",
                                                           .role = "user",
                                                           .permissions = {},
                                                           .expires_at = {}})
                                            .token;
  const auto request_for = [&](http::Method method, std::string_view path, Body& body) {
    http::Request request;
    request.method = method;
    request.target = request.path = path;
    request.authority = "localhost:3000";
    request.peer_address = "127.0.0.1";
    request.body = &body;
    for (const auto& [name, value] :
         std::initializer_list<http::Field>{{"Host", "localhost:3000"},
                                            {"User-Agent", "Mozilla/5.0 (X11; Linux x86_64)"},
                                            {"Accept", "application/json"},
                                            {"Accept-Encoding", "gzip, deflate, br"},
                                            {"Connection", "keep-alive"}})
      request.headers.add(name, value);
    return request;
  };
  Body none({});
  auto plain = request_for(http::Method::get, "/json", none);
  measure("GET /json", app, plain);
  plain.path = "/json-later";
  measure("GET /json, the operation a coroutine", app, plain);
  plain.path = "/nothing";
  measure("GET /nothing (404)", app, plain);
  plain.path = "/api/things/01234567-89ab-7def-8123-456789abcdef";
  measure("GET /api/things/{id}", app, plain);
  auto ping_request = request_for(http::Method::get, "/api/ping", none);
  ping_request.headers.add("Authorization", token);
  measure("GET /api/ping, a verified token", app, ping_request);
  measure("GET /api/ping, and rights in memory", kept, ping_request);
  ping_request.path = "/api/report";
  measure("GET /api/report, by a permission in memory", kept, ping_request);
  Body body(R"({"name":"Ada Lovelace","email":"ada@example.com","age":36})");
  auto post = request_for(http::Method::post, "/api/validate", body);
  post.headers.add("Content-Type", "application/json");
  measure("POST /api/validate", app, post);
}
