-- SPDX-License-Identifier: Apache-2.0
-- Tickets that open one WebSocket: the hash, and the caller who asked for it.
create table realtime_tickets (
  token_hash text primary key,
  user_id uuid not null references users (id) on delete cascade,
  session_id uuid not null,
  token_id text not null,
  token_expires_at timestamptz not null,
  auth_time timestamptz,
  amr text not null,
  expires_at timestamptz not null
);
create index realtime_tickets_user on realtime_tickets (user_id);
create index realtime_tickets_expires_at on realtime_tickets (expires_at);

-- What the positions of realtime begin with. A new one makes every client read its state again: after an older database
-- was restored, for example.
create table realtime_epochs (
  name text primary key,
  epoch bigint not null
);
insert into realtime_epochs (name, epoch)
values ('outbox', ('x' || substr(md5(gen_random_uuid()::text), 1, 16))::bit(64)::bigint);
