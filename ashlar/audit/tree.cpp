// SPDX-License-Identifier: Apache-2.0
#include "ashlar/audit/tree.hpp"

#include "ashlar/sql/query.hpp"

#include <algorithm>
#include <utility>

namespace ashlar::audit {

using sql::col;

namespace {

Nullable<Uuid> id_or_null(const sql::Row& row, std::size_t column) {
  Nullable<Uuid> out;
  if (!row.is_null(column)) out.emplace() = row.uuid(column);
  return out;
}
Nullable<std::string> text_or_null(const sql::Row& row, std::size_t column) {
  Nullable<std::string> out;
  if (!row.is_null(column)) out.emplace() = row.text(column);
  return out;
}

}  // namespace

IndexRow index_row_of(const EntryRow& entry, std::int64_t position) {
  return {.position = position,
          .seq = entry.seq,
          .entry_id = entry.id,
          .at = entry.at,
          .actor_id = entry.actor_id,
          .subject_id = entry.subject_id,
          .action = entry.action,
          .resource = entry.resource,
          .resource_id = entry.resource_id};
}

std::string text_of_hashes(const std::vector<Hash>& hashes) {
  std::string out;
  out.reserve(hashes.size() * hash_text_bytes);
  for (const Hash& hash : hashes) out += to_base64(hash);
  return out;
}

std::optional<std::vector<Hash>> hashes_of_text(std::string_view text) {
  if (text.size() % hash_text_bytes != 0 || text.size() / hash_text_bytes > tile_width) return std::nullopt;
  std::vector<Hash> out;
  out.reserve(text.size() / hash_text_bytes);
  for (; !text.empty(); text.remove_prefix(hash_text_bytes)) {
    const auto hash = hash_from_base64(text.substr(0, hash_text_bytes));
    if (!hash) return std::nullopt;
    out.push_back(*hash);
  }
  return out;
}

std::string entry_columns(std::string_view prefix) {
  std::string out;
  for (const auto& member : schema::type_of<EntryRow>().members)
    out.append(out.empty() ? "" : ", ").append(prefix).append(member.name);
  return out;
}

EntryRow read_entry(const sql::Row& row, std::size_t at) {
  return {.seq = row.integer(at),
          .xid = row.integer(at + 1),
          .id = row.uuid(at + 2),
          .at = row.timestamp(at + 3),
          .actor = std::string(row.text(at + 4)),
          .actor_id = id_or_null(row, at + 5),
          .action = std::string(row.text(at + 6)),
          .resource = std::string(row.text(at + 7)),
          .resource_id = std::string(row.text(at + 8)),
          .changes = std::string(row.text(at + 9)),
          .request_id = std::string(row.text(at + 10)),
          .actor_hash = std::string(row.text(at + 11)),
          .actor_personal = text_or_null(row, at + 12),
          .subject_id = id_or_null(row, at + 13),
          .subject_hash = std::string(row.text(at + 14)),
          .subject_personal = text_or_null(row, at + 15)};
}

Task<Result<TreeRow>> read_tree(sql::Executor& in) {
  auto row = co_await unwrap(sql::from<TreeRow>().where(col<&TreeRow::name> == std::string("log")).one(in));
  if (!row) co_return fail(sql::errors::failed, "The audit trail has no tree.");
  co_return std::move(*row);
}

sql::Statement select_tiles(const std::vector<TileId>& wanted) {
  sql::Statement out{.sql = "select level, position, hashes from audit_tiles where "};
  for (const TileId& id : wanted) {
    const std::size_t number = out.parameters.size();
    out.sql.append(number == 0 ? "" : " or ")
        .append("(level = $")
        .append(std::to_string(number + 1))
        .append(" and position = $")
        .append(std::to_string(number + 2))
        .append(")");
    out.parameters.insert(out.parameters.end(), {id.level, id.position});
  }
  if (wanted.empty()) out.sql += "false";
  return out;
}

Task<Result<Tiles>> read_tiles(sql::Executor& in, std::vector<TileId> wanted) {
  Tiles out;
  if (wanted.empty()) co_return out;
  auto statement = select_tiles(wanted);
  bool malformed = false;
  statement.on_row = [&out, &malformed](const sql::Row& row) {
    auto hashes = hashes_of_text(row.text(2));
    malformed = malformed || !hashes;
    if (hashes) out.put({.level = row.integer(0), .position = row.integer(1)}, std::move(*hashes));
  };
  co_await unwrap(in.execute(std::move(statement)));
  if (malformed) co_return fail(sql::errors::failed, "A tile of the audit trail is malformed.");
  co_return out;
}

Task<Result<std::optional<Proof>>> prove(sql::Executor& in, Uuid entry) {
  const auto index = co_await unwrap(sql::from<IndexRow>().where(col<&IndexRow::entry_id> == entry).one(in));
  if (!index) co_return std::nullopt;
  auto row = co_await unwrap(sql::from<EntryRow>().where(col<&EntryRow::seq> == index->seq).one(in));
  if (!row) co_return std::nullopt;
  TreeRow tree = co_await unwrap(read_tree(in));
  const Tiles tiles = co_await unwrap(read_tiles(in, tiles_for_proof(index->position, tree.size)));
  auto hashes = proof_at(tiles, index->position, tree.size);
  if (!hashes) co_return fail(sql::errors::failed, "A tile of the audit trail is missing.");
  co_return Proof{.entry = std::move(*row),
                  .index = index->position,
                  .size = tree.size,
                  .hashes = std::move(*hashes),
                  .checkpoint = std::move(tree.checkpoint)};
}

}  // namespace ashlar::audit
