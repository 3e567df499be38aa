// SPDX-License-Identifier: Apache-2.0
#include "ashlar/async/unwrap.hpp"

#include "ashlar/async/deadline.hpp"
#include "ashlar/async/shielded.hpp"
#include "ashlar/async/task_scope.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <gtest/gtest.h>

#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ashlar::async {
namespace {

using namespace std::chrono_literals;
namespace asio = boost::asio;

constexpr ErrorCode refused{ErrorKind::conflict, "test.refused"};
std::unexpected<Error> refusal() { return fail(refused, "Refused, in a text too long for the string's own memory."); }

// How a callee gives its answer: at once, after it suspended, or as an operation that completes from a callback.
enum class Way : std::uint8_t { at_once, later, operation };
enum class Answer : std::uint8_t { value, error, exception };

// Appends its name to the log when it is destroyed.
class Traced {
 public:
  Traced(std::string& log, std::string name) : log_(&log), name_(std::make_unique<std::string>(std::move(name))) {}
  Traced(Traced&&) = default;
  Traced& operator=(Traced&&) = default;
  ~Traced() {
    if (name_ != nullptr) *log_ += *name_ + ";";
  }
  Traced(const Traced&) = delete;
  Traced& operator=(const Traced&) = delete;

 private:
  std::string* log_;
  std::unique_ptr<std::string> name_;  // of the heap, so that ASan sees a use after it
};

Task<Result<int>> operation(asio::io_context& loop, Answer answer) {
  return asio::async_initiate<const asio::use_awaitable_t<LoopExecutor>, void(std::exception_ptr, Result<int>)>(
      [&loop, answer](auto handler) {
        asio::post(loop, [handler = std::move(handler), answer]() mutable {
          const bool throws = answer == Answer::exception;
          auto thrown = throws ? std::make_exception_ptr(std::runtime_error("broken")) : nullptr;
          std::move(handler)(thrown, answer == Answer::error ? Result<int>(refusal()) : Result<int>(7));
        });
      },
      asio::use_awaitable_t<LoopExecutor>{});
}

// Resumes as the loop's next handler.
Task<> suspend_once() { co_await asio::post(asio::use_awaitable_t<LoopExecutor>{}); }

Task<Result<int>> number(asio::io_context& loop, Way way, Answer answer) {
  if (way == Way::operation) return operation(loop, answer);
  return [](Way how, Answer what) -> Task<Result<int>> {
    if (how == Way::later) co_await suspend_once();
    if (what == Answer::exception) throw std::runtime_error("broken");
    if (what == Answer::error) co_return refusal();
    co_return 7;
  }(way, answer);
}

Task<Result<std::string>> text(asio::io_context& loop, Way way, Answer answer, std::string& log) {
  const Traced local(log, "local");
  const int value = co_await unwrap(number(loop, way, answer));
  log += "went on;";
  co_return std::to_string(value);
}

Task<Result<>> nothing(asio::io_context& loop, Way way, Answer answer, std::string& log) {
  const Traced local(log, "outer local");
  const std::string got = co_await unwrap(text(loop, way, answer, log));
  log += got + ";";
  co_return Result<>();
}

// Does not unwrap: sees the error, and that what was held by the coroutines that it ended is released.
Task<> look(asio::io_context& loop, Way way, Answer answer, std::string& log) {
  const Result<> got = co_await nothing(loop, way, answer, log);
  log += got ? "done;" : std::string(got.error().code().name) + ";";
}

class Unwrap : public testing::TestWithParam<Way> {
 protected:
  std::string run(Answer answer) {
    run_to_end(loop, look(loop, GetParam(), answer, log));
    return log;
  }
  asio::io_context loop{1};
  std::string log;
};

TEST_P(Unwrap, AnErrorEndsEachCoroutineUpToTheOneThatLooks) {
  EXPECT_EQ(run(Answer::error), "local;outer local;test.refused;");
}

TEST_P(Unwrap, AnExceptionComesOut) {
  EXPECT_THROW((void)run(Answer::exception), std::runtime_error);
  EXPECT_EQ(log, "local;outer local;");
}

TEST_P(Unwrap, AValueIsTheValue) { EXPECT_EQ(run(Answer::value), "went on;local;7;outer local;done;"); }

TEST_P(Unwrap, TheOutermostCoroutineEndsWithTheError) {
  std::optional<Result<>> ended;
  std::exception_ptr thrown;
  asio::co_spawn(loop, nothing(loop, GetParam(), Answer::error, log), [&](std::exception_ptr failure, Result<> result) {
    thrown = std::move(failure);
    ended = std::move(result);
    log += "completed;";
  });
  loop.run();
  EXPECT_EQ(thrown, nullptr);
  ASSERT_TRUE(ended);
  ASSERT_FALSE(*ended);
  EXPECT_EQ(ended->error().code(), refused);
  EXPECT_EQ(ended->error().message(), "Refused, in a text too long for the string's own memory.");
  EXPECT_EQ(log, "local;outer local;completed;");
}

TEST_P(Unwrap, PassesThroughShielded) {
  const auto outer = [](asio::io_context& on, Way way, Answer answer, std::string& into) -> Task<Result<int>> {
    co_await unwrap(shielded(nothing(on, way, answer, into)));
    into += "went on;";
    co_return 1;
  };
  EXPECT_FALSE(run_to_end(loop, shielded(outer(loop, GetParam(), Answer::error, log))));
  EXPECT_EQ(log, "local;outer local;");
  EXPECT_TRUE(run_to_end(loop, shielded(outer(loop, GetParam(), Answer::value, log))));
}

std::string name_of(const testing::TestParamInfo<Way>& way) {
  switch (way.param) {
    case Way::at_once:
      return "AtOnce";
    case Way::later:
      return "Later";
    case Way::operation:
      return "Operation";
  }
  return "";
}
INSTANTIATE_TEST_SUITE_P(Ways, Unwrap, testing::Values(Way::at_once, Way::later, Way::operation), name_of);

Result<int> parsed(std::string_view in) {
  if (in.empty()) return refusal();
  return static_cast<int>(in.size());
}
Result<> checked(int value) {
  if (value > 3) return refusal();
  return {};
}

Task<Result<std::string>> parse_both(std::string first, std::string second, std::string& log) {
  const Traced local(log, "local");
  const int sum = co_await unwrap(parsed(first)) + co_await unwrap(parsed(second));
  Result<> found = checked(sum);
  co_await unwrap(std::move(found));
  log += "went on;";
  co_return std::to_string(sum);
}
Task<Result<>> parse_in_a_task(std::string first, std::string second, std::string& log) {
  const Traced local(log, "outer local");
  log += co_await unwrap(parse_both(std::move(first), std::move(second), log)) + ";";
  co_return Result<>();
}

TEST(UnwrapResult, EndsTheCoroutineWithItsError) {
  struct Case {
    std::string first, second, log;
  };
  for (const auto& [first, second, want] :
       {Case{"", "b", "local;outer local;"}, Case{"a", "", "local;outer local;"},
        Case{"aa", "bb", "local;outer local;"}, Case{"a", "bb", "went on;local;3;outer local;"}}) {
    asio::io_context loop(1);
    std::string log;
    const Result<> got = run_to_end(loop, parse_in_a_task(first, second, log));
    EXPECT_EQ(log, want) << first << ' ' << second;
    EXPECT_EQ(got.has_value(), first.size() + second.size() == 3 && !first.empty()) << first << ' ' << second;
  }
}

Task<Result<Traced>> held(std::string name, Answer answer, std::string& log) {
  co_await suspend_once();
  if (answer == Answer::error) co_return refusal();
  co_return Traced(log, std::move(name));
}
Result<std::string> joined(const Traced&, std::unique_ptr<std::string> with, const Traced&) { return std::move(*with); }

Task<Result<std::string>> join(Answer second, std::string& log) {
  const Traced local(log, "local");
  co_return co_await unwrap(joined(co_await unwrap(held("first", Answer::value, log)),
                                   std::make_unique<std::string>("a text too long for the string's own memory"),
                                   co_await unwrap(held("second", second, log))));
}

TEST(UnwrapLifetimes, TemporariesOfTheExpressionEndWithIt) {
  asio::io_context loop(1);
  std::string log;
  EXPECT_EQ(run_to_end(loop, join(Answer::value, log)).value(), "a text too long for the string's own memory");
  EXPECT_EQ(log, "second;first;local;");
  log.clear();
  EXPECT_FALSE(run_to_end(loop, join(Answer::error, log)));
  EXPECT_EQ(log, "first;local;");
}

Task<Result<std::unique_ptr<int>>> made(Traced argument, Answer answer) {
  (void)argument;
  if (answer == Answer::error) co_return refusal();
  co_return std::make_unique<int>(7);
}
Task<Result<std::unique_ptr<int>>> passed_on(Traced argument, Answer answer) {
  auto value = co_await unwrap(made(std::move(argument), answer));
  *value += 1;
  co_return std::move(value);
}

TEST(UnwrapLifetimes, ValuesThatOnlyMoveAreMoved) {
  asio::io_context loop(1);
  std::string log;
  const auto value = run_to_end(loop, passed_on(Traced(log, "argument"), Answer::value));
  ASSERT_TRUE(value);
  EXPECT_EQ(**value, 8);
  EXPECT_EQ(log, "argument;");
  EXPECT_FALSE(run_to_end(loop, passed_on(Traced(log, "argument"), Answer::error)));
  EXPECT_EQ(log, "argument;argument;");
}

// Counts how many of it live.
class Counted {
 public:
  explicit Counted(int& living) : living_(&living) { ++*living_; }
  Counted(Counted&& other) noexcept : living_(other.living_) { ++*living_; }
  ~Counted() { --*living_; }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;
  Counted& operator=(Counted&&) = delete;

