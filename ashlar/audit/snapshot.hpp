// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ashlar::audit {

// A snapshot of PostgreSQL's, as pg_current_snapshot() writes it: "xmin:xmax:xip,xip". It sees the transactions before
// `end` that are not running.
struct Snapshot {
  std::int64_t begin = 1;             // every transaction before it has ended
  std::int64_t end = 1;               // no transaction from it on is seen
  std::vector<std::int64_t> running;  // between the two

  // An empty text is the snapshot that sees nothing. nullopt: malformed.
  [[nodiscard]] static std::optional<Snapshot> parse(std::string_view text);
  [[nodiscard]] std::string to_string() const;
  [[nodiscard]] std::string running_text() const;  // "7,9"
  [[nodiscard]] bool sees(std::int64_t transaction) const;

  // What this snapshot sees of the transactions before `limit`.
  [[nodiscard]] Snapshot before(std::int64_t limit) const;
};

}  // namespace ashlar::audit
