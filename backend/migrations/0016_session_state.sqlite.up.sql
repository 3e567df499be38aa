-- SPDX-License-Identifier: Apache-2.0
-- What a session has to know besides its newest refresh token: the token before it, which may be sent again for a
-- moment; when and how its user signed in; and until when its access tokens last, whatever the lifetime that is
-- configured now. docs/design/sessions.md has the rules. SQLite adds no column that is not null without a default, so
-- the table is made anew; without the index over expires_at, by which nothing searches.
alter table sessions rename to sessions_before;
drop index sessions_user;
drop index sessions_expires_at;
create table sessions (
  id text primary key,
  user_id text not null references users (id) on delete cascade,
  refresh_id text not null,
  created_at integer not null,
  last_used_at integer not null,
  expires_at integer not null,
  client_address text not null,
  client_agent text not null,
  previous_id text,
  rotated_at integer,
  access_expires_at integer not null,
  auth_time integer not null,
  amr text not null,
  credentials_version integer not null
) strict;
-- An access token lasts at most 24 hours (JWT_EXPIRES_IN).
insert into sessions (id, user_id, refresh_id, created_at, last_used_at, expires_at, client_address, client_agent,
                      access_expires_at, auth_time, amr, credentials_version)
  select id, user_id, refresh_id, created_at, last_used_at, expires_at, client_address, client_agent,
         last_used_at + 86400000, created_at, '["pwd"]', 0
  from sessions_before;
drop table sessions_before;
create index sessions_user on sessions (user_id, created_at, id);

-- credentials_version counts the changes of what proves who the user is; a sign-in that began before one of them fails.
alter table users add column credentials_version integer not null default 0;
alter table users add column disabled_at integer;
-- The API keys of a disabled account end, in every instance.
create trigger version_after_disabled after update of disabled_at on users when old.disabled_at is not new.disabled_at begin
  update authority_versions set version = version + 1 where name = 'authority';
  insert into authority_changes (version, user_id) select version, old.id from authority_versions where name = 'authority';
end;
