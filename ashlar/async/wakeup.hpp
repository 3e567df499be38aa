// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"

#include <chrono>
#include <memory>

namespace ashlar::async {

// Wakes one coroutine that waits on a loop, from any thread. A wake() while nothing waits ends the next wait
// immediately; several are one.
class Wakeup {
 public:
  Wakeup();
  ~Wakeup();
  Wakeup(const Wakeup&) = delete;
  Wakeup& operator=(const Wakeup&) = delete;

  void open(boost::asio::io_context& loop);
  void close();  // on the loop or after its end; wake() has no effect from here on

  void wake();
  // On the loop. Ends with wake(), or after `at_most`. Cancelled: throws operation_aborted.
  Task<> wait(std::chrono::milliseconds at_most);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ashlar::async
