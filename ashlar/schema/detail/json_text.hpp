// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace ashlar::schema::detail {

// A password is never written. An example, which has to be valid, shows this one.
enum class Passwords : bool { left_out, as_placeholder };
inline constexpr std::string_view password_placeholder = R"("a long passphrase")";

}  // namespace ashlar::schema::detail
