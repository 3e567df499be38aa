// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace ashlar::sql::detail {

// For LIKE: an escape at the end of a pattern stands for the backslash itself.
std::string complete_pattern(std::string_view pattern);

}  // namespace ashlar::sql::detail
