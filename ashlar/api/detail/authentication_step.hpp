// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/step.hpp"

#include <memory>

namespace ashlar::api::detail {

// Finds out who calls and what the caller may do. A bad credential refuses nothing here: on an open endpoint its caller
// is anonymous. It waits only where an API key or an account's rights are not in memory.
[[nodiscard]] std::shared_ptr<const Step> authentication_step(CallerSources callers);

}  // namespace ashlar::api::detail
