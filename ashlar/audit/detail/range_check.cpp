// SPDX-License-Identifier: Apache-2.0
#include "ashlar/audit/detail/range_check.hpp"

#include "ashlar/core/parse.hpp"

#include <algorithm>
#include <map>

namespace ashlar::audit::detail {
namespace {

constexpr std::size_t index_columns = 9;

std::string select_range() {
  return "select i.position, i.seq, i.entry_id, i.at, i.actor_id, i.subject_id, i.action, i.resource, i.resource_id, " +
         entry_columns("e.") +
         " from audit_index i left join audit_entries e on e.seq = i.seq where i.position >= $1 and i.position < $2 "
         "order by i.position";
}

// Which column of the index contradicts the entry; empty: none.
std::string_view wrong_column(const sql::Row& row, const EntryRow& entry) {
  const auto differs = [&row](std::size_t column, const Nullable<Uuid>& id) {
    return row.is_null(column) == id.has_value() || (id && row.uuid(column) != *id);
  };
  if (row.uuid(2) != entry.id) return "entry_id";
  if (row.timestamp(3) != entry.at) return "at";
  if (differs(4, entry.actor_id)) return "actor_id";
  if (differs(5, entry.subject_id)) return "subject_id";
  if (row.text(6) != entry.action) return "action";
  if (row.text(7) != entry.resource) return "resource";
  if (row.text(8) != entry.resource_id) return "resource_id";
  return {};
}

class RangeCheck {
 public:
  RangeCheck(std::int64_t begin, std::int64_t end) : begin_(begin), end_(end), next_(begin) {}

  Result<> read_tiles(sql::Database& database) {
    const sql::Statement statement{
        .sql = "select position, hashes from audit_tiles where level = 0 and position >= $1 and position < $2",
        .parameters = {begin_ / tile_width, (end_ + tile_width - 1) / tile_width},
        .on_row = [this](const sql::Row& row) {
          auto hashes = hashes_of_text(row.text(1));
          if (hashes) tiles_.put({.level = 0, .position = row.integer(0)}, std::move(*hashes));
        }};
    return database.query_blocking(statement);
  }

  void take(const sql::Row& row) {
    const std::int64_t position = row.integer(0);
    for (; next_ < position; ++next_) lose(next_, -1, {}, "its row of the index is gone");
    next_ = position + 1;
    if (row.is_null(index_columns)) return lose(position, row.integer(1), row.uuid(2), "its row is gone");
    const EntryRow entry = read_entry(row, index_columns);
    ++out_.entries;
    if (!entry.actor_personal || (!entry.subject_personal && !entry.subject_hash.empty())) ++out_.erased;
    out_.trimmed_to = std::max(out_.trimmed_to, recorded_first_index(entry));
    const auto report = [&](Finding::Kind kind, std::string_view column) {
      out_.findings.push_back(
          {.kind = kind, .position = position, .seq = entry.seq, .entry = entry.id, .detail = std::string(column)});
    };
    if (const auto column = wrong_column(row, entry); !column.empty()) report(Finding::Kind::index, column);
    if (const auto column = broken_commitment(entry); !column.empty()) report(Finding::Kind::changed, column);
    leaf_.clear();
    append_leaf(entry, leaf_);
    const Hash found = leaf_hash(leaf_);
    const auto sealed = sealed_at(position);
    if (sealed && *sealed != found)
      out_.wrong.push_back(
          {.position = position, .sealed = *sealed, .found = found, .seq = entry.seq, .entry = entry.id});
  }

  RangeResult finish() {
    for (; next_ < end_; ++next_) lose(next_, -1, {}, "its row of the index is gone");
    for (std::int64_t tile = begin_ / tile_width; (tile + 1) * tile_width <= end_; ++tile) {
      const auto* const hashes = tiles_.find({.level = 0, .position = tile});
      const bool complete = hashes != nullptr && std::ssize(*hashes) == tile_width;
      out_.tile_roots.push_back(complete ? root_of(*hashes) : Hash{});
    }
    return std::move(out_);
  }

