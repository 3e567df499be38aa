// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>

namespace ashlar::backend {

// The maximum age of the sign-in for changes of how an account is protected: routes with .fresh() on their line.
inline constexpr std::chrono::minutes sign_in_age_max{5};

}  // namespace ashlar::backend
