// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/error.hpp"

// What a sign-in with a provider can fail with. Messages tell the user what to do and nothing of what was checked; the
// cause, for the log, says which check failed.
namespace ashlar::oidc::errors {

// The callback carries no state, or the state of another browser: the user starts again.
inline constexpr ErrorCode state_invalid{ErrorKind::malformed, "auth.oauth_state_invalid"};
// The user or the provider refused (the error callback of RFC 6749 section 4.1.2.1).
inline constexpr ErrorCode denied{ErrorKind::forbidden, "auth.oauth_denied"};
// An answer of the provider is not acceptable: the issuer, the ID token, or an authorization code that it refuses.
inline constexpr ErrorCode refused{ErrorKind::unauthenticated, "auth.oauth_refused"};
// The provider does not answer, or answers with something that is none of its documents.
inline constexpr ErrorCode unavailable{ErrorKind::unavailable, "auth.oauth_unavailable"};

}  // namespace ashlar::oidc::errors
