// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "ashlar/api/operation.hpp"
#include "ashlar/api/reply.hpp"
#include "ashlar/api/stream.hpp"
#include "ashlar/auth/revocations.hpp"
#include "ashlar/core/clock.hpp"
#include "ashlar/core/random.hpp"
#include "ashlar/core/timestamp.hpp"
#include "ashlar/core/uuid.hpp"
#include "ashlar/grpc/server.hpp"
#include "ashlar/log/logger.hpp"
#include "ashlar/schema/composites.hpp"
#include "ashlar/schema/json_object.hpp"
#include "ashlar/schema/untagged_one_of.hpp"
#include "ashlar/web/app.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <optional>
#include <semaphore>
#include <stdexcept>
#include <string>
#include <vector>

// Operations whose types are those that protobuf has to express, for the tests of this module and its fuzz target.
namespace ashlar::grpc {

enum class Colour : std::uint8_t { red, green };
ASHLAR_DESCRIBE_ENUM(Colour, red, green)
struct Part {
  Line<1, 20> name;
  std::vector<Part> parts{};
};
ASHLAR_DESCRIBE(Part, name, parts)

struct Square {
  static constexpr std::string_view tag = "square";
  std::int64_t side = 0;
};
ASHLAR_DESCRIBE(Square, side)
struct Circle {
  static constexpr std::string_view tag = "circle";
  double radius = 0;
};
ASHLAR_DESCRIBE(Circle, radius)

struct Thing {
  Uuid id;
  Line<1, 20> name;
  std::int64_t count = 0;
  bool is_new = false;
  double weight = 0;
  Colour colour{};
  Timestamp made_at;
  std::optional<std::string> note{};
  Nullable<std::int64_t> rank{};
  std::optional<Nullable<std::int64_t>> age{};
  Defaulted<Int<1, 100>, 20> limit{};
  std::vector<std::int64_t> numbers{};
  Array<Line<1, 5>, 0, 3> words{};
  std::optional<Part> part{};
  OneOf<"type", Square, Circle> shape{};
  JsonObject data{};
};
ASHLAR_DESCRIBE(Thing, id, name, count, is_new, weight, colour, made_at, note, rank, age, limit, numbers, words, part,
                shape, data)

struct Greet {
  Line<1, 20> name;
  std::optional<Int<1, 3>> times{};
};
ASHLAR_DESCRIBE(Greet, name, times)
struct Greeting {
  std::string text;
};
ASHLAR_DESCRIBE(Greeting, text)
struct Farewell {
  std::string words;
  std::int64_t count = 0;
};
ASHLAR_DESCRIBE(Farewell, words, count)

}  // namespace ashlar::grpc

namespace ashlar::grpc::test {

inline Result<api::Created<Thing>> echo(api::Call&, Thing in) { return api::Created<Thing>{std::move(in)}; }
inline Result<Greeting> greet(api::Call&, Greet in) {
  std::string text;
  for (std::int64_t i = 0; i < (in.times ? in.times->value() : 1); ++i) text += "Hello " + std::string(in.name.view());
  return Greeting{text};
}
inline Result<UntaggedOneOf<Greeting, Farewell>> leave(api::UserCall&, Greet in) {
  return Farewell{.words = "Bye " + std::string(in.name.view()), .count = 1};
}
inline Result<> nothing(api::Call&) { return {}; }
inline Result<api::Page<Greeting>> greetings(api::Call&) {
  api::Page<Greeting> out;
  out.items = {{"one"}, {"two"}};
  out.total = 2;
  return out;
}
inline Result<Greeting> repeat_key(api::Call& call) { return Greeting{std::string(call.idempotency_key())}; }
inline Result<Greeting> long_text(api::Call&) { return Greeting{std::string(5'000, 'l')}; }
inline Result<Greeting> refuse(api::Call&, Greet in) {
  if (in.name.view() == "late")
    return std::unexpected(Error(ashlar::errors::overloaded, "100 % full\n").with_retry_after(std::chrono::seconds(7)));
  throw std::runtime_error("a secret of the inside");
}

// Waits until it is cancelled, and says so.
struct Endless {
  std::binary_semaphore began{0};
  std::binary_semaphore cancelled{0};
};
inline Task<Result<>> wait(api::Call&, Endless& endless) {
  boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor,
                                  boost::asio::steady_timer::time_point::max());
  endless.began.release();
  try {
    co_await timer.async_wait(boost::asio::use_awaitable_t<LoopExecutor>{});
  } catch (...) {
    endless.cancelled.release();
    throw;
  }
  co_return Result<>{};
}

inline Task<Result<>> count_up(api::EventWriter<Greeting>& out, std::int64_t times) {
  for (std::int64_t i = 1; i <= times; ++i) {
    if (auto sent = co_await out.send(Greeting{std::to_string(i)}); !sent) co_return sent;
  }
  if (times == 3) co_return fail(ashlar::errors::overloaded, "No more.");
  co_return Result<>{};
}
inline Result<api::EventStream<Greeting>> count(api::Call&, Greet in) {
  return api::EventStream<Greeting>::from(count_up, in.times ? in.times->value() : 1);
}

// All of them, in an App.
class Operations {
 public:
  explicit Operations(ServerOptions options = {.package = "test.v1"})
      : server(std::move(options)), app({}, {&clock, &random, &log}, &tokens, routes()) {
    server.serve(app.api());
  }
  Operations(const Operations&) = delete;
  Operations& operator=(const Operations&) = delete;

  // Throws std::out_of_range.
  [[nodiscard]] const Message& message(std::string_view name) const {
    for (const auto& message : server.proto().messages()) {
      if (message->name == name) return *message;
    }
    throw std::out_of_range(std::string(name));
  }
  [[nodiscard]] std::string token() {
    auth::Principal principal;
    principal.id = *Uuid::parse("01234567-89ab-7def-8123-456789abcdef");
    principal.session = *Uuid::parse("01234567-89ab-7def-8123-111111111111");
    principal.email = "ada@example.com";
    principal.role = "user";
    return tokens.issue_access(principal).token;
  }

  Endless endless;
  ManualClock clock{Timestamp::from_milliseconds(1'800'000'000'000)};
  SeededRandom random{7};
  auth::MemoryRevocations revocations{clock};
  auth::Tokens tokens{
      {.access_secret = std::string(32, 'a'), .refresh_secret = std::string(32, 'r')}, clock, random, revocations};
  log::Logger log{{.level = log::Level::off, .console = log::LogOptions::Console::none}, clock};
  Server server;
  web::App app;

 private:
  web::Routes routes() {
    web::Routes out;
    out.post("/echo", echo).open().name("echo").tag("Things").summary("The same thing");
    out.get("/greet", greet).open().name("greet").tag("Greetings").summary("A greeting");
    out.post("/leave", leave).signed_in().name("leave").tag("Greetings").summary("A farewell");
    out.post("/nothing", nothing).open().name("nothing").tag("Greetings").summary("Nothing");
    out.get("/greetings", greetings).open().name("listGreetings").tag("Greetings").summary("All greetings");
    out.post("/key", repeat_key).open().idempotency_key().name("repeatKey").tag("Greetings").summary("The key");
    out.get("/long", long_text).open().name("longText").tag("Greetings").summary("A long text");
    out.post("/refuse", refuse).open().name("refuse").tag("Greetings").summary("An error");
    out.post("/wait", wait, endless).open().name("wait").tag("Greetings").summary("Waits");
    out.get("/count", count).open().name("count").tag("Greetings").summary("Counts");
    mount(out, server);
    return out;
  }
};

}  // namespace ashlar::grpc::test
