// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/core/clock.hpp"
#include "ashlar/core/error.hpp"
#include "ashlar/oidc/detail/loop_signal.hpp"

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

namespace ashlar::oidc::detail {

// A document of a provider, shared by all loops. One caller fetches it; the others wait for that fetch on their own
// loops and get its outcome. When the fetching caller is cancelled, one of the others fetches. Safe from every loop.
template <class T>
class SharedDocument {
 public:
  using Fetch = std::move_only_function<Task<Result<T>>()>;  // called at most once

  struct Read {
    std::shared_ptr<const T> value;
    Clock::Steady fetched_at;  // when the fetch began
  };

  explicit SharedDocument(const Clock& clock) : clock_(clock) {}

  // Returns a document whose fetch began at `not_before` or later; fetches it when there is none.
  Task<Result<Read>> get(Clock::Steady not_before, Fetch fetch) {
    while (true) {
      std::shared_ptr<Flight> flight;
      bool is_ours = false;
      {
        const std::scoped_lock lock(mutex_);
        if (read_ && read_->fetched_at >= not_before) co_return *read_;
        is_ours = flight_ == nullptr;
        if (is_ours) flight_ = std::make_shared<Flight>();
        flight = flight_;
      }
      if (is_ours) co_return co_await run(std::move(flight), std::move(fetch));
      co_await flight->done.wait();
      if (flight->outcome && (!*flight->outcome || (*flight->outcome)->fetched_at >= not_before))
        co_return *flight->outcome;
    }
  }

 private:
  struct Flight {
    std::optional<Result<Read>> outcome;  // set before `done`; absent then if the fetching caller was cancelled
    LoopSignal done;
  };

  // Ends the flight on every path.
  class Landing {
   public:
    Landing(SharedDocument& document, std::shared_ptr<Flight> flight)
        : document_(document), flight_(std::move(flight)) {}
    Landing(const Landing&) = delete;
    Landing& operator=(const Landing&) = delete;
    ~Landing() {
      {
        const std::scoped_lock lock(document_.mutex_);
        document_.flight_ = nullptr;
      }
      flight_->done.set();
    }

   private:
    SharedDocument& document_;
    std::shared_ptr<Flight> flight_;
  };

  Task<Result<Read>> run(std::shared_ptr<Flight> flight, Fetch fetch) {
    const Landing landing(*this, flight);
    const Clock::Steady began = clock_.steady();
    Result<T> fetched = co_await fetch();
    const std::scoped_lock lock(mutex_);
    if (fetched) {
      read_ = Read{.value = std::make_shared<const T>(std::move(*fetched)), .fetched_at = began};
      flight->outcome = *read_;
    } else {
      flight->outcome = std::unexpected(std::move(fetched.error()));
    }
    co_return *flight->outcome;
  }

  const Clock& clock_;
  std::mutex mutex_;
  std::optional<Read> read_;
  std::shared_ptr<Flight> flight_;  // null: no fetch is running
};

}  // namespace ashlar::oidc::detail
