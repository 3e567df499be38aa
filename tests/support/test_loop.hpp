// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <cstddef>
#include <exception>
#include <optional>
#include <thread>
#include <utility>

namespace ashlar::tests {

template <class T>
Task<> keep_result(Task<T> task, std::optional<T>& out) {
  out.emplace(co_await std::move(task));
}

// One loop, run by the test's own thread: tests are written as if everything blocked. A base of fixtures.
class TestLoop {
 protected:
  // Starts a task; run() drives all that were started to their ends, and throws what one of them throws. What only
  // watches (a driver's timer, say) is not waited for.
  void start(Task<> task) {
    ++running_;
    boost::asio::co_spawn(loop_, std::move(task), [this](const std::exception_ptr& thrown) {
      --running_;
      if (thrown) std::rethrow_exception(thrown);
    });
  }
  void run() {
    loop_.restart();
    while (running_ > 0 && loop_.run_one() > 0) {
    }
    loop_.poll();
  }
  template <class T>
  T await(Task<T> task) {
    std::optional<T> out;
    start(keep_result(std::move(task), out));
    run();
    return std::move(*out);
  }

  // Calls what waits for the loop (a close, say) while another thread runs it.
  template <class F>
  void while_it_runs(F call) {
    loop_.restart();
    auto work = boost::asio::make_work_guard(loop_);
    std::thread runner([this] { loop_.run(); });
    call();
    work.reset();
    loop_.stop();
    runner.join();
  }

  boost::asio::io_context loop_{1};

 private:
  std::size_t running_ = 0;
};

}  // namespace ashlar::tests
