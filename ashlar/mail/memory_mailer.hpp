// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/log/logger.hpp"
#include "ashlar/mail/mailer.hpp"

#include <cstddef>
#include <deque>
#include <mutex>
#include <vector>

namespace ashlar::mail {

struct MemoryMailerOptions {
  std::size_t kept_max = 100;                     // mails; a further one replaces the oldest
  std::size_t kept_bytes_max = 16 * 1024 * 1024;  // of all together; the newest is kept in any case
};

// Sends nothing: keeps the last mails in the process, for development and tests. It logs that one was kept, by its
// Message-ID and subject: recipients and bodies, with their tokens, are not logged. The logger outlives it.
class MemoryMailer final : public Mailer {
 public:
  MemoryMailer(MemoryMailerOptions options, log::Logger& logger) : options_(options), logger_(logger) {}

  Task<Result<>> send(Message message) override;

  [[nodiscard]] std::vector<Message> kept() const;  // the newest first

 private:
  void keep(Message message);

  const MemoryMailerOptions options_;
  log::Logger& logger_;
  mutable std::mutex mutex_;
  std::deque<Message> kept_;  // the newest first
  std::size_t kept_bytes_ = 0;
};

}  // namespace ashlar::mail
