-- SPDX-License-Identifier: Apache-2.0
-- One row for each token that was sent by mail. token_hash is its SHA-256: the token itself is stored nowhere. A row
-- without an account belongs to a request that was answered like any other and mailed nothing.
create table challenges (
  id uuid primary key,
  user_id uuid references users (id) on delete cascade,
  kind text not null check (kind in ('email_verification', 'password_reset', 'email_change_current', 'email_change_new')),
  status text not null check (status in ('open', 'used', 'ended')),
  token_hash text not null,
  sent_to text not null,
  payload text not null,
  created_at timestamptz not null,
  expires_at timestamptz not null
);
create unique index challenges_token_hash on challenges (token_hash);
create index challenges_user on challenges (user_id, kind, created_at, id);
create index challenges_expires_at on challenges (expires_at);
