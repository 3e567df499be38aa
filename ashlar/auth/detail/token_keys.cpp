// SPDX-License-Identifier: Apache-2.0
#include "ashlar/auth/detail/token_keys.hpp"

#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace ashlar::auth::detail {
namespace {

bool verifies_keys_of(const KeySet& set, const KeySet& signers) {
  constexpr std::string_view probe = "is this key in both sets?";
  for (const KeySetEntry& signer : signers.entries()) {
    if (signer.key.part() != Key::Part::private_too) continue;
    const std::string signature = signer.key.sign(probe);
    for (const KeySetEntry& entry : set.entries()) {
      if (entry.key.algorithm() == signer.key.algorithm() && entry.key.verify(probe, signature)) return true;
    }
  }
  return false;
}

}  // namespace

TokenKeys::TokenKeys(KeySet for_access, KeySet for_refresh, std::uint64_t its_number)
    : access(std::move(for_access)), refresh(std::move(for_refresh)), number(its_number) {
  if (verifies_keys_of(access, refresh) || verifies_keys_of(refresh, access)) {
    throw std::invalid_argument("Access and refresh tokens must not share a key.");
  }
}

}  // namespace ashlar::auth::detail
