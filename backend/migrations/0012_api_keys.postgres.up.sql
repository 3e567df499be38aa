-- SPDX-License-Identifier: Apache-2.0
-- Keys that act for an account, within their permissions. `hash` is the SHA-256 of the whole key, in hexadecimal digits.
create table api_keys (
  id uuid primary key,
  user_id uuid not null references users (id) on delete cascade,
  name text not null,
  prefix text not null,
  hash text not null,
  permissions text not null,
  created_at timestamptz not null,
  expires_at timestamptz,
  last_used_at timestamptz
);
create index api_keys_user on api_keys (user_id, created_at, id);

-- Whoever keeps keys in memory forgets those of the account.
create trigger version_after_keys after update of user_id, hash, permissions, expires_at or delete on api_keys
  for each row execute function authority_changed();
