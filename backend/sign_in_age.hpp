// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>

namespace ashlar::backend {

// How long ago the caller may have signed in who changes what protects an account: routes with .fresh() on their line.
inline constexpr std::chrono::minutes sign_in_age_max{5};

}  // namespace ashlar::backend
