// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <future>
#include <stdexcept>
#include <utility>

namespace ashlar::http::detail {

// Waits for the value; the test fails if it does not arrive.
template <class T>
class Signal {
 public:
  void set(T value) { promise_.set_value(std::move(value)); }
  T wait() {
    if (future_.wait_for(std::chrono::seconds{10}) != std::future_status::ready) throw std::runtime_error("no signal");
    return future_.get();
  }

 private:
  std::promise<T> promise_;
  std::future<T> future_ = promise_.get_future();
};

}  // namespace ashlar::http::detail
