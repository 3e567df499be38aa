// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/audit/verify.hpp"

#include <optional>
#include <vector>

namespace ashlar::audit::detail {

// A leaf whose entry is not the one that was sealed there.
struct WrongLeaf {
  std::int64_t position = 0;
  Hash sealed{};                // that the tile holds
  std::optional<Hash> found{};  // of the entry that stands there; nullopt: there is none
  std::int64_t seq = -1;
  Uuid entry{};
};

struct RangeResult {
  std::int64_t entries = 0;
  std::int64_t erased = 0;
  std::int64_t trimmed_to = 0;   // the highest first index that an entry of retention names
  std::vector<Hash> tile_roots;  // of the complete tiles, from the first on
  std::vector<WrongLeaf> wrong;
  std::vector<Finding> findings;
};

// The leaves [begin, end), where begin is a multiple of 256. Blocks.
Result<RangeResult> check_range(sql::Database& database, std::int64_t begin, std::int64_t end);

// What became of the wrong leaves, each compared with the others.
[[nodiscard]] std::vector<Finding> explain(const std::vector<WrongLeaf>& wrong);

// The first index that an entry of retention has recorded; 0 for another entry.
[[nodiscard]] std::int64_t recorded_first_index(const EntryRow& entry);

}  // namespace ashlar::audit::detail
