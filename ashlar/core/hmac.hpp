// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace ashlar {

// HMAC with SHA-256 (RFC 2104). Throws std::runtime_error when OpenSSL fails.
[[nodiscard]] std::array<std::byte, 32> hmac_sha256(std::string_view key, std::string_view message);

// Compares secrets: takes as long for texts of one length whether they are equal or not.
[[nodiscard]] bool equal_in_constant_time(std::string_view a, std::string_view b);

}  // namespace ashlar
