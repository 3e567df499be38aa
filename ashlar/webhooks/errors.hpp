// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/error.hpp"

namespace ashlar::webhooks::errors {

// The signature of a received webhook is missing, malformed, made with another secret, or outside the tolerance. The
// message says which; a receiver answers 400.
inline constexpr ErrorCode signature_invalid{ErrorKind::malformed, "webhook.signature_invalid"};
inline constexpr ErrorCode invalid_key{ErrorKind::invalid, "webhook.invalid_key"};
// A URL that webhooks may not be sent to: no https, or a private address.
inline constexpr ErrorCode url_refused{ErrorKind::invalid, "webhook.url_refused"};

}  // namespace ashlar::webhooks::errors
