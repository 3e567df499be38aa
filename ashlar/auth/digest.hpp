// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace ashlar::auth {

// 64 hexadecimal digits of SHA-256 over the purpose, a NUL and the text. For what is stored of a secret of 128 random
// bits or more, and for comparing states. Not for passwords (password.hpp). The purpose is a literal without NUL; equal
// texts of different purposes have different digests. Throws std::runtime_error when OpenSSL fails.
[[nodiscard]] std::string digest(std::string_view purpose, std::string_view text);

}  // namespace ashlar::auth
