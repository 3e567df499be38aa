// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/schema/untagged_one_of.hpp"
#include "backend/auth/signed_in.hpp"

#include <string>

namespace ashlar::backend {

// The reply to a right password where that is not enough: no credentials, but the token of a sign-in that verify_mfa()
// completes.
struct MfaRequired {
  bool mfa_required = true;  // always
  std::string mfa_token;

  static MfaRequired example() { return {.mfa_token = "mfa_Yk3vQ0n5m8Zr1xT7uJ2cB6eL9pW4sD0aHqGfKiNoVbE"}; }
};
ASHLAR_DESCRIBE(MfaRequired, mfa_required, mfa_token)

// The reply to a sign-in by an account that may have a second factor.
using SignInReply = UntaggedOneOf<SignedIn, MfaRequired>;

}  // namespace ashlar::backend
