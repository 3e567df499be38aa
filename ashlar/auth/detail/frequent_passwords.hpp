// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>

// The passwords of eight or more characters that leaked most often: some 11,600, from the frequency list of zxcvbn
// (Debian's python3-zxcvbn). They are compiled into the binary, so that no file is needed at run time and every server
// has the same list. 115 KB.
namespace ashlar::auth {

// Compares without ASCII case. A binary search; some 200 ns.
[[nodiscard]] bool is_frequent_password(std::string_view password);

[[nodiscard]] std::size_t frequent_password_count();

}  // namespace ashlar::auth
