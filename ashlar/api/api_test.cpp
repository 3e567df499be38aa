// SPDX-License-Identifier: Apache-2.0
#include "ashlar/api/api.hpp"

#include "ashlar/api/detail/test_api.hpp"

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ashlar::api {
namespace {

using namespace std::chrono_literals;
using detail::TestApi;
using testing::HasSubstr;
using testing::Not;

struct Note {
  Text<1, 10> text;
};
ASHLAR_DESCRIBE(Note, text)
struct Stored {
  std::string text;
  std::string key;
  std::string fingerprint;
};
ASHLAR_DESCRIBE(Stored, text, key, fingerprint)
constexpr ErrorCode note_taken{ErrorKind::conflict, "note.taken"};
constexpr ErrorCode store_missing{ErrorKind::unavailable, "store.missing"};

// Suspends, and resumes on the loop's next turn.
Task<> resume_later() { co_await boost::asio::post(boost::asio::use_awaitable_t<LoopExecutor>{}); }

Stored stored(const Call& call, const Note& in) {
  return {in.text.str(), std::string(call.idempotency_key()), std::string(call.fingerprint())};
}
Result<Stored> store(Call& call, Note in) { return stored(call, in); }
Task<Result<Created<Stored>>> store_later(Call& call, Note in) {
  co_await resume_later();
  co_return Created<Stored>{stored(call, in)};
}
Result<Stored> refuse(Call&, Note) { return fail(note_taken, "There is one."); }
Result<Stored> miss(Call&, Note) {
  return std::unexpected(Error(store_missing, "Try again.").with_cause("no route to db1"));
}
Result<Stored> fail_badly(Call&, Note) { throw std::runtime_error("the disk is on fire"); }
Task<Result<Stored>> never(Call&, Note) {
  using Steady = std::chrono::steady_clock;
  boost::asio::basic_waitable_timer<Steady, boost::asio::wait_traits<Steady>, LoopExecutor> timer(
      co_await boost::asio::this_coro::executor, Steady::time_point::max());
  co_await timer.async_wait(boost::asio::use_awaitable_t<LoopExecutor>{});
  co_return Stored{};
}
Result<Page<Stored>> list(Call&) { return Page<Stored>{.items = {{"a", "", ""}}, .page = 2, .limit = 1, .total = 3}; }
Result<WithCredentials<>> sign_out(Call&) { return WithCredentials<>{}; }

const std::string good = R"({"text": "hello"})";

TEST(Api, EndsEveryCallWithAReplyOrAnError) {
  struct Case {
    std::string operation, json, outcome;
  };
  TestApi test;
  for (Endpoint* endpoint :
       {&test.add("store", store), &test.add("storeLater", store_later), &test.add("refuse", refuse),
        &test.add("miss", miss), &test.add("failBadly", fail_badly), &test.add("list", list)})
    endpoint->guards = {open()};
  const std::vector<Case> cases = {
      {"nothing", good, "operation.not_found"},
      {"store", "", "request.malformed_json"},
      {"store", "{", "request.malformed_json"},
      {"store", "[]", "request.invalid"},
      {"store", R"({"text": ""})", "request.invalid"},
      {"store", R"({"text": "a", "more": 1})", "request.invalid"},
      {"storeLater", R"({"text": 1})", "request.invalid"},
      {"list", R"({"page": 1})", "request.invalid"},
      {"refuse", good, "note.taken"},
      {"miss", good, "store.missing"},
      {"failBadly", good, "internal"},
      {"store", good, "ok"},
      {"storeLater", good, "ok"},
      {"list", "", "ok"},
  };
  for (const Case& each : cases)
    EXPECT_EQ(test.outcome(each.operation, each.json), each.outcome) << each.operation << ' ' << each.json;
  const auto page = test.call("list", "{}");
  EXPECT_EQ(page->json, R"([{"text":"a","key":"","fingerprint":""}])");
  EXPECT_EQ(page->total, 3);
}

TEST(Api, LogsFaultsOfOursWithTheirCauseAndShowsNothingOfIt) {
  TestApi test;
  for (Endpoint* endpoint : {&test.add("failBadly", fail_badly), &test.add("miss", miss)}) endpoint->guards = {open()};
  const auto reply = test.call("failBadly", good, {.request_id = "r-1"});
  EXPECT_EQ(reply.error().code(), ashlar::errors::internal);
  EXPECT_THAT(reply.error().message(), Not(HasSubstr("fire")));
  EXPECT_EQ(test.outcome("miss", good), "store.missing");
  const std::string lines = test.log_lines();
  EXPECT_THAT(lines, HasSubstr(R"("cause":"the disk is on fire","operation":"failBadly","transport":"in-process")"));
  EXPECT_THAT(lines, HasSubstr(R"("requestId":"r-1")"));
  EXPECT_THAT(lines, HasSubstr(R"("cause":"no route to db1")"));
}

TEST(Api, WritesOneLineForEachCall) {
  TestApi test;
  test.add("store", store).guards = {signed_in()};
  Caller caller = TestApi::as("user");
  caller.address = "203.0.113.7";
  caller.request_id = "r-7";
  caller.traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  EXPECT_EQ(test.outcome("store", good, caller), "ok");
  EXPECT_EQ(test.outcome("store", good, {.request_id = "r-8"}), "auth.not_signed_in");
  const std::string lines = test.log_lines();
  EXPECT_THAT(lines, HasSubstr(R"("message":"request","operation":"store","address":"203.0.113.7","durationMs":0,)"
                               R"("requestId":"r-7","userId":")" +
                               TestApi::user_id.to_string() + R"(","traceId":"4bf92f3577b34da6a3ce929d0e0e4736")"));
  EXPECT_THAT(lines, HasSubstr(R"("message":"access refused","code":"auth.not_signed_in","operation":"store",)"
                               R"("required":"signed in")"));
  EXPECT_THAT(lines, HasSubstr(R"("message":"request","operation":"store","code":"auth.not_signed_in")"));
}

TEST(Api, SamplesTheLinesOfQuickSuccessesOnly) {
  TestApi test;
  test.options.log.one_in = 10;
  for (Endpoint* endpoint : {&test.add("store", store), &test.add("refuse", refuse)}) endpoint->guards = {open()};
  for (int i = 0; i < 1'000; ++i) EXPECT_EQ(test.outcome("store", good), "ok");
  for (int i = 0; i < 20; ++i) EXPECT_EQ(test.outcome("refuse", good), "note.taken");
  const std::string lines = test.log_lines();
  const auto count = [&lines](std::string_view part) {
    int found = 0;
    for (std::size_t at = 0; (at = lines.find(part, at)) != lines.npos; ++at) ++found;
    return found;
  };
  EXPECT_NEAR(count(R"("oneIn":10)"), 100, 50);
  EXPECT_EQ(count(R"("code":"note.taken")"), 20);
}

TEST(Api, CountsHowCallsEnd) {
  TestApi test;
  for (Endpoint* endpoint : {&test.add("store", store), &test.add("refuse", refuse)}) endpoint->guards = {open()};
  for (int i = 0; i < 3; ++i) EXPECT_EQ(test.outcome("store", good), "ok");
  EXPECT_EQ(test.outcome("store", "{"), "request.malformed_json");
  EXPECT_EQ(test.outcome("refuse", good), "note.taken");
  std::string out;
  observe::MetricsText text(out);
  test.api().append_metrics(text);
  EXPECT_THAT(out, HasSubstr(R"(ashlar_calls_total{operation="store",outcome="ok"} 3)"));
  EXPECT_THAT(out, HasSubstr(R"(ashlar_calls_total{operation="store",outcome="malformed"} 1)"));
  EXPECT_THAT(out, HasSubstr(R"(ashlar_calls_total{operation="refuse",outcome="conflict"} 1)"));
  EXPECT_THAT(out, Not(HasSubstr(R"(operation="refuse",outcome="ok")")));
  EXPECT_EQ(test.api().metrics().in_flight(), 0);
}

TEST(Api, CancelsACallAtItsDeadline) {
  TestApi test;
  Endpoint& endpoint = test.add("never", never);
  endpoint.guards = {open()};
  endpoint.time_max = 20ms;
  EXPECT_EQ(test.outcome("never", good), "server.deadline_exceeded");
  EXPECT_THAT(test.log_lines(), HasSubstr("the deadline of 20 ms has passed"));
}

TEST(Api, TakesTheCallersDeadlineWhereItEndsSooner) {
  TestApi test;
  test.add("never", never).guards = {open()};
  EXPECT_EQ(test.outcome("never", good, {.deadline = test.clock.steady() + 10ms}), "server.deadline_exceeded");
}

TEST(Api, GivesAnIdempotentCallItsKeyAndAFingerprintOfItsInput) {
  TestApi test;
  for (Endpoint* endpoint : {&test.add("store", store), &test.add("storeAgain", store)}) endpoint->guards = {open()};
  Endpoint& keyed = test.add("storeOnce", store);
  keyed.guards = {open()};
  keyed.idempotency = Endpoint::Idempotency::taken;
  const auto fingerprint = [&](std::string operation, std::string json, std::string key) {
    const auto reply = test.call(std::move(operation), std::move(json), {.idempotency_key = key});
    return reply ? schema::read_json<Stored>(reply->json)->fingerprint : std::string(reply.error().code().name);
  };
  EXPECT_EQ(fingerprint("store", good, "k"), "") << "the endpoint takes no key";
  EXPECT_EQ(fingerprint("storeOnce", good, ""), "");
  EXPECT_EQ(fingerprint("storeOnce", good, "a b"), "request.invalid");
  EXPECT_EQ(fingerprint("storeOnce", good, std::string(256, 'k')), "request.invalid");
  const std::string one = fingerprint("storeOnce", good, "k");
  EXPECT_THAT(one, testing::StartsWith("storeOnce "));
  EXPECT_EQ(fingerprint("storeOnce", R"(  {"text":"hello"} )", "other"), one);
  EXPECT_NE(fingerprint("storeOnce", R"({"text": "hullo"})", "k"), one);
}

// Refuses every call, and counts them.
class Gatekeeper final : public Step {
 public:
  explicit Gatekeeper(int& asked) : asked_(asked) {}
  [[nodiscard]] std::string_view name() const override { return "gatekeeper"; }
  [[nodiscard]] bool concerns(const PreparedEndpoint& endpoint) const override {
    return endpoint.endpoint->name != "free";
  }
  [[nodiscard]] std::optional<Result<>> try_decide(Invocation&) const override { return std::nullopt; }
  [[nodiscard]] Task<Result<>> decide(Invocation& invocation) const override {
    ++asked_;
    co_await resume_later();
    if (invocation.call.principal() == nullptr) co_return fail(note_taken, "Not today.");
    co_return Result<>{};
  }

 private:
  int& asked_;
};

TEST(Api, RunsTheStepsThatAnApplicationAdds) {
  int asked = 0;
  TestApi test;
  test.options.add_steps = [&asked](Steps& steps) {
    steps.insert_after("guard", std::make_shared<Gatekeeper>(asked));
    EXPECT_THROW(steps.insert_after("guard", std::make_shared<Gatekeeper>(asked)), std::logic_error);
    EXPECT_THROW(steps.insert_after("nothing", std::make_shared<Gatekeeper>(asked)), std::logic_error);
  };
  for (Endpoint* endpoint : {&test.add("free", store), &test.add("kept", store)}) endpoint->guards = {open()};
  test.add("refused", store).guards = {signed_in()};
  EXPECT_EQ(test.outcome("free", good), "ok");
  EXPECT_EQ(test.outcome("refused", good), "auth.not_signed_in") << "the guard runs before it";
  EXPECT_EQ(asked, 0);
  EXPECT_EQ(test.outcome("kept", good), "note.taken");
  EXPECT_EQ(test.outcome("kept", good, TestApi::as("user")), "ok");
  EXPECT_EQ(asked, 2);
}

// Each call breaks one more step's rule than the one before it; the first broken rule answers.
TEST(Api, TheStepsRefuseInTheirOrder) {
  std::size_t waiting = 11;
  TestApi test;
  test.options.overload.look_interval = 0ms;
  test.options.overload.queues = {{.name = "database", .waiting = [&waiting] { return waiting; }, .waiting_max = 10}};
  test.options.rate_limit = RateLimit{.requests = 1};
  Endpoint& endpoint = test.add("store", store);
  endpoint.guards = {role({"editor"})};
  endpoint.limits = {RateLimit{.requests = 1, .by = RateLimit::By::account}};
  Endpoint& health = test.add("health", store);
  health.guards = {open()};
  health.importance = Endpoint::Importance::essential;

  std::vector<std::string> names;
  for (const auto& step : test.api().steps().all()) names.emplace_back(step->name());
  EXPECT_EQ(names, (std::vector<std::string>{"overload", "client limits", "authentication", "guard", "transport",
                                             "caller limits"}));
  const auto at = [](std::string_view address, Caller caller = {}) {
    caller.address = address;
    return caller;
  };
  EXPECT_EQ(test.outcome("store", "{", at("192.0.2.1")), "server.overloaded");
  EXPECT_EQ(test.outcome("health", good), "ok");
  waiting = 0;
  EXPECT_EQ(test.outcome("store", "{", at("192.0.2.1")), "auth.not_signed_in");
  EXPECT_EQ(test.outcome("store", "{", at("192.0.2.1")), "rate_limit.exceeded");
  EXPECT_EQ(test.outcome("store", "{", at("192.0.2.2", TestApi::as("user"))), "auth.forbidden");
  EXPECT_EQ(test.outcome("store", "{", at("192.0.2.3", TestApi::as("editor"))), "request.malformed_json");
  EXPECT_EQ(test.outcome("store", "{", at("192.0.2.4", TestApi::as("editor"))), "rate_limit.exceeded");
}

TEST(Api, RefusesWrongDeclarationsAtOnce) {
  TestApi test;
  test.options.log.one_in = 0;
  test.add("same", store).declaration = "POST /a";
  test.add("same", store).guards = {open(), signed_in()};
  Endpoint& limited = test.add("limited", store);
  limited.guards = {open()};
  limited.limits = {RateLimit{}};
  limited.time_max = -1ms;
  Endpoint& reads = test.add("reads", store);
  reads.guards = {owner(OwnerSource{.look_up = [](Call&, Uuid id) -> Task<Result<Uuid>> { co_return id; }})};
  reads.effect = Endpoint::Effect::reads;
  reads.idempotency = Endpoint::Idempotency::taken;
  try {
    (void)test.api();
    FAIL() << "it was accepted";
  } catch (const std::logic_error& error) {
    for (const char* part :
         {"POST /a has no guard", "same has the name \"same\", which another endpoint has",
          "same is .open() and has another guard", "limited has a negative time_max",
          "limited has a limit that lets nothing through",
          "reads only reads; only an operation with changes takes an idempotency key",
          "reads looks an owner up, for which its input needs a member `Uuid id`", "log.one_in is 0"})
      EXPECT_THAT(error.what(), HasSubstr(part));
  }
}

TEST(Client, TakesAndReturnsStructs) {
  TestApi test;
  for (Endpoint* endpoint : {&test.add("store", store), &test.add("storeLater", store_later), &test.add("list", list),
                             &test.add("signOut", sign_out)})
    endpoint->guards = {open()};
  const Client client(test.api());
  const auto run = [&test](auto task) { return async::run_to_end(test.loop, std::move(task)); };
  EXPECT_EQ(run(client.call<Stored>("storeLater", Note{Text<1, 10>::of("hi")}, {}))->text, "hi");
  EXPECT_THROW((void)run(client.call("store", Stored{}, {})), std::logic_error) << "another operation's input";
  EXPECT_THROW((void)run(client.call<Stored>("list", NoInput{}, {})), std::logic_error) << "a page is no value";
  const auto signed_out = run(client.call("signOut", NoInput{}, {}));
  EXPECT_EQ(signed_out->kind, ReplyShape::Kind::none);
  EXPECT_FALSE(signed_out->credentials);
}

}  // namespace
}  // namespace ashlar::api
