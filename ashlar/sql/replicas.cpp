// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/replicas.hpp"

#include "ashlar/async/caught.hpp"
#include "ashlar/async/deadline.hpp"
#include "ashlar/async/task_scope.hpp"
#include "ashlar/log/logger.hpp"

#include <boost/asio/io_context.hpp>

#include <algorithm>
#include <cstring>
#include <deque>
#include <limits>
#include <utility>

namespace ashlar::sql {
namespace {

using Steady = std::chrono::steady_clock;

constexpr std::size_t write_places = 16'384;
constexpr std::size_t samples_max = 256;

std::int64_t ticks(Steady::time_point time) { return time.time_since_epoch().count(); }

void raise_to(std::atomic<std::int64_t>& value, std::int64_t to) {
  std::int64_t known = value.load();
  while (known < to && !value.compare_exchange_weak(known, to)) {
  }
}

// A read that failed on a replica and may succeed on the primary: the replica is unreachable, or cancelled the read to
// apply the log.
bool is_worth_the_primary(const Error& error) {
  return error.code() == errors::unavailable || error.code() == errors::serialization;
}

struct Position {
  bool replica = false;
  std::int64_t bytes = 0;  // in the log
};

Task<Result<Position>> position_of(Database& database, std::string sql) {
  Position position;
  auto asked = co_await database.execute({.sql = std::move(sql), .on_row = [&position](const Row& row) {
                                            position = {.replica = row.boolean(0), .bytes = row.integer(1)};
                                          }});
  if (!asked) co_return std::unexpected(std::move(asked.error()));
  co_return position;
}

// All answered writes are before it. A standby has none.
constexpr const char* of_primary =
    "select pg_is_in_recovery(), case when pg_is_in_recovery() then 0 "
    "else (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::bigint end";
constexpr const char* of_replica =
    "select pg_is_in_recovery(), coalesce((pg_last_wal_replay_lsn() - '0/0'::pg_lsn)::bigint, 0)";

}  // namespace

struct ReplicaReads::Place {
  std::string name;
  std::unique_ptr<Database> database;
  std::atomic<std::int64_t> fresh_to = 0;  // it has all that the primary had then; 0: skipped
  std::atomic<std::uint64_t> reads = 0;
  std::atomic<std::uint64_t> failed_over = 0;
  bool reported_out = true;  // of the watching loop
};

// Used by its loop's thread.
struct Replicas::Watch {
  explicit Watch(boost::asio::io_context& its_loop) : loop(its_loop), tasks(its_loop) {}
  boost::asio::io_context& loop;
  async::TaskScope tasks;
  struct Sample {
    std::int64_t at;
    std::int64_t bytes;
  };
  std::deque<Sample> samples;  // of the primary's position, the oldest first
};

Dialect ReplicaReads::dialect() const { return primary_->dialect(); }

Task<Result<Outcome>> ReplicaReads::execute(Statement statement) {
  if (place_ == nullptr || statement.mode != Mode::read) return primary_->execute(std::move(statement));
  return read_on_replica(std::move(statement));
}

// On a replica one after the other: each may have to be repeated on the primary.
Task<Result<>> ReplicaReads::execute_both(Statement first, Statement second) {
  if (place_ == nullptr) return primary_->execute_both(std::move(first), std::move(second));
  return Executor::execute_both(std::move(first), std::move(second));
}

Task<Result<Outcome>> ReplicaReads::read_on_replica(Statement statement) {
  ++place_->reads;
  auto outcome = co_await place_->database->execute(statement);
  if (outcome || !is_worth_the_primary(outcome.error())) co_return outcome;
  ++place_->failed_over;
  if (outcome.error().code() == errors::unavailable) place_->fresh_to = 0;
  place_ = nullptr;
  co_return co_await primary_->execute(std::move(statement));
}

Replicas::Replicas(Database& primary, std::vector<Replica> replicas, ReplicaOptions options)
    : primary_(primary), options_(options), writes_(replicas.empty() ? 0 : write_places) {
  for (auto& replica : replicas) {
    auto& place = places_.emplace_back(std::make_unique<ReplicaReads::Place>());
    place->name = std::move(replica.name);
    place->database = std::move(replica.database);
  }
}

Replicas::~Replicas() { close(); }

void Replicas::start(boost::asio::io_context& loop) {
  if (places_.empty()) return;
  watch_ = std::make_unique<Watch>(loop);
  watch_->tasks.start(sample());
  for (const auto& place : places_) watch_->tasks.start(look_at(*place));
}

void Replicas::close() {
  if (watch_) {
    watch_->tasks.cancel();
    async::run_to_end(watch_->loop, watch_->tasks.join());
    watch_.reset();
  }
  for (const auto& place : places_) place->database->close();
}

std::atomic<std::int64_t>& Replicas::written_by(const Uuid& session) {
  std::uint64_t end = 0;  // its random part
  std::memcpy(&end, session.bytes().data() + 8, sizeof end);
  return writes_[end % writes_.size()];
}

void Replicas::note_write(const Uuid& session) {
  if (!writes_.empty()) raise_to(written_by(session), ticks(Steady::now()));
}

void Replicas::set_peer_writes_visible(PeerWrites writes) {
  peers_wrote_ = writes == PeerWrites::visible ? ticks(Steady::now()) : std::numeric_limits<std::int64_t>::max();
}

ReplicaReads Replicas::reads_of(const std::optional<Uuid>& session) {
  if (places_.empty()) return {primary_, nullptr};
  std::int64_t needed = ticks(Steady::now() - options_.lag_max);
  if (session) needed = std::max({needed, written_by(*session).load(), peers_wrote_.load()});
  const std::size_t first = next_.fetch_add(1, std::memory_order_relaxed);
  for (std::size_t i = 0; i < places_.size(); ++i) {
    ReplicaReads::Place& place = *places_[(first + i) % places_.size()];
    if (place.fresh_to.load() > needed) return {primary_, &place};
  }
  return {primary_, nullptr};
}

const std::string& Replicas::name(std::size_t replica) const { return places_.at(replica)->name; }

Replicas::Figures Replicas::figures(std::size_t replica) const {
  const ReplicaReads::Place& place = *places_.at(replica);
  Figures out{.reads = place.reads.load(), .failed_over = place.failed_over.load()};
  const auto age = Steady::now() - Steady::time_point(Steady::duration(place.fresh_to.load()));
  if (age >= options_.lag_max) return out;
  out.state = Figures::State::in_use;
  out.lag = std::chrono::floor<std::chrono::milliseconds>(age);
  return out;
}

Task<> Replicas::sample() {
  auto& samples = watch_->samples;
  while (true) {
    const auto at = Steady::now();
    auto position =
        co_await async::caught(async::with_deadline(position_of(primary_, of_primary), options_.answer_time_max));
    if (position && !position->replica) samples.push_back({.at = ticks(at), .bytes = position->bytes});
    if (samples.size() > samples_max) samples.pop_front();
    co_await async::sleep_for(options_.check_interval);
  }
}

Task<> Replicas::look_at(ReplicaReads::Place& place) {
  const auto& samples = watch_->samples;
  while (true) {
    co_await async::sleep_for(options_.check_interval);
    auto position = co_await async::caught(
        async::with_deadline(position_of(*place.database, of_replica), options_.answer_time_max));
    Result<> seen;
    if (!position) {
      seen = std::unexpected(std::move(position.error()));
    } else if (!position->replica) {
      seen = std::unexpected(Error(errors::unavailable, "It is not a replica.").with_cause("it was promoted"));
    }
    if (!seen) {
      place.fresh_to = 0;
    } else {
      const auto behind = [&](const Watch::Sample& sample) { return sample.bytes <= position->bytes; };
      const auto found = std::ranges::find_if(samples.rbegin(), samples.rend(), behind);
      if (found != samples.rend()) place.fresh_to = found->at;
    }
    report(place, seen);
  }
}

void Replicas::report(ReplicaReads::Place& place, const Result<>& seen) {
  const bool out = place.fresh_to.load() <= ticks(Steady::now() - options_.lag_max);
  if (out == std::exchange(place.reported_out, out) || options_.log == nullptr) return;
  if (!out) return options_.log->info("a replica of the database is in use", {{"replica", place.name}});
  const std::string cause = seen ? "it lags too far behind" : seen.error().cause();
  options_.log->warn("a replica of the database is skipped", {{"replica", place.name}, {"cause", cause}});
}

}  // namespace ashlar::sql
