// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/mail/detail/smtp_connection.hpp"

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>

#include <chrono>
#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <utility>

namespace ashlar::mail::detail {

// The connections of one loop: how many are in use, who waits for one, and which are kept. Used on its loop alone.
class SmtpPool : public std::enable_shared_from_this<SmtpPool> {
 public:
  SmtpPool(boost::asio::io_context& loop, const SmtpOptions& options) : loop_(loop), options_(options), sweep_(loop) {}
  SmtpPool(const SmtpPool&) = delete;
  SmtpPool& operator=(const SmtpPool&) = delete;
  ~SmtpPool() = default;

  // A place among the connections that may be in use. The pool outlives it.
  class Permit {
   public:
    explicit Permit(SmtpPool& pool) : pool_(&pool) {}
    Permit(Permit&& other) noexcept : pool_(std::exchange(other.pool_, nullptr)) {}
    Permit& operator=(Permit&&) = delete;
    ~Permit() {
      if (pool_ != nullptr) pool_->release();
    }

   private:
    SmtpPool* pool_;
  };

  // In the order of asking. Error mail.unavailable: too many wait. Cancelled: throws operation_aborted.
  Task<Result<Permit>> acquire();
  // The connection that was used last and can be used still; null: there is none.
  std::unique_ptr<SmtpConnection> take_idle();
  // Keeps it for the next mail, if it can serve one.
  void put_idle(std::unique_ptr<SmtpConnection> connection);

  [[nodiscard]] boost::asio::io_context& loop() { return loop_; }

 private:
  using Timer = boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                                  boost::asio::wait_traits<std::chrono::steady_clock>, LoopExecutor>;
  struct Waiter;
  struct Idle {
    std::unique_ptr<SmtpConnection> connection;
    std::chrono::steady_clock::time_point until;
  };

  void release();
  void schedule_sweep();

  boost::asio::io_context& loop_;
  const SmtpOptions& options_;
  std::size_t active_ = 0;
  std::deque<Waiter*> waiters_;
  std::deque<Idle> idle_;  // the one unused longest first
  Timer sweep_;            // runs while there are idle ones
};

}  // namespace ashlar::mail::detail
