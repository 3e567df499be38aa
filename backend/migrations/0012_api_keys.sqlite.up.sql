-- SPDX-License-Identifier: Apache-2.0
-- Keys that act for an account, within their permissions. `hash` is the SHA-256 of the whole key, in hexadecimal digits.
create table api_keys (
  id text primary key,
  user_id text not null references users (id) on delete cascade,
  name text not null,
  prefix text not null,
  hash text not null,
  permissions text not null,
  created_at integer not null,
  expires_at integer,
  last_used_at integer
) strict;
create index api_keys_user on api_keys (user_id, created_at, id);

-- Whoever keeps keys in memory forgets those of the account.
create trigger version_after_keys_update after update of user_id, hash, permissions, expires_at on api_keys begin
  update authority_versions set version = version + 1 where name = 'authority';
  insert into authority_changes (version, user_id) select version, old.user_id from authority_versions where name = 'authority';
end;
create trigger version_after_keys_delete after delete on api_keys begin
  update authority_versions set version = version + 1 where name = 'authority';
  insert into authority_changes (version, user_id) select version, old.user_id from authority_versions where name = 'authority';
end;
