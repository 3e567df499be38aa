// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/random.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// Password hashes as text: bcrypt ("$2b$12$...", Provos and Mazieres 1999, by libxcrypt) and argon2id
// ("$argon2id$v=19$m=19456,t=2,p=1$...", RFC 9106, by libargon2). Every function that hashes blocks for the time that
// the parameters demand; each is safe from any thread.
namespace ashlar::auth::detail {

inline constexpr int bcrypt_cost_min = 4;
inline constexpr int bcrypt_cost_max = 31;
inline constexpr std::size_t bcrypt_bytes_max = 72;  // the bytes that bcrypt reads
inline constexpr std::uint32_t argon2_memory_kib_max = 1024 * 1024;
inline constexpr std::uint32_t argon2_passes_max = 64;
inline constexpr std::uint32_t argon2_lanes_max = 16;

enum class HashScheme : std::uint8_t { bcrypt, argon2id };

// The parameters that determine how long a hash takes. Members of the other scheme are 0.
struct HashParameters {
  HashScheme scheme = HashScheme::bcrypt;
  int cost = 0;
  std::uint32_t memory_kib = 0;
  std::uint32_t passes = 0;
  std::uint32_t lanes = 0;

  friend bool operator==(const HashParameters&, const HashParameters&) = default;
};

// Of a stored hash, or of its beginning up to and including the `$` behind the parameters. Nullopt for other text, for
// other versions of argon2, and for parameters out of the bounds above (memory also has at least 8 KiB a lane). $2a$
// and $2y$, which other systems write for the same function, are read as well.
[[nodiscard]] std::optional<HashParameters> parse_parameters(std::string_view hash);

// The input of bcrypt for a password: the password itself when it is UTF-8 without NUL of at most 72 bytes. Otherwise
// 0xFF followed by the 64 base64url characters of HMAC-SHA-384 with the key "ashlar bcrypt input v1". So nothing is
// truncated; no UTF-8 password equals another one's digest, since 0xFF never occurs in UTF-8; and digests of passwords
// that leaked elsewhere cannot be tried, because of the key.
[[nodiscard]] std::string bcrypt_input(std::string_view password);

// A new salt for each. Throws std::system_error or std::runtime_error when the library fails.
[[nodiscard]] std::string hash_password(std::string_view password, const HashParameters& parameters, Random& random);

enum class Match : std::uint8_t { yes, no, hash_malformed };

// Takes the same time whether it matches or not.
[[nodiscard]] Match match_password(std::string_view password, const std::string& hash);

// The work of match_password for a hash with these parameters, with no result.
void match_nothing(std::string_view password, const HashParameters& parameters);

}  // namespace ashlar::auth::detail
