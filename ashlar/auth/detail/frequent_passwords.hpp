// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>

// The passwords of eight or more characters that leaked most often: some 11,600, from the frequency list of zxcvbn
// (Debian's python3-zxcvbn). They become part of the binary when it is built, so that no file has to be there, and to
// be the same one, wherever the server runs. 115 KB.
namespace ashlar::auth {

// Compares without ASCII case. A binary search; some 200 ns.
[[nodiscard]] bool is_frequent_password(std::string_view password);

[[nodiscard]] std::size_t frequent_password_count();

}  // namespace ashlar::auth
