// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace ashlar::backend {

[[nodiscard]] std::string_view version();  // of the library (ashlar/version.hpp)

}  // namespace ashlar::backend
