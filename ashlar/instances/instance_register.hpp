// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/core/random.hpp"
#include "ashlar/core/uuid.hpp"
#include "ashlar/log/logger.hpp"
#include "ashlar/sql/database.hpp"
#include "ashlar/sql/raw_statement.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <vector>

namespace ashlar::instances {

struct InstanceRegisterOptions {
  std::chrono::milliseconds lease{6'000};  // how long after the start of a look an instance uses cached values
};

// Another instance, as a change sees it.
struct OtherInstance {
  Uuid id;
  std::int64_t looks = 0;
  std::int64_t applied = 0;
  std::int64_t lease_ms = 0;  // until its lease ends
};
ASHLAR_DESCRIBE(OtherInstance, id, looks, applied, lease_ms)

// The running instances of an application that share one PostgreSQL database: the table `instances` (instance_row.hpp).
// With it a change waits until every other instance has applied it.
//
// An instance looks at the database repeatedly: begin_look(), then it reads and applies what has changed, then
// end_look(). It uses its cached values for one lease from before begin_look(). A change calls wait_until_applied()
// after its commit. That reads which instances have a lease and which look each of them has begun, asks them to look
// immediately (NOTIFY, in a transaction of its own), and returns when each has ended a later look, has left, or its
// lease has ended. An instance that registers later reads the change.
//
// Leases are measured by the database's clock, looks are counted. On SQLite, whose file belongs to one process, nothing
// is registered and nothing waits.
//
// begin_look(), end_look() and leave() are for one coroutine; wait_until_applied() is for every loop. The database and
// the log outlive it.
class InstanceRegister {
 public:
  static constexpr const char* channel = "ashlar_changes";  // of the NOTIFY; for sql::postgres::Subscriber

  InstanceRegister(sql::Database& database, const Clock& clock, Random& random, log::Logger& logger,
                   InstanceRegisterOptions options);
  ~InstanceRegister();
  InstanceRegister(const InstanceRegister&) = delete;
  InstanceRegister& operator=(const InstanceRegister&) = delete;

  // Renews the lease. The number of the look, for end_look(). Errors: those of the database.
  Task<Result<std::int64_t>> begin_look();
  Task<Result<>> end_look(std::int64_t look);
  // Changes do not wait for this instance any more. It must not use cached values from now on.
  Task<Result<>> leave();

  // Ends after the longest lease of the others at the latest, and after one's own when the database cannot be asked.
  // Never fails.
  Task<> wait_until_applied();

  [[nodiscard]] std::chrono::milliseconds lease() const { return options_.lease; }
  [[nodiscard]] bool is_shared() const { return database_.dialect() == sql::Dialect::postgres; }

 private:
  enum class Asks : std::uint8_t { to_look, nothing };
  struct Snapshot;
  struct Reads;
  Task<std::shared_ptr<const Snapshot>> snapshot_after(std::uint64_t begun, Asks asks);
  Task<std::shared_ptr<const Snapshot>> first_snapshot();

  sql::Database& database_;
  log::Logger& logger_;
  const InstanceRegisterOptions options_;
  const Uuid id_;
  std::unique_ptr<Reads> reads_;
};

// $1 id, $2 lease in ms. The lease begins before the statement is sent, and is recorded as beginning after.
inline constexpr sql::RawStatement<std::int64_t(Uuid, std::int64_t)> begin_look_of_instance(
    "insert into instances (id, looks, applied, lease_until) "
    "values ($1, 1, 0, clock_timestamp() + $2::bigint * interval '1 millisecond') "
    "on conflict (id) do update set looks = instances.looks + 1, lease_until = excluded.lease_until returning looks");
// A lost acknowledgement delays a change and breaks nothing, so it does not wait for the disk.
inline constexpr sql::RawStatement<void(Uuid, std::int64_t)> end_look_of_instance(
    "with quick as (select set_config('synchronous_commit', 'off', true) as value) "
    "update instances set applied = $2 from quick where id = $1 and quick.value = 'off'");
inline constexpr sql::RawStatement<void(Uuid)> remove_instance("delete from instances where id = $1");
inline constexpr sql::RawStatement<void()> remove_ended_instances(
    "delete from instances where lease_until < clock_timestamp() - interval '1 minute'");
// $1 the instance that asks. The same message is sent once in a transaction, however many rows there are.
inline constexpr sql::RawStatement<OtherInstance(Uuid)> other_instances(
    "select id, looks, applied, (extract(epoch from lease_until - clock_timestamp()) * 1000)::bigint as lease_ms "
    "from instances where lease_until > clock_timestamp() and id <> $1");
inline constexpr sql::RawStatement<OtherInstance(Uuid)> ask_other_instances(
    "select id, looks, applied, (extract(epoch from lease_until - clock_timestamp()) * 1000)::bigint as lease_ms, "
    "pg_notify('ashlar_changes', '') is null as asked "
    "from instances where lease_until > clock_timestamp() and id <> $1");

}  // namespace ashlar::instances
