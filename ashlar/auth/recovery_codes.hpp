// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/random.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

// Recovery codes, for signing in without a lost authenticator. Each has 120 random bits, so a fast
// hash protects what is stored; each works once: delete its row, and refuse the code when no row was deleted.
namespace ashlar::auth {

inline constexpr std::size_t recovery_code_count = 10;

struct RecoveryCode {
  std::string text;  // for the person, shown once: "7k2m9q-..." of four groups of six, Crockford's base32 in lower case
  std::string hash;  // for the database
};

[[nodiscard]] std::array<RecoveryCode, recovery_code_count> new_recovery_codes(Random& random);

// The hash of a code as a person typed it: 64 hexadecimal digits of SHA-256. Case, hyphens and spaces do not matter; o
// counts as 0, i and l as 1. Nullopt when it is not 24 characters of the alphabet. The hash includes a label, so it
// equals no other hash of the same text.
[[nodiscard]] std::optional<std::string> recovery_code_hash(std::string_view typed);

}  // namespace ashlar::auth
