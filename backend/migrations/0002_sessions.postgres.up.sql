-- SPDX-License-Identifier: Apache-2.0
-- One row for each sign-in that can be refreshed. refresh_id is the id of the one refresh token that is good now.
create table sessions (
  id uuid primary key,
  user_id uuid not null references users (id) on delete cascade,
  refresh_id text not null,
  created_at timestamptz not null,
  last_used_at timestamptz not null,
  expires_at timestamptz not null,
  client_address text not null,
  client_agent text not null
);
create index sessions_user on sessions (user_id, created_at, id);
create index sessions_expires_at on sessions (expires_at);

-- Sessions that ended before their access tokens did, so that a restart forgets no logout.
create table revoked_sessions (
  session_id uuid primary key,
  expires_at timestamptz not null
);
create index revoked_sessions_expires_at on revoked_sessions (expires_at);
