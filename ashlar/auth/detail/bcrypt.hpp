// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/random.hpp"

#include <cstdint>
#include <string>

// bcrypt ($2b$, Provos and Mazieres 1999) by libxcrypt's functions without shared state. Each blocks for 2^cost rounds.
namespace ashlar::auth::detail {

inline constexpr int bcrypt_cost_min = 4;
inline constexpr int bcrypt_cost_max = 31;
inline constexpr std::size_t bcrypt_password_bytes_max = 72;

// Throws std::system_error when the library refuses.
[[nodiscard]] std::string bcrypt(const std::string& password, int cost, Random& random);

// A hash that no password has, made without the work that a real one costs. A check against it costs the same.
[[nodiscard]] std::string bcrypt_of_nobody(int cost, Random& random);

enum class Match : std::uint8_t { yes, no, hash_malformed };

// Takes as long whether it matches or not. $2a$ and $2y$, which other systems write, are read as well.
[[nodiscard]] Match matches(const std::string& password, const std::string& hash);

}  // namespace ashlar::auth::detail
