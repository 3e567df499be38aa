// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/core/error.hpp"
#include "ashlar/mail/message.hpp"

namespace ashlar::mail {

namespace errors {
// The mail was not taken over. Sending it again later may succeed: a server that is unreachable, busy (4xx) or refuses
// our credentials.
inline constexpr ErrorCode unavailable{ErrorKind::unavailable, "mail.unavailable"};
// The connection ended after the mail was sent and before it was confirmed. If it is sent again, its recipient may get
// it twice, with one Message-ID.
inline constexpr ErrorCode outcome_unknown{ErrorKind::unavailable, "mail.outcome_unknown"};
// The mail was refused for good (5xx): its size, its sender, its content, or a policy.
inline constexpr ErrorCode rejected{ErrorKind::invalid, "mail.rejected"};
// The recipient's address was refused for good: it does not exist, or receives no mail. Send nothing to it any more.
inline constexpr ErrorCode recipient_rejected{ErrorKind::invalid, "mail.recipient_rejected"};
}  // namespace errors

// Whether sending the same mail again is useless.
[[nodiscard]] inline bool is_permanent(const Error& error) {
  return error.code() == errors::rejected || error.code() == errors::recipient_rejected;
}

// The interface through which mail is sent. Safe from every loop; outlives those who send. A mail is sent after the
// commit of what it reports (a job, or api::UnitOfWork::after_commit), so a change that was rolled back sends none.
class Mailer {
 public:
  Mailer() = default;
  Mailer(const Mailer&) = delete;
  Mailer& operator=(const Mailer&) = delete;
  virtual ~Mailer() = default;

  // Returns when the mail was taken over. Errors: those above. Cancelled: throws operation_aborted; the mail may have
  // been taken over.
  virtual Task<Result<>> send(Message message) = 0;
};

}  // namespace ashlar::mail
