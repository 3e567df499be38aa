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

// The content of a token whose signature was verified.
struct VerifiedToken {
  std::shared_ptr<const Principal> principal;  // null: not cached
  Timestamp not_before;
  Timestamp expires_at;
};

// A cache of tokens with a valid signature, so that each signature is verified once. It does not consider time and
// revocation: the caller checks both.
//
// A token's place follows from the end of its signature, and the whole token is compared, so only a verified token is
// found, and places can only be filled by holders of the secret. Places are in sets of eight; a full set evicts an
// entry that was not used since the scan last passed it (second chance). Never more than `entries_max`. Memory is
// allocated on use. Safe from any thread: a lock for each of up to 16 shards, held for one look-up.
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