 private:
  [[nodiscard]] std::optional<Hash> sealed_at(std::int64_t position) {
    const auto* const hashes = tiles_.find({.level = 0, .position = position / tile_width});
    const auto at = static_cast<std::size_t>(position % tile_width);
    if (hashes != nullptr && at < hashes->size()) return (*hashes)[at];
    if (missing_tile_ != position / tile_width) {
      missing_tile_ = position / tile_width;
      out_.findings.push_back({.kind = Finding::Kind::tree,
                               .position = position,
                               .detail = "tile " + std::to_string(missing_tile_) + " of level 0 is missing"});
    }
    return std::nullopt;
  }

  void lose(std::int64_t position, std::int64_t seq, Uuid entry, std::string_view why) {
    const auto sealed = sealed_at(position);
    if (sealed) {
      out_.wrong.push_back(
          {.position = position, .sealed = *sealed, .found = std::nullopt, .seq = seq, .entry = entry});
    } else {
      out_.findings.push_back({.kind = Finding::Kind::removed,
                               .position = position,
                               .seq = seq,
                               .entry = entry,
                               .detail = std::string(why)});
    }
  }

  const std::int64_t begin_;
  const std::int64_t end_;
  std::int64_t next_;
  std::int64_t missing_tile_ = -1;
  Tiles tiles_;
  std::string leaf_;
  RangeResult out_;
};

}  // namespace

Result<RangeResult> check_range(sql::Database& database, std::int64_t begin, std::int64_t end) {
  RangeCheck check(begin, end);
  if (auto read = check.read_tiles(database); !read) return std::unexpected(std::move(read.error()));
  const sql::Statement statement{
      .sql = select_range(), .parameters = {begin, end}, .on_row = [&check](const sql::Row& row) { check.take(row); }};
  if (auto read = database.query_blocking(statement); !read) return std::unexpected(std::move(read.error()));
  return check.finish();
}

// An entry that was sealed elsewhere among the wrong ones has moved. One that was sealed nowhere was inserted where the
// sealed one still exists at another place, and is the sealed one with other contents where it does not.
std::vector<Finding> explain(const std::vector<WrongLeaf>& wrong) {
  std::map<Hash, std::int64_t> sealed;
  std::map<Hash, std::int64_t> found;
  for (const WrongLeaf& leaf : wrong) {
    sealed.emplace(leaf.sealed, leaf.position);
    if (leaf.found) found.emplace(*leaf.found, leaf.position);
  }
  std::vector<Finding> out;
  for (const WrongLeaf& leaf : wrong) {
    const auto moved_to = found.find(leaf.sealed);
    const bool is_elsewhere = moved_to != found.end();
    Finding finding{.position = leaf.position, .seq = leaf.seq, .entry = leaf.entry};
    const auto belongs_at = leaf.found ? sealed.find(*leaf.found) : sealed.end();
    if (!leaf.found) {
      finding.kind = is_elsewhere ? Finding::Kind::reordered : Finding::Kind::removed;
      if (is_elsewhere) finding.detail = "its entry stands at " + std::to_string(moved_to->second);
    } else if (belongs_at != sealed.end()) {
      finding.kind = Finding::Kind::reordered;
      finding.detail = "it was sealed at " + std::to_string(belongs_at->second);
    } else {
      finding.kind = is_elsewhere ? Finding::Kind::inserted : Finding::Kind::changed;
      if (is_elsewhere) finding.detail = "the entry that was sealed here stands at " + std::to_string(moved_to->second);
    }
    const bool was_lost = finding.kind == Finding::Kind::reordered && leaf.found && !is_elsewhere;
    out.push_back(std::move(finding));
    if (was_lost) out.push_back({.kind = Finding::Kind::removed, .position = leaf.position});
  }
  return out;
}

std::int64_t recorded_first_index(const EntryRow& entry) {
  constexpr std::string_view begin = R"({"firstIndex":{"after":)";
  if (entry.resource != "audit" || entry.action != "trim" || !entry.changes.starts_with(begin)) return 0;
  const std::string_view rest = std::string_view(entry.changes).substr(begin.size());
  return parse_integer<std::int64_t>(rest.substr(0, std::min(rest.find(','), rest.size()))).value_or(0);
}

}  // namespace ashlar::audit::detail
