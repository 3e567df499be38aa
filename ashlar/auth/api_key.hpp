// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/clock.hpp"
#include "ashlar/core/random.hpp"
#include "ashlar/core/uuid.hpp"

#include <optional>
#include <string>
#include <string_view>

// API keys: "ash_" and 71 characters of base62 (0-9 A-Z a-z), without separators, so that a double click selects the
// whole key:
//
//   ash_ | 22: the key's id, a UUID | 43: 256 random bits | 6: CRC-32 (ISO 3309) of the preceding text
//
// Fixed prefix and checksum let scanners of source code recognise a leaked key, and let a server refuse a mistyped one
// without a look-up. The checksum protects nothing: the key alone identifies the caller.
namespace ashlar::auth {

struct ApiKey {
  Uuid id;
  std::string text;    // the key itself: shown once, never stored
  std::string prefix;  // "ash_" and the id: shown in lists
  std::string hash;    // stored: see api_key_hash
};

[[nodiscard]] ApiKey new_api_key(const Clock& clock, Random& random);

// The id of a key that is well-formed, with the right checksum; nullopt for anything else. Each key has one spelling.
// It proves nothing: compare the hash next.
[[nodiscard]] std::optional<Uuid> parse_api_key(std::string_view text);

// SHA-256 of the text, 64 hexadecimal digits in lower case. The key has 256 random bits, so a slow hash adds nothing.
[[nodiscard]] std::string api_key_hash(std::string_view text);

// Whether the hash is of the key, in constant time for hashes of 64 digits.
[[nodiscard]] bool api_key_matches(std::string_view text, std::string_view hash);

}  // namespace ashlar::auth
