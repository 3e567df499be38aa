// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/audit/entry.hpp"
#include "ashlar/audit/merkle.hpp"
#include "ashlar/sql/database.hpp"
#include "ashlar/sql/table_rules.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// The tables that the sealer writes: the tree over the entries. An application that keeps an audit trail has them, and
// audit_entries, in its migrations and models (backend/migrations/0017_audit). docs/design/audit.md has the design.
namespace ashlar::audit {

// One row, named "log".
struct TreeRow {
  std::string name;
  std::int64_t size = 0;         // leaves
  std::int64_t first_index = 0;  // leaves before it were removed by retention: a multiple of 256
  std::string seen;              // PostgreSQL: the snapshot whose entries are sealed; SQLite: the last seq
  std::string checkpoint;        // the signed note of `size`; empty: none yet
  Nullable<Timestamp> sealed_at;
};
ASHLAR_DESCRIBE(TreeRow, name, size, first_index, seen, checkpoint, sealed_at)
ASHLAR_TABLE(TreeRow, "audit_tree", sql::primary_key<&TreeRow::name>())

// Which entry is which leaf, with what the trail is searched by.
struct IndexRow {
  std::int64_t position = 0;  // of the leaf, from 0
  std::int64_t seq = 0;       // of the entry
  Uuid entry_id;
  Timestamp at;
  Nullable<Uuid> actor_id;
  Nullable<Uuid> subject_id;
  std::string action;
  std::string resource;
  std::string resource_id;
};
ASHLAR_DESCRIBE(IndexRow, position, seq, entry_id, at, actor_id, subject_id, action, resource, resource_id)
ASHLAR_TABLE(
    IndexRow, "audit_index", sql::primary_key<&IndexRow::position>(), sql::unique<&IndexRow::seq>("audit_index_seq"),
    sql::unique<&IndexRow::entry_id>("audit_index_entry"),
    sql::index<&IndexRow::at, &IndexRow::position>("audit_index_at"),
    sql::index<&IndexRow::actor_id, &IndexRow::at, &IndexRow::position>("audit_index_actor"),
    sql::index<&IndexRow::subject_id, &IndexRow::position>("audit_index_subject"),
    sql::index<&IndexRow::action, &IndexRow::at, &IndexRow::position>("audit_index_action"),
    sql::index<&IndexRow::resource, &IndexRow::resource_id, &IndexRow::at, &IndexRow::position>("audit_index_resource"))

struct TileRow {
  std::int64_t level = 0;
  std::int64_t position = 0;
  std::string hashes;  // up to 256, each base64 of 44 characters
};
ASHLAR_DESCRIBE(TileRow, level, position, hashes)
ASHLAR_TABLE(TileRow, "audit_tiles", sql::primary_key<&TileRow::level, &TileRow::position>())

inline constexpr std::size_t hash_text_bytes = 44;

[[nodiscard]] IndexRow index_row_of(const EntryRow& entry, std::int64_t position);
[[nodiscard]] std::string text_of_hashes(const std::vector<Hash>& hashes);
[[nodiscard]] std::optional<std::vector<Hash>> hashes_of_text(std::string_view text);  // nullopt: malformed

// The columns of EntryRow in their order, with `prefix` before each ("e."), and the row that begins at a column.
[[nodiscard]] std::string entry_columns(std::string_view prefix);
[[nodiscard]] EntryRow read_entry(const sql::Row& row, std::size_t first_column);

Task<Result<TreeRow>> read_tree(sql::Executor& in);
// Those that are there, in one statement.
Task<Result<Tiles>> read_tiles(sql::Executor& in, std::vector<TileId> wanted);
[[nodiscard]] sql::Statement select_tiles(const std::vector<TileId>& wanted);

// That an entry is in the tree.
struct Proof {
  EntryRow entry;
  std::int64_t index = 0;
  std::int64_t size = 0;
  std::vector<Hash> hashes;
  std::string checkpoint;
};
// nullopt: there is no such entry, it is not sealed yet, or retention has removed it.
Task<Result<std::optional<Proof>>> prove(sql::Executor& in, Uuid entry);

}  // namespace ashlar::audit
