// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/log/logger.hpp"
#include "ashlar/mail/mailer.hpp"

#include <chrono>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>

namespace ashlar::mail {

struct QueuedMailerOptions {
  std::size_t waiting_max = 1'000;                  // mails; send() refuses more
  std::chrono::milliseconds close_time_max{5'000};  // for what still waits
};

// Takes mails over at once and sends them through another Mailer, one after the other, on one loop. So the time of an
// answer tells neither whether a mail was sent nor how long that took. What waits is in memory: a crash loses it. A
// mail that the other Mailer refuses is logged by its Message-ID and not sent again.
//
// Before start() and after close() send() waits for the other Mailer itself, which tests and commands rely on. Both
// references outlive it. send() is for every loop.
class QueuedMailer final : public Mailer {
 public:
  QueuedMailer(Mailer& next, log::Logger& logger, QueuedMailerOptions options = {});
  ~QueuedMailer() override;  // it was closed, or never started

  // Before the loop has a thread.
  void start(boost::asio::io_context& loop);
  // When no loop has a thread any more. Sends what waits. The second time it does nothing.
  void close();

  Task<Result<>> send(Message message) override;

 private:
  Task<> run();
  Task<> send_waiting();
  Task<Result<>> send_rest();
  std::optional<Message> first() const;
  void remove_first();

  Mailer& next_;
  log::Logger& logger_;
  const QueuedMailerOptions options_;
  mutable std::mutex mutex_;
  std::deque<Message> waiting_;  // the first is being sent
  struct OnLoop;
  std::unique_ptr<OnLoop> on_loop_;  // null: not started, or closed
};

}  // namespace ashlar::mail
