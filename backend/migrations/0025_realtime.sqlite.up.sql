-- SPDX-License-Identifier: Apache-2.0
-- Tickets that open one WebSocket: the hash, and the caller who asked for it.
create table realtime_tickets (
  token_hash text primary key,
  user_id text not null references users (id) on delete cascade,
  session_id text not null,
  token_id text not null,
  token_expires_at integer not null,
  auth_time integer,
  amr text not null,
  expires_at integer not null
) strict, without rowid;
create index realtime_tickets_user on realtime_tickets (user_id);
create index realtime_tickets_expires_at on realtime_tickets (expires_at);

-- What the positions of realtime begin with. A new one makes every client read its state again: after an older database
-- was restored, for example.
create table realtime_epochs (
  name text primary key,
  epoch integer not null
) strict, without rowid;
insert into realtime_epochs (name, epoch) values ('outbox', random());
