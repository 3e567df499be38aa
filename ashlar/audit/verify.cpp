// SPDX-License-Identifier: Apache-2.0
#include "ashlar/audit/verify.hpp"

#include "ashlar/audit/detail/range_check.hpp"
#include "ashlar/audit/snapshot.hpp"
#include "ashlar/core/parse.hpp"

#include <algorithm>
#include <atomic>
#include <iterator>
#include <mutex>
#include <optional>
#include <thread>
#include <tuple>

namespace ashlar::audit {
namespace {

using Kind = Finding::Kind;

Result<TreeRow> read_tree_blocking(sql::Database& database) {
  std::optional<TreeRow> out;
  const sql::Statement statement{.sql = "select size, first_index, seen, checkpoint from audit_tree where name = 'log'",
                                 .on_row = [&out](const sql::Row& row) {
                                   out.emplace();
                                   out->size = row.integer(0);
                                   out->first_index = row.integer(1);
                                   out->seen = row.text(2);
                                   out->checkpoint = row.text(3);
                                 }};
  if (auto read = database.query_blocking(statement); !read) return std::unexpected(std::move(read.error()));
  if (!out) return fail(sql::errors::failed, "The audit trail has no tree.");
  return std::move(*out);
}

Result<Tiles> read_tiles_blocking(sql::Database& database, sql::Statement statement) {
  Tiles out;
  statement.on_row = [&out](const sql::Row& row) {
    if (auto hashes = hashes_of_text(row.text(2)))
      out.put({.level = row.integer(0), .position = row.integer(1)}, std::move(*hashes));
  };
  if (auto read = database.query_blocking(statement); !read) return std::unexpected(std::move(read.error()));
  return out;
}

class Verifier {
 public:
  Verifier(sql::Database& database, const CheckpointVerifier& key, VerifyOptions options)
      : database_(database), key_(key), options_(options) {}

  Result<Verification> run(std::span<const Checkpoint> published) {
    auto tree = read_tree_blocking(database_);
    if (!tree) return std::unexpected(std::move(tree.error()));
    tree_ = std::move(*tree);
    out_.size = tree_.size;
    out_.first_index = tree_.first_index;
    if (auto done = check_entries(); !done) return std::unexpected(std::move(done.error()));
    if (auto done = check_tiles(); !done) return std::unexpected(std::move(done.error()));
    if (auto done = check_checkpoints(published); !done) return std::unexpected(std::move(done.error()));
    if (auto done = check_strays(); !done) return std::unexpected(std::move(done.error()));
    std::ranges::sort(out_.findings, {},
                      [](const Finding& finding) { return std::tuple(finding.position, finding.seq); });
    if (out_.findings.size() > options_.findings_max) out_.findings.resize(options_.findings_max);
    return std::move(out_);
  }

 private:
  void report(Kind kind, std::string detail) { out_.findings.push_back({.kind = kind, .detail = std::move(detail)}); }

  // The ranges are shared out among the threads.
  Result<> check_entries() {
    const std::int64_t step = options_.entries_per_read;
    const std::int64_t first = tree_.first_index;
    const auto count = static_cast<std::size_t>((std::max<std::int64_t>(tree_.size - first, 0) + step - 1) / step);
    std::vector<Result<detail::RangeResult>> ranges(count);
    std::atomic<std::size_t> next = 0;
    const auto work = [&] {
      for (std::size_t i = next++; i < count; i = next++) {
        const std::int64_t begin = first + static_cast<std::int64_t>(i) * step;
        ranges[i] = detail::check_range(database_, begin, std::min(begin + step, tree_.size));
      }
    };
    {
      std::vector<std::jthread> threads;
      for (std::size_t i = 1; i < std::min(options_.threads, count); ++i) threads.emplace_back(work);
      work();
    }
    std::vector<detail::WrongLeaf> wrong;
    std::int64_t trimmed_to = 0;
    for (auto& range : ranges) {
      if (!range) return std::unexpected(std::move(range.error()));
      out_.entries += range->entries;
      out_.erased += range->erased;
      trimmed_to = std::max(trimmed_to, range->trimmed_to);
      std::ranges::move(range->tile_roots, std::back_inserter(tile_roots_));
      std::ranges::move(range->wrong, std::back_inserter(wrong));
      std::ranges::move(range->findings, std::back_inserter(out_.findings));
    }
    std::ranges::move(detail::explain(wrong), std::back_inserter(out_.findings));
    if (trimmed_to < first)
      report(Kind::removed, "the entries before " + std::to_string(first) + ", without a record of retention");
    return {};
  }

