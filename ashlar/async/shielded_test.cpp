// SPDX-License-Identifier: Apache-2.0
#include "ashlar/async/shielded.hpp"

#include "ashlar/async/deadline.hpp"
#include "ashlar/async/task_scope.hpp"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <stdexcept>

namespace ashlar::async {
namespace {

using namespace std::chrono_literals;

Task<Result<int>> finish(bool& finished) {
  co_await sleep_for(30ms);
  co_await sleep_for(1ms);
  finished = true;
  co_return 7;
}

Task<Result<int>> fail_late() {
  co_await sleep_for(5ms);
  throw std::runtime_error("broken");
}

Task<Result<int>> shield_then_wait(bool& finished, bool& went_on) {
  auto out = co_await shielded(finish(finished));
  went_on = true;
  co_await sleep_for(1ms);
  co_return out;
}

TEST(Shielded, EndsItsTaskAlthoughTheDeadlinePassed) {
  boost::asio::io_context loop(1);
  bool finished = false;
  bool went_on = false;
  const auto got = run_to_end(loop, with_deadline(shield_then_wait(finished, went_on), 1ms));
  EXPECT_TRUE(finished);
  EXPECT_TRUE(went_on);
  ASSERT_TRUE(got);
  EXPECT_EQ(*got, 7);
}

TEST(Shielded, LetsExceptionsThroughAndHeedsCancellationAgain) {
  boost::asio::io_context loop(1);
  EXPECT_THROW(run_to_end(loop, shielded(fail_late())), std::runtime_error);
  const auto later = [](boost::asio::io_context&) -> Task<Result<int>> {
    bool finished = false;
    (void)co_await shielded(finish(finished));
    co_await sleep_for(10min);
    co_return 1;
  };
  EXPECT_FALSE(run_to_end(loop, with_deadline(later(loop), 60ms)));
}

}  // namespace
}  // namespace ashlar::async
