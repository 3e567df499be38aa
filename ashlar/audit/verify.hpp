// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/audit/checkpoint.hpp"
#include "ashlar/audit/tree.hpp"
#include "ashlar/sql/database.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// Compares the whole audit trail with its tree, and the tree with its signed checkpoint.
namespace ashlar::audit {

// What is wrong with one row, or with the tree.
struct Finding {
  enum class Kind : std::uint8_t {
    changed,     // a sealed entry has other contents, or its erasable part does not match its commitment
    removed,     // a sealed entry is gone, and retention has not removed it
    inserted,    // a row that was never sealed stands among those that were
    reordered,   // a sealed entry stands at another place
    index,       // a row of the index contradicts its entry
    tree,        // tiles or the checkpoint contradict each other: which rows is not known
    checkpoint,  // the checkpoint is not signed by this key, or a published one does not fit the tree
  };
  Kind kind{};
  std::int64_t position = -1;  // of the leaf; -1: none
  std::int64_t seq = -1;       // of the row in audit_entries; -1: none
  Uuid entry{};                // nil: unknown
  std::string detail{};
};
[[nodiscard]] std::string_view to_string(Finding::Kind kind);

struct Verification {
  std::int64_t size = 0;         // of the tree
  std::int64_t first_index = 0;  // retention has removed what is before
  std::int64_t entries = 0;      // compared
  std::int64_t erased = 0;       // of them with erased personal data
  std::int64_t unsealed = 0;     // not in the tree yet: nothing protects them
  std::vector<Finding> findings;
  [[nodiscard]] bool is_intact() const { return findings.empty(); }
};

struct VerifyOptions {
  std::size_t threads = 2;
  std::int64_t entries_per_read = 32'768;  // a multiple of 256; held in memory by each thread
  std::size_t findings_max = 1'000;        // more are not listed
};

// Finds every sealed entry that was changed, removed, inserted or moved. It knows nothing of entries that were never
// sealed, and takes a rewritten tree for what the key has signed: `published` are checkpoints that were kept elsewhere,
// with which the tree is compared, too. Blocks the calling thread, which must not be a loop's. Errors: those of
// sql::errors; what is wrong with the trail is no error but a finding.
Result<Verification> verify(sql::Database& database, const CheckpointVerifier& key,
                            std::span<const Checkpoint> published, VerifyOptions options = {});

}  // namespace ashlar::audit