 private:
  int* living_;
};
Task<Result<Counted>> counted(int& living, Answer answer) {
  if (answer == Answer::error) co_return refusal();
  co_return Counted(living);
}
Task<Result<int>> count(int& living, Answer second) {
  const Counted first = co_await unwrap(counted(living, Answer::value));
  const Counted other = co_await unwrap(counted(living, second));
  co_return living;
}

TEST(UnwrapLifetimes, EveryValueIsDestroyed) {
  asio::io_context loop(1);
  int living = 0;
  EXPECT_EQ(run_to_end(loop, count(living, Answer::value)).value(), 2);
  EXPECT_EQ(living, 0);
  EXPECT_FALSE(run_to_end(loop, count(living, Answer::error)));
  EXPECT_EQ(living, 0);
}

// The frames of a deep recursion are destroyed without use after free, and the error is the innermost one's.
Task<Result<int>> depth(int left, std::string& log) {
  const Traced local(log, ".");
  if (left == 0) {
    co_await suspend_once();
    co_return refusal();
  }
  co_return 1 + co_await unwrap(depth(left - 1, log));
}

TEST(UnwrapLifetimes, ManyLevelsEndTogether) {
  asio::io_context loop(1);
  std::string log;
  const auto got = run_to_end(loop, depth(500, log));
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().code(), refused);
  EXPECT_EQ(log.size(), 2U * 501U);
}

