// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/auth/principal.hpp"
#include "ashlar/core/timestamp.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace ashlar::auth::detail {

// What a token was found to say, once its signature was checked.
struct VerifiedToken {
  std::shared_ptr<const Principal> principal;  // null: not known
  Timestamp not_before;
  Timestamp expires_at;
};

// Tokens whose signature was right, so that it is computed once. It says nothing about time and revocation: whoever
// looks here checks both.
//
// A token's place follows from the end of its signature, and the whole token is compared, so only a token that was
// verified is found, and nobody can fill a place without the secret. Places are in sets of eight; a full set gives up
// one that was not used since it was last passed over (second chance). Never more than `entries_max`. Memory comes with
// use. Safe from any thread: a lock for each of up to 16 shards, held for one look.
class VerifiedTokens {
 public:
  explicit VerifiedTokens(std::size_t entries_max);

  // `token` has at least 16 bytes. `keys` numbers the key sets that verified it: an entry of another number is not
  // found.
  [[nodiscard]] VerifiedToken find(std::string_view token, std::uint64_t keys = 0);
  void keep(std::string_view token, VerifiedToken verified, Timestamp now, std::uint64_t keys = 0);
  [[nodiscard]] std::size_t size() const;

 private:
  struct Entry {
    std::uint64_t hash = 0;
    std::uint64_t keys = 0;
    std::string token;  // empty: a free place
    VerifiedToken verified;
    bool used = false;
  };
  struct alignas(64) Shard {
    mutable std::mutex mutex;
    std::vector<Entry> entries;  // sets_ * ways_, or none yet
  };

  static constexpr std::size_t shards_max = 16;
  static constexpr std::size_t ways_max = 8;

  Entry& place_for(Entry* set, Timestamp now) const;

  std::size_t shards_in_use_;
  std::size_t ways_;
  std::size_t sets_;  // of each shard
  std::array<Shard, shards_max> shards_;
};

}  // namespace ashlar::auth::detail
