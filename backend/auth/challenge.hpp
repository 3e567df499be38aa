// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/error.hpp"
#include "ashlar/schema/constraints.hpp"

#include <cstdint>

namespace ashlar::backend {

namespace errors {
// Wrong, used, replaced or expired: a client does not learn which.
inline constexpr ErrorCode challenge_invalid{ErrorKind::invalid, "auth.challenge_invalid"};
inline constexpr ErrorCode email_already_verified{ErrorKind::conflict, "auth.email_already_verified"};
}  // namespace errors

// The token of a mail as a client sends it. One that no mail can hold is wrong, not invalid.
using ChallengeToken = Secret<Text<1, 512>>;

// The reply to a request that is answered by mail. It is the same whether or not a mail was sent.
struct MailRequested {
  std::int64_t expires_in = 0;  // seconds, of the token in the mail

  static MailRequested example() { return {.expires_in = 1'800}; }
};
ASHLAR_DESCRIBE(MailRequested, expires_in)

}  // namespace ashlar::backend
