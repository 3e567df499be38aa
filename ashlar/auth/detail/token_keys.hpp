// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/auth/keys.hpp"

#include <cstdint>

namespace ashlar::auth::detail {

// The key sets of access and refresh tokens. Immutable; Tokens::set_keys replaces it as a whole.
struct TokenKeys {
  // Throws std::invalid_argument when a key of one set verifies what a key of the other one signs.
  TokenKeys(KeySet for_access, KeySet for_refresh, std::uint64_t its_number);

  const KeySet access;
  const KeySet refresh;
  const std::uint64_t number;  // another one for each replacement: what was cached for other keys does not count
};

}  // namespace ashlar::auth::detail