  // The root of each complete tile is a hash of the level above.
  Result<> check_tiles() {
    auto upper = read_tiles_blocking(
        database_, {.sql = "select level, position, hashes from audit_tiles where level > 0 order by level, position"});
    if (!upper) return std::unexpected(std::move(upper.error()));
    const auto expect = [&](std::int64_t level, std::int64_t tile, const Hash& root) {
      const auto* const above = upper->find({.level = level + 1, .position = tile / tile_width});
      const auto at = static_cast<std::size_t>(tile % tile_width);
      if (above != nullptr && at < above->size() && (*above)[at] == root) return;
      const std::int64_t width = std::int64_t{1} << (8 * (level + 1));
      out_.findings.push_back(
          {.kind = Kind::tree,
           .position = tile * width,
           .detail = "tile " + std::to_string(tile) + " of level " + std::to_string(level) +
                     " is not the one that was sealed: an entry from " + std::to_string(tile * width) + " to " +
                     std::to_string((tile + 1) * width - 1) + " was changed, and its hash with it"});
    };
    const std::int64_t first_tile = tree_.first_index / tile_width;
    for (std::size_t i = 0; i < tile_roots_.size(); ++i)
      expect(0, first_tile + static_cast<std::int64_t>(i), tile_roots_[i]);
    for (const auto& [id, hashes] : upper->all())
      if (std::ssize(hashes) == tile_width) expect(id.level, id.position, root_of(hashes));
    return {};
  }

  Result<std::optional<Hash>> root_of_size(std::int64_t size) {
    if (size == 0) return std::optional(empty_root());
    auto tiles = read_tiles_blocking(database_, select_tiles(tiles_for_root(size)));
    if (!tiles) return std::unexpected(std::move(tiles.error()));
    return root_at(*tiles, size);
  }

  Result<> check_checkpoints(std::span<const Checkpoint> published) {
    if (tree_.size > 0) {
      auto own = key_.open(tree_.checkpoint);
      const auto root = root_of_size(tree_.size);
      if (!root) return std::unexpected(root.error());
      if (!own) {
        report(Kind::checkpoint, own.error().message());
      } else if (own->size != tree_.size || own->root != *root) {
        report(Kind::tree, "the tiles do not have the root that the checkpoint has signed");
      }
    }
    for (const Checkpoint& each : published) {
      const std::string name = "the published checkpoint of size " + std::to_string(each.size);
      if (each.size > tree_.size) {
        report(Kind::checkpoint, name + " is of a larger tree: entries were removed from the end");
        continue;
      }
      const auto root = root_of_size(each.size);
      if (!root) return std::unexpected(root.error());
      if (*root && **root != each.root) report(Kind::checkpoint, name + " has another root: the tree was rewritten");
      if (!*root && each.size > tree_.first_index) report(Kind::tree, "tiles of " + name + " are missing");
    }
    return {};
  }

  [[nodiscard]] bool was_seen(std::int64_t seq, std::int64_t xid) const {
    if (database_.dialect() != sql::Dialect::postgres)
      return seq <= parse_integer<std::int64_t>(tree_.seen).value_or(0);
    const auto snapshot = Snapshot::parse(tree_.seen);
    return xid == 0 || (snapshot && snapshot->sees(xid));
  }

  // Rows outside the tree. Entries that are not sealed yet, and leaves that were added meanwhile, are no findings.
  Result<> check_strays() {
    const sql::Statement unsealed{
        .sql =
            "select e.seq, e.xid, e.id from audit_entries e where not exists (select 1 from audit_index i where "
            "i.seq = e.seq) order by e.seq",
        .on_row = [this](const sql::Row& row) {
          if (!was_seen(row.integer(0), row.integer(1))) {
            ++out_.unsealed;
          } else if (out_.findings.size() < options_.findings_max) {
            out_.findings.push_back({.kind = Kind::inserted,
                                     .seq = row.integer(0),
                                     .entry = row.uuid(2),
                                     .detail = "it is in no leaf, and older than the last seal"});
          }
        }};
    if (auto read = database_.query_blocking(unsealed); !read) return read;
    std::vector<Finding> beyond;
    const sql::Statement stray{
        .sql = "select position, seq, entry_id from audit_index where position < $1 or position >= $2",
        .parameters = {tree_.first_index, tree_.size},
        .on_row = [&beyond](const sql::Row& row) {
          beyond.push_back({.kind = Kind::inserted,
                            .position = row.integer(0),
                            .seq = row.integer(1),
                            .entry = row.uuid(2),
                            .detail = "the tree has no such leaf"});
        }};
    if (auto read = database_.query_blocking(stray); !read) return read;
    const auto now = read_tree_blocking(database_);
    if (!now) return std::unexpected(now.error());
    for (Finding& finding : beyond)
      if (finding.position < tree_.first_index || finding.position >= now->size)
        out_.findings.push_back(std::move(finding));
    return {};
  }

  sql::Database& database_;
  const CheckpointVerifier& key_;
  const VerifyOptions options_;
  TreeRow tree_;
  std::vector<Hash> tile_roots_;
  Verification out_;
};

}  // namespace

std::string_view to_string(Finding::Kind kind) {
  switch (kind) {
    case Kind::changed:
      return "changed";
    case Kind::removed:
      return "removed";
    case Kind::inserted:
      return "inserted";
    case Kind::reordered:
      return "reordered";
    case Kind::index:
      return "index";
    case Kind::tree:
      return "tree";
    case Kind::checkpoint:
      return "checkpoint";
  }
  return "tree";
}

Result<Verification> verify(sql::Database& database, const CheckpointVerifier& key,
                            std::span<const Checkpoint> published, VerifyOptions options) {
  return Verifier(database, key, options).run(published);
}

}  // namespace ashlar::audit
