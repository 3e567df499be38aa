// SPDX-License-Identifier: Apache-2.0
#include "ashlar/async/caught.hpp"

#include "ashlar/async/deadline.hpp"
#include "ashlar/async/task_scope.hpp"
#include "tests/support/test_loop.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <stdexcept>
#include <system_error>

namespace ashlar::async {
namespace {

using namespace std::chrono_literals;

class Caught : public testing::Test, protected tests::TestLoop {};

Task<Result<int>> value(int number) { co_return number; }
Task<Result<int>> error() { co_return std::unexpected(Error(errors::overloaded, "Not here.")); }
template <class E>
Task<Result<int>> thrower(E thrown) {
  throw thrown;
  co_return 0;
}

TEST_F(Caught, PassesResultsOn) {
  EXPECT_EQ(*await(caught(value(7))), 7);
  EXPECT_EQ(await(caught(error())).error().code().name, errors::overloaded.name);
}

TEST_F(Caught, MakesAnErrorOfWhatIsThrown) {
  const auto failed = await(caught(thrower(std::runtime_error("column 3: no time"))));
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code().name, errors::internal.name);
  EXPECT_EQ(failed.error().cause(), "column 3: no time");
  const boost::system::system_error refused(boost::asio::error::connection_refused);
  EXPECT_FALSE(await(caught(thrower(refused))));
}

Task<> repeat(int& turns) {
  while (true) {
    ++turns;
    (void)co_await caught(thrower(std::runtime_error("again")));
    co_await sleep_for(0ms);  // lets the loop run others
  }
}

TEST_F(Caught, ATaskThatRepeatsGoesOnAndCanBeCancelled) {
  TaskScope scope(loop_);
  int turns = 0;
  scope.start(repeat(turns));
  while (turns < 3) loop_.run_one();
  scope.cancel();
  run_to_end(loop_, scope.join());
  EXPECT_GE(turns, 3);
}

Task<Result<int>> sleeper(int& began) {
  ++began;
  co_await sleep_for(1h);
  co_return 0;
}
Task<> sleep_again(int& began) {
  while (true) (void)co_await caught(sleeper(began));
}

TEST_F(Caught, LetsACancellationPass) {
  TaskScope scope(loop_);
  int began = 0;
  scope.start(sleep_again(began));
  while (began == 0) loop_.run_one();
  scope.cancel();
  run_to_end(loop_, scope.join());
  EXPECT_EQ(began, 1);
}

}  // namespace
}  // namespace ashlar::async
