// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/raw_statement.hpp"

#include <cstdint>
#include <string>

// The outbox's SQL. Parameters of a position: its snapshot, floor and round_floor.
namespace ashlar::events::detail {

using sql::RawSql;

// Rows that a position has not processed, in three parts, each by an index: those of transactions that were open when
// the snapshot was taken, in its list or past its end, and those of later ones, whose sequences are past the floor.
// For a round: of these, what the snapshot of the round sees.
//   $1 snapshot, $2 horizon, $3 floor, $4 round_floor, $5 rows at most; of a round: $6 round_snapshot
[[nodiscard]] const std::string& read_on_postgres();
[[nodiscard]] const std::string& read_round_on_postgres();
inline constexpr RawSql read_on_sqlite{
    "select '' as taken, sequence, id, type, key, actor_id, actor_kind, at, data "
    "from events where sequence > $1 order by sequence limit $2"};

// A snapshot of an empty past, and one of now. pg_current_xact_id() is evaluated after the statement's snapshot is
// taken.
inline constexpr RawSql add_oldest_on_postgres{
    "insert into event_consumers (name, snapshot, horizon, floor, round_horizon, round_floor, version, updated_at) "
    "values ($1, '1:1:', 1, 0, 0, 0, 0, clock_timestamp()) on conflict do nothing"};
inline constexpr RawSql add_now_on_postgres{
    "insert into event_consumers (name, snapshot, horizon, floor, round_horizon, round_floor, version, updated_at) "
    "select $1, pg_current_snapshot()::text, pg_current_xact_id()::text::bigint, "
    "coalesce((select max(sequence) from events), 0), 0, 0, 0, clock_timestamp() on conflict do nothing"};
inline constexpr RawSql add_on_sqlite{
    "insert into event_consumers (name, snapshot, horizon, floor, round_horizon, round_floor, version, updated_at) "
    "select $1, '', 0, case when $2 then coalesce((select max(sequence) from events), 0) else 0 end, 0, 0, 0, "
    "cast((julianday('now') - 2440587.5) * 86400000 as integer) where true on conflict do nothing"};

//   $1 name, $2 holder, $3 milliseconds
inline constexpr RawSql acquire_on_postgres{
    "update event_consumers set holder = $2::uuid, "
    "lease_until = clock_timestamp() + $3::bigint * interval '1 millisecond' where name = $1 "
    "and (holder is null or holder = $2::uuid or lease_until is null or lease_until < clock_timestamp()) "
    "returning snapshot, horizon, floor, round_snapshot, round_floor, version, "
    "pg_snapshot_xmax(snapshot::pg_snapshot) > pg_snapshot_xmax(pg_current_snapshot()) as is_foreign"};
inline constexpr RawSql acquire_on_sqlite{
    "update event_consumers set holder = $2, lease_until = cast((julianday('now') - 2440587.5) * 86400000 as integer) "
    "+ $3 "
    "where name = $1 and (holder is null or holder = $2 or lease_until is null "
    "or lease_until < cast((julianday('now') - 2440587.5) * 86400000 as integer)) "
    "returning snapshot, horizon, floor, round_snapshot, round_floor, version, 0 as is_foreign"};
inline constexpr RawSql release_lease{
    "update event_consumers set lease_until = null, holder = null where name = $1 and holder = $2"};

// The horizon of a snapshot is the id of the first transaction that advanced after it was taken: each transaction from
// there on began later than the snapshot. A round keeps the horizon of its beginning.
//   $1 name, $2 version before, $3 snapshot, $4 floor, $5 round_snapshot, $6 round_floor, $7 holder, $8 milliseconds
inline constexpr RawSql advance_on_postgres{
    "update event_consumers set snapshot = $3, floor = $4, "
    "horizon = case when snapshot = $3 then horizon when round_snapshot is not null then round_horizon "
    "else pg_current_xact_id()::text::bigint end, "
    "round_horizon = case when $5::text is null then 0 when round_snapshot is not null then round_horizon "
    "else pg_current_xact_id()::text::bigint end, "
    "round_snapshot = $5::text, round_floor = $6, version = $2 + 1, "
    "holder = $7::uuid, lease_until = clock_timestamp() + $8::bigint * interval '1 millisecond', "
    "updated_at = clock_timestamp() where name = $1 and version = $2"};
inline constexpr RawSql advance_on_sqlite{
    "update event_consumers set snapshot = $3, floor = $4, round_snapshot = $5, round_floor = $6, version = $2 + 1, "
    "holder = $7, lease_until = cast((julianday('now') - 2440587.5) * 86400000 as integer) + $8, "
    "updated_at = cast((julianday('now') - 2440587.5) * 86400000 as integer) where name = $1 and version = $2"};

// Looks at the oldest rows only. A row that a consumer has not processed stays until $3.
//   $1 older than this, $2 how many are kept, $3 older than this in any case, $4 rows looked at
inline constexpr RawSql prune_on_postgres{
    "delete from events where sequence in (select e.sequence from "
    "(select * from events order by sequence limit $4::bigint) e, "
    "(select coalesce(max(sequence), 0) as newest from events) n where e.sequence < n.newest and (e.at < $3 or "
    "((e.at < $1 or e.sequence <= n.newest - $2::bigint) and not exists (select 1 from event_consumers c "
    "where not pg_visible_in_snapshot(e.xid, c.snapshot::pg_snapshot)))))"};
inline constexpr RawSql prune_on_sqlite{
    "delete from events where sequence in (select e.sequence from "
    "(select * from events order by sequence limit $4) e, "
    "(select coalesce(max(sequence), 0) as newest from events) n where e.sequence < n.newest and (e.at < $3 or "
    "((e.at < $1 or e.sequence <= n.newest - $2) and e.sequence <= "
    "(select coalesce(min(floor), n.newest) from event_consumers))))"};

// Of each consumer, with the number of rows that it has not processed, up to $1, and the time of the oldest of them.
[[nodiscard]] const std::string& consumers_on_postgres();
inline constexpr RawSql consumers_on_sqlite{
    "select c.name, c.floor as sequence, "
    "(select count(*) from (select 1 from events e where e.sequence > c.floor limit $1)) as waiting, "
    "(select e.at from events e where e.sequence > c.floor order by e.sequence limit 1) as oldest_waiting_at, "
    "case when c.lease_until > cast((julianday('now') - 2440587.5) * 86400000 as integer) then c.holder end as holder, "
    "c.lease_until, c.updated_at from event_consumers c order by c.name"};

// The last sequence that was given out, whether its transaction has committed or not.
inline constexpr RawSql last_sequence_on_postgres{
    "select case when is_called then last_value else 0 end from events_sequence_seq"};
inline constexpr RawSql last_sequence_on_sqlite{"select coalesce(max(sequence), 0) from events"};
// The open transactions that have inserted events: each holds this lock before it takes a sequence, until it has ended.
inline constexpr RawSql writers_on_postgres{
    "select virtualtransaction from pg_locks where locktype = 'relation' and mode = 'RowExclusiveLock' and granted "
    "and database = (select oid from pg_database where datname = current_database()) "
    "and relation = 'events'::regclass"};
inline constexpr RawSql list_after{
    "select '' as taken, sequence, id, type, key, actor_id, actor_kind, at, data "
    "from events where sequence > $1 and sequence <= $2 order by sequence limit $3"};

// After a logical restore the rows hold transaction ids of another server, which mean nothing here.
inline constexpr RawSql has_foreign_rows{
    "select exists (select 1 from events where xid >= pg_snapshot_xmax(pg_current_snapshot()))"};
inline constexpr RawSql lock_events{"lock table events in exclusive mode"};
// Each consumer continues from the smallest sequence that it has not processed: it may process others again. Rows that
// were written since the restore have later sequences than the floor.
inline constexpr RawSql rewind_consumers{
    "update event_consumers c set floor = coalesce((select min(e.sequence) - 1 from events e where "
    "(e.sequence > c.floor or e.xid = any(array(select pg_snapshot_xip(c.snapshot::pg_snapshot))) or "
    "(e.xid >= pg_snapshot_xmax(c.snapshot::pg_snapshot) and e.xid < c.horizon::text::xid8)) and "
    "not coalesce(e.sequence <= c.round_floor and pg_visible_in_snapshot(e.xid, c.round_snapshot::pg_snapshot), "
    "false)), (select max(sequence) from events), c.floor), snapshot = '1:1:', horizon = 1, round_snapshot = null, "
    "round_horizon = 0, round_floor = 0, version = version + 1"};
// 1: a transaction that every snapshot sees.
inline constexpr RawSql settle_rows{"update events set xid = '1' where xid >= pg_snapshot_xmin(pg_current_snapshot())"};

}  // namespace ashlar::events::detail
