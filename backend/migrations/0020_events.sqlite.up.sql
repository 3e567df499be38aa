-- SPDX-License-Identifier: Apache-2.0
-- What happened, for consumers that read it after the commit. One transaction writes at a time, so sequences are in the
-- order of the commits. The newest row is never removed, so a sequence is never used again.
create table events (
  xid integer not null default 0,
  sequence integer primary key,
  id text not null,
  type text not null,
  key text not null,
  actor_id text,
  actor_kind text,
  at integer not null,
  data text not null
) strict;
create index events_xid on events (xid);

-- How far each consumer has read, and which instance reads for it.
create table event_consumers (
  name text primary key,
  snapshot text not null,
  horizon integer not null,
  floor integer not null,
  round_snapshot text,
  round_horizon integer not null,
  round_floor integer not null,
  version integer not null,
  holder text,
  lease_until integer,
  updated_at integer not null
) strict, without rowid;

insert into permissions (name, description) values ('read:outbox', 'See the outbox of events');
