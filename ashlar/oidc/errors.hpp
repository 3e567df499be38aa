// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/error.hpp"

// The errors of a sign-in with a provider. Messages tell the user what to do and do not reveal what was checked; the
// cause, for the log, says which check failed.
namespace ashlar::oidc::errors {

// The callback has no state, or the state of another browser: the user starts again.
inline constexpr ErrorCode state_invalid{ErrorKind::malformed, "auth.oauth_state_invalid"};
// The user or the provider refused (the error callback of RFC 6749 section 4.1.2.1).
inline constexpr ErrorCode denied{ErrorKind::forbidden, "auth.oauth_denied"};
// An answer of the provider is not acceptable: its issuer or ID token is invalid, or it refuses the authorization code.
inline constexpr ErrorCode refused{ErrorKind::unauthenticated, "auth.oauth_refused"};
// The provider does not answer, or its answer is not the expected document.
inline constexpr ErrorCode unavailable{ErrorKind::unavailable, "auth.oauth_unavailable"};

}  // namespace ashlar::oidc::errors
