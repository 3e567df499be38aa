// SPDX-License-Identifier: Apache-2.0
#include "ashlar/audit/sealer.hpp"

#include "ashlar/async/caught.hpp"
#include "ashlar/async/deadline.hpp"
#include "ashlar/async/task_scope.hpp"
#include "ashlar/audit/publication.hpp"
#include "ashlar/audit/snapshot.hpp"
#include "ashlar/core/parse.hpp"
#include "ashlar/sql/bulk.hpp"
#include "ashlar/sql/query.hpp"
#include "ashlar/sql/transaction.hpp"

#include <algorithm>
#include <utility>

namespace ashlar::audit {

using sql::col;

namespace {

constexpr std::int64_t moved_batch_max = 1'000'000;  // what a dump held unsealed is one batch

// The new entries with the snapshot that sees them, in one statement: $1 the end of the last snapshot, $2 what was
// running in it, $3 how many at most of those that began after it.
std::string new_on_postgres() {
  return "select s.snapshot, " + entry_columns("e.") +
         " from (select pg_current_snapshot()::text as snapshot) s left join lateral ("
         "(select " +
         entry_columns("a.") +
         " from audit_entries a where a.xid >= $1::bigint order by a.xid, a.seq limit $3::bigint) union all "
         "(select " +
         entry_columns("a.") +
         " from unnest(string_to_array($2::text, ',')::bigint[]) as x(xid) join audit_entries a on a.xid = x.xid)) e "
         "on true order by e.xid, e.seq";
}
std::string new_on_sqlite() {
  return "select '', " + entry_columns("") + " from audit_entries where seq > $1 order by seq limit $2";
}

// Or the snapshot is of another cluster, where the numbers say nothing.
constexpr sql::RawSql any_new_on_postgres{
    "select exists (select from audit_entries where xid >= $1::bigint) or exists (select from "
    "unnest(string_to_array($2::text, ',')::bigint[]) as x(xid) join audit_entries a on a.xid = x.xid) or "
    "pg_snapshot_xmax(pg_current_snapshot())::text::bigint < $1::bigint"};
constexpr sql::RawSql any_new_on_sqlite{"select exists (select 1 from audit_entries where seq > $1)"};

// Transactions of another cluster mean nothing here: of entries that are sealed, the number is no longer needed.
constexpr sql::RawSql forget_sealed_transactions{
    "update audit_entries e set xid = 0 where e.xid <> 0 and exists (select from audit_index i where i.seq = e.seq)"};

constexpr sql::RawSql put_tile{
    "insert into audit_tiles (level, position, hashes) values ($1, $2, $3) "
    "on conflict (level, position) do update set hashes = excluded.hashes"};

std::int64_t last_seq(std::string_view seen) { return parse_integer<std::int64_t>(seen).value_or(0); }

Result<Snapshot> snapshot_of(std::string_view text) {
  auto out = Snapshot::parse(text);
  if (!out) return fail(sql::errors::failed, "The audit trail's snapshot is malformed.");
  return std::move(*out);
}

}  // namespace

struct Sealer::OnLoop {
  explicit OnLoop(boost::asio::io_context& its_loop) : loop(its_loop), tasks(its_loop) {}
  boost::asio::io_context& loop;
  async::TaskScope tasks;
};

struct Sealer::Batch {
  std::vector<EntryRow> entries;
  std::string seen;  // afterwards
  bool more = false;
};

Sealer::Sealer(sql::Database& database, const CheckpointSigner& signer, const Clock& clock, log::Logger& logger,
               SealerOptions options)
    : database_(database), signer_(signer), clock_(clock), logger_(logger), options_(std::move(options)) {
  if (!options_.checkpoint_folder.empty())
    files_ = std::make_unique<async::BlockingPool>(
        async::BlockingPoolOptions{.threads = 1, .queue_max = 16, .name = "audit"});
}

Sealer::~Sealer() = default;

void Sealer::start(boost::asio::io_context& loop) {
  wakeup_.open(loop);
  on_loop_ = std::make_unique<OnLoop>(loop);
  on_loop_->tasks.start(run());
}

void Sealer::close() {
  if (!on_loop_) return;
  on_loop_->tasks.cancel();
  async::run_to_end(on_loop_->loop, on_loop_->tasks.join());
  wakeup_.close();
  on_loop_.reset();
}

void Sealer::wake() { wakeup_.wake(); }

// Each statement after it has a snapshot of its own, whatever the database's isolation: what a sealer reads once it has
// the lock includes what the one before it has written.
Task<Result<TreeRow>> Sealer::lock_tree(sql::Transaction& in, Busy busy) {
  if (in.dialect() == sql::Dialect::postgres)
    co_await unwrap(sql::execute(in, "set transaction isolation level read committed"));
  auto row = sql::from<TreeRow>().where(col<&TreeRow::name> == std::string("log"));
  auto locked =
      co_await unwrap(busy == Busy::skip ? row.for_update(sql::LockedRows::skip).one(in) : row.for_update().one(in));
  if (!locked) co_return TreeRow{};  // without a name: another sealer has it
  co_return std::move(*locked);
}

// Cuts a batch between two transactions, so that a snapshot can say what it holds.
Task<Result<Sealer::Batch>> Sealer::read_batch(sql::Transaction& in, const TreeRow& tree, std::int64_t rows_max) {
  Batch out{.entries = {}, .seen = tree.seen};
  std::string now_seen;
  const bool postgres = in.dialect() == sql::Dialect::postgres;
  Snapshot before;
  sql::Statement statement{.sql = postgres ? new_on_postgres() : new_on_sqlite()};
  if (postgres) {
    before = co_await unwrap(snapshot_of(tree.seen));
    statement.parameters = {before.end, before.running_text(), rows_max + 1};
  } else {
    statement.parameters = {last_seq(tree.seen), rows_max + 1};
  }
  statement.on_row = [&out, &now_seen](const sql::Row& row) {
    now_seen = row.text(0);
    if (!row.is_null(1)) out.entries.push_back(read_entry(row, 1));
  };
  co_await unwrap(in.execute(std::move(statement)));
  if (!postgres) {
    out.more = std::ssize(out.entries) > rows_max;
    if (out.more) out.entries.pop_back();
    if (!out.entries.empty()) out.seen = std::to_string(out.entries.back().seq);
    co_return out;
  }
  const Snapshot now = co_await unwrap(snapshot_of(now_seen));
  const auto later = std::ranges::count_if(out.entries, [&](const EntryRow& entry) { return entry.xid >= before.end; });
  if (later <= rows_max) {
    out.seen = now_seen;
    co_return out;
  }
  const std::int64_t last = out.entries.back().xid;
  const auto first = std::ranges::find_if(out.entries, [&](const EntryRow& entry) { return entry.xid >= before.end; });
  if (first->xid == last) co_return co_await read_batch(in, tree, rows_max * 4);  // one transaction fills it
  std::erase_if(out.entries, [last](const EntryRow& entry) { return entry.xid == last; });
  out.seen = now.before(last).to_string();
  out.more = true;
  co_return out;
}

// A restored database is in a cluster whose transactions count from elsewhere: then every entry that is not sealed is
// new, whatever its number.
Task<Result<bool>> Sealer::is_in_another_cluster(sql::Transaction& in, const TreeRow& tree) {
  if (in.dialect() != sql::Dialect::postgres) co_return false;
  const auto now = co_await unwrap(sql::raw<std::string>("select pg_current_snapshot()::text").one(in));
  const Snapshot current = co_await unwrap(snapshot_of(now.value_or("")));
  const Snapshot before = co_await unwrap(snapshot_of(tree.seen));
  co_return current.end < before.end;
}

Task<Result<>> Sealer::append(sql::Transaction& in, TreeRow& tree, const Batch& batch) {
  Tiles tiles = co_await unwrap(read_tiles(in, last_tiles(tree.size)));
  std::vector<IndexRow> rows;
  rows.reserve(batch.entries.size());
  std::string leaf;
  for (const EntryRow& entry : batch.entries) {
    leaf.clear();
    append_leaf(entry, leaf);
    tiles.append(tree.size, leaf_hash(leaf));
    rows.push_back(index_row_of(entry, tree.size));
    ++tree.size;
  }
  const auto root = root_at(tiles, tree.size);
  if (!root) co_return fail(sql::errors::failed, "A tile of the audit trail is missing.");
  co_await unwrap(sql::bulk_insert<IndexRow>(in, std::span<const IndexRow>(rows)));
  for (const TileId& id : tiles.take_changed())
    co_await unwrap(sql::execute(in, put_tile, id.level, id.position, text_of_hashes(*tiles.find(id))));
  tree.checkpoint = signer_.sign(tree.size, *root);
  tree.sealed_at = clock_.now();
  tree.seen = batch.seen;
  co_await unwrap(sql::update<TreeRow>()
                      .set(col<&TreeRow::size> = tree.size, col<&TreeRow::seen> = tree.seen,
                           col<&TreeRow::checkpoint> = tree.checkpoint, col<&TreeRow::sealed_at> = tree.sealed_at)
                      .where(col<&TreeRow::name> == tree.name)
                      .run(in));
  co_return Result<>{};
}

Task<Result<Sealed>> Sealer::seal_batch(Busy busy) {
  auto transaction = co_await unwrap(database_.begin());
  TreeRow tree = co_await unwrap(lock_tree(transaction, busy));
  if (tree.name.empty()) co_return Sealed{};
  const bool moved = co_await unwrap(is_in_another_cluster(transaction, tree));
  if (moved) {
    co_await unwrap(sql::execute(transaction, forget_sealed_transactions));
    tree.seen.clear();
  }
  const Batch batch = co_await unwrap(read_batch(transaction, tree, moved ? moved_batch_max : options_.batch_max));
  if (!batch.entries.empty() || moved) {
    co_await unwrap(append(transaction, tree, batch));
    if (moved) co_await unwrap(sql::execute(transaction, forget_sealed_transactions));
    co_await unwrap(transaction.commit());
    if (files_) co_await publish(tree.checkpoint);
  }
  co_return Sealed{.entries = std::ssize(batch.entries), .more = batch.more, .seen = batch.seen};
}

Task<Result<std::int64_t>> Sealer::seal_all() {
  std::int64_t entries = 0;
  TreeRow tree = co_await unwrap(read_tree(database_));
  if (!co_await unwrap(any_new(std::move(tree.seen)))) co_return entries;
  for (bool more = true; more;) {
    const Sealed sealed = co_await unwrap(seal_batch(Busy::wait));
    entries += sealed.entries;
    more = sealed.more;
  }
  co_return entries;
}

Task<Result<bool>> Sealer::any_new(std::string seen) {
  if (database_.dialect() != sql::Dialect::postgres) {
    const auto found = co_await unwrap(sql::raw<bool>(any_new_on_sqlite, last_seq(seen)).one(database_));
    co_return found.value_or(false);
  }
  const Snapshot before = co_await unwrap(snapshot_of(seen));
  const auto found =
      co_await unwrap(sql::raw<bool>(any_new_on_postgres, before.end, before.running_text()).one(database_));
  co_return found.value_or(false);
}

// What another sealer has sealed since `seen_` was read looks new; the batch that finds nothing corrects that.
Task<Result<std::int64_t>> Sealer::seal_in_turn() {
  std::int64_t entries = 0;
  if (seen_.empty()) seen_ = (co_await unwrap(read_tree(database_))).seen;
  if (!co_await unwrap(any_new(seen_))) co_return entries;
  for (bool more = true; more;) {
    Sealed sealed = co_await unwrap(seal_batch(Busy::skip));
    entries += sealed.entries;
    more = sealed.more;
    if (!sealed.seen.empty()) seen_ = std::move(sealed.seen);
  }
  co_return entries;
}

Task<> Sealer::run() {
  while (true) {
    report(co_await async::caught(seal_in_turn()));
    co_await wakeup_.wait(options_.idle_interval);
    co_await async::sleep_for(options_.interval);
  }
}

// What fails here is written with the next size.
Task<> Sealer::publish(std::string checkpoint) {
  auto written = co_await files_->run([this, note = std::move(checkpoint), now = clock_.now()] {
    return publish_checkpoint(options_.checkpoint_folder, note, now);
  });
  std::string cause;
  if (!written) cause = written.error().message();
  if (written && *written) cause = written->message();
  if (!cause.empty()) logger_.error("an audit checkpoint cannot be published", {{"cause", cause}});
}

void Sealer::report(const Result<std::int64_t>& sealed) {
  if (!sealed && !failing_) {
    logger_.error("audit entries cannot be sealed",
                  {{"error", sealed.error().code().name}, {"cause", sealed.error().cause()}});
  } else if (sealed && failing_) {
    logger_.info("audit entries are sealed again", {{"count", *sealed}});
  }
  failing_ = !sealed;
}

}  // namespace ashlar::audit
