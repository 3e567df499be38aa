-- SPDX-License-Identifier: Apache-2.0
-- One row for each sign-in that can be refreshed. refresh_id is the id of the one refresh token that is good now.
create table sessions (
  id text primary key,
  user_id text not null references users (id) on delete cascade,
  refresh_id text not null,
  created_at integer not null,
  last_used_at integer not null,
  expires_at integer not null,
  client_address text not null,
  client_agent text not null
) strict;
create index sessions_user on sessions (user_id, created_at, id);
create index sessions_expires_at on sessions (expires_at);

-- Sessions that ended before their access tokens did, so that a restart forgets no logout.
create table revoked_sessions (
  session_id text primary key,
  expires_at integer not null
) strict, without rowid;
create index revoked_sessions_expires_at on revoked_sessions (expires_at);
