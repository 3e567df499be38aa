// SPDX-License-Identifier: Apache-2.0
#include "ashlar/events/detail/outbox_statements.hpp"

namespace ashlar::events::detail {

namespace {

constexpr std::string_view columns = "sequence, id, type, key, actor_id, actor_kind, at, data";

// One part of what is unprocessed, in the order of its sequences.
std::string part(std::string_view condition, std::string_view visible) {
  std::string out = "(select ";
  out.append(columns).append(" from events where ").append(condition).append(visible);
  return out + " order by sequence limit $5::bigint)";
}

// `taken` is the snapshot that the rows are seen by.
std::string read(std::string_view taken, std::string_view visible) {
  const std::string parts =
      part("xid = any(array(select pg_snapshot_xip($1::text::pg_snapshot))) and sequence > $4::bigint", visible) +
      " union all " +
      part("xid >= pg_snapshot_xmax($1::text::pg_snapshot) and xid < $2::bigint::text::xid8 and sequence > $4::bigint",
           visible) +
      " union all " + part("sequence > greatest($3::bigint, $4::bigint) and xid >= $2::bigint::text::xid8", visible);
  // The outer row is there without any event, for the snapshot.
  return "select s.taken, e.* from (select " + std::string(taken) + " as taken) s left join lateral (select * from (" +
         parts + ") parts order by sequence limit $5::bigint) e on true order by e.sequence";
}

std::string consumers() {
  // Whether the round has processed the row already.
  constexpr std::string_view unprocessed =
      " and not coalesce(sequence <= c.round_floor and pg_visible_in_snapshot(xid, c.round_snapshot::pg_snapshot), "
      "false) limit $1::bigint)";
  std::string out =
      "select c.name, greatest(c.floor, c.round_floor) as sequence, w.waiting, w.oldest_waiting_at, "
      "case when c.lease_until > clock_timestamp() then c.holder end as holder, c.lease_until, c.updated_at "
      "from event_consumers c cross join lateral (select count(*) as waiting, min(u.at) as oldest_waiting_at from (";
  out.append("(select at from events where xid = any(array(select pg_snapshot_xip(c.snapshot::pg_snapshot)))")
      .append(unprocessed)
      .append(
          " union all (select at from events where xid >= pg_snapshot_xmax(c.snapshot::pg_snapshot) "
          "and xid < c.horizon::text::xid8")
      .append(unprocessed)
      .append(" union all (select at from events where sequence > c.floor and xid >= c.horizon::text::xid8")
      .append(unprocessed);
  return out + ") u) w order by c.name";
}

}  // namespace

const std::string& read_on_postgres() {
  static const std::string text = read("pg_current_snapshot()::text", "");
  return text;
}

const std::string& read_round_on_postgres() {
  static const std::string text = read("$6::text", " and pg_visible_in_snapshot(xid, $6::text::pg_snapshot)");
  return text;
}

const std::string& consumers_on_postgres() {
  static const std::string text = consumers();
  return text;
}

}  // namespace ashlar::events::detail
