// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/step.hpp"

#include <memory>

namespace ashlar::api::detail {

// Authenticates the caller and loads the caller's authority. An invalid credential is not refused here: on an open
// endpoint its caller is anonymous. Waits only when an API key, an account's authority or a token's key is not in
// memory.
[[nodiscard]] std::shared_ptr<const Step> authentication_step(CallerSources callers);

}  // namespace ashlar::api::detail
