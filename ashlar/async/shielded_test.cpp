// SPDX-License-Identifier: Apache-2.0
#include "ashlar/async/shielded.hpp"

#include "ashlar/async/deadline.hpp"
#include "ashlar/async/task_scope.hpp"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

namespace ashlar::async {
namespace {

using namespace std::chrono_literals;

Task<> write(std::string& done) {
  co_await sleep_for(20ms);
  co_await sleep_for(1ms);
  done += "written;";
}
Task<Result<int>> write_and_tell(std::string& done) {
  co_await shielded(write(done));
  co_await sleep_for(1ms);  // another's deadline does not reach in here either
  done += "told;";
  co_return 7;
}
Task<Result<int>> fail_late() {
  co_await sleep_for(5ms);
  throw std::runtime_error("broken");
}
Task<Result<int>> go_on(std::string& done) {
  auto out = co_await shielded(write_and_tell(done));
  done += "went on;";
  co_return out;
}
Task<Result<int>> go_on_and_wait(std::string& done) {
  (void)co_await go_on(done);
  co_await sleep_for(10min);
  co_return 1;
}

TEST(Shielded, EndsItsTaskAlthoughTheDeadlinePassed) {
  boost::asio::io_context loop(1);
  std::string done;
  const auto got = run_to_end(loop, with_deadline(go_on(done), 1ms));
  EXPECT_EQ(done, "written;told;went on;");
  ASSERT_TRUE(got);
  EXPECT_EQ(*got, 7);
}

TEST(Shielded, TheDeadlineEndsWhatComesAfter) {
  boost::asio::io_context loop(1);
  std::string done;
  EXPECT_FALSE(run_to_end(loop, with_deadline(go_on_and_wait(done), 1ms)));
  EXPECT_EQ(done, "written;told;went on;");
}

TEST(Shielded, LetsExceptionsThrough) {
  boost::asio::io_context loop(1);
  EXPECT_THROW((void)run_to_end(loop, shielded(fail_late())), std::runtime_error);
}

}  // namespace
}  // namespace ashlar::async
