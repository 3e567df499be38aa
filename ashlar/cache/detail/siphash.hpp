// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace ashlar::cache::detail {

using HashSeed = std::array<std::uint64_t, 2>;

// SipHash-1-3 (Aumasson, Bernstein: SipHash: a fast short-input PRF, 2012). Without the seed, an attacker cannot choose
// keys that collide.
[[nodiscard]] std::uint64_t siphash(std::string_view text, const HashSeed& seed);

}  // namespace ashlar::cache::detail