Task<Result<int>> tried_again(std::string& log) {
  for (int i = 0; i < 2; ++i) {
    const Result<std::string> got = co_await parse_both("", "b", log);
    log += got ? "value;" : "error;";
  }
  try {
    (void)co_await unwrap([](std::string& into) -> Task<Result<int>> {
      const Traced local(into, "thrower");
      co_await suspend_once();
      throw std::runtime_error("broken");
    }(log));
  } catch (const std::runtime_error&) {
    log += "caught;";
  }
  co_return co_await unwrap(parsed("four"));
}

TEST(UnwrapLifetimes, ACallerThatHandlesTheErrorContinues) {
  asio::io_context loop(1);
  std::string log;
  EXPECT_EQ(run_to_end(loop, tried_again(log)).value(), 4);
  EXPECT_EQ(log, "local;error;local;error;thrower;caught;");
}

Task<Result<>> wait_long(std::string& log) {
  const Traced local(log, "waiting");
  co_await sleep_for(10min);
  log += "went on;";
  co_return Result<>();
}
Task<Result<int>> wait_in_a_task(std::string& log) {
  const Traced local(log, "outer");
  co_await unwrap(wait_long(log));
  log += "went on;";
  co_return 1;
}
Task<> keep_waiting(std::string& log) { (void)co_await wait_in_a_task(log); }

TEST(UnwrapCancellation, OperationAbortedComesOut) {
  asio::io_context loop(1);
  std::string log;
  const auto got = run_to_end(loop, with_deadline(wait_in_a_task(log), 1ms));
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().code(), errors::deadline_exceeded);
  EXPECT_EQ(log, "waiting;outer;");
}

TEST(UnwrapCancellation, AScopeEndsItsTasks) {
  asio::io_context loop(1);
  std::string log;
  TaskScope scope(loop);
  scope.start(keep_waiting(log));
  loop.poll();
  EXPECT_EQ(log, "");
  scope.cancel();
  run_to_end(loop, scope.join());
  EXPECT_EQ(log, "waiting;outer;");
}

TEST(UnwrapCancellation, ALoopThatIsDestroyedDestroysWhatWaits) {
  std::string log;
  {
    asio::io_context loop(1);
    asio::co_spawn(loop, wait_in_a_task(log), [](const std::exception_ptr&, const Result<int>&) {});
    loop.poll();
    EXPECT_EQ(log, "");
  }
  EXPECT_EQ(log, "waiting;outer;");
}

// After a cancellation each co_await of a task throws before the task begins.
Task<> wait_for(asio::steady_timer& gate) {
  co_await gate.async_wait(asio::as_tuple(asio::use_awaitable_t<LoopExecutor>{}));
}
Task<Result<int>> go_on_cancelled(asio::steady_timer& gate, std::string& log) {
  co_await shielded(wait_for(gate));
  co_await unwrap(checked(1));  // does not look at cancellation
  log += "result;";
  co_await unwrap(wait_long(log));
  co_return 1;
}

TEST(UnwrapCancellation, ATaskIsNotBegunAfterIt) {
  asio::io_context loop(1);
  std::string log;
  TaskScope scope(loop);
  asio::steady_timer gate(loop, asio::steady_timer::time_point::max());
  scope.start([](asio::steady_timer& until, std::string& into) -> Task<> {
    (void)co_await go_on_cancelled(until, into);
  }(gate, log));
  loop.poll();
  scope.cancel();
  gate.cancel();  // the shielded wait ends after the cancellation
  run_to_end(loop, scope.join());
  EXPECT_EQ(log, "result;");
}

TEST(UnwrapScope, TasksOfAScopeFailEachOnItsOwn) {
  asio::io_context loop(1);
  TaskScope scope(loop);
  std::string first;
  std::string second;
  scope.start(look(loop, Way::later, Answer::error, first));
  scope.start(look(loop, Way::later, Answer::value, second));
  run_to_end(loop, scope.join());
  EXPECT_EQ(first, "local;outer local;test.refused;");
  EXPECT_EQ(second, "went on;local;7;outer local;done;");
}

}  // namespace
}  // namespace ashlar::async
