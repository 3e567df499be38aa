// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/clock.hpp"
#include "ashlar/log/logger.hpp"
#include "ashlar/mail/mailer.hpp"
#include "ashlar/mail/memory_mailer.hpp"
#include "backend/mail_settings.hpp"

#include <memory>

namespace ashlar::backend {

// The mailer that MAIL_URL names. Safe from every loop; the clock and the logger outlive it.
class MailTransport {
 public:
  // Throws std::runtime_error when the folder cannot be made, std::invalid_argument for a CA file, a DKIM key or an API
  // key that cannot be used.
  MailTransport(const MailSettings& settings, const Clock& clock, log::Logger& logger);
  ~MailTransport();  // it was closed, or used on loops that live longer
  MailTransport(const MailTransport&) = delete;
  MailTransport& operator=(const MailTransport&) = delete;

  [[nodiscard]] mail::Mailer& mailer();
  // The mails that are kept in the process; null where they leave it.
  [[nodiscard]] const mail::MemoryMailer* kept_mails() const;

  // When no loop has a thread any more.
  void close();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ashlar::backend
