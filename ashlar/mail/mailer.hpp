// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/core/error.hpp"
#include "ashlar/mail/message.hpp"

namespace ashlar::mail {

namespace errors {
inline constexpr ErrorCode unavailable{ErrorKind::unavailable, "mail.unavailable"};
}  // namespace errors

// The interface through which mail is sent. Safe from every loop; outlives those who send. A mail is sent after the
// commit of what it tells about (api::UnitOfWork::after_commit), so a mail about a change that was rolled back does not
// exist.
class Mailer {
 public:
  Mailer() = default;
  Mailer(const Mailer&) = delete;
  Mailer& operator=(const Mailer&) = delete;
  virtual ~Mailer() = default;

  // Returns when the mail was taken over. Error mail.unavailable: it was not, and may be sent again under its
  // Message-ID. Cancelled: it may have been taken over.
  virtual Task<Result<>> send(Message message) = 0;
};

}  // namespace ashlar::mail
