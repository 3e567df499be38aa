-- SPDX-License-Identifier: Apache-2.0
-- What a session has to know besides its newest refresh token: the token before it, which may be sent again for a
-- moment; when and how its user signed in; and until when its access tokens last, whatever the lifetime that is
-- configured now. docs/design/sessions.md has the rules.
alter table sessions
  add column previous_id text,
  add column rotated_at timestamptz,
  add column access_expires_at timestamptz,
  add column auth_time timestamptz,
  add column amr text,
  add column credentials_version bigint;
-- An access token lasts at most 24 hours (JWT_EXPIRES_IN).
update sessions set access_expires_at = last_used_at + interval '1 day', auth_time = created_at, amr = '["pwd"]',
  credentials_version = 0;
alter table sessions
  alter column access_expires_at set not null,
  alter column auth_time set not null,
  alter column amr set not null,
  alter column credentials_version set not null;
-- Nothing searches by it, and without it a refresh changes no indexed column: the row stays on its page (HOT).
drop index sessions_expires_at;

-- credentials_version counts the changes of what proves who the user is; a sign-in that began before one of them fails.
alter table users
  add column credentials_version bigint not null default 0,
  add column disabled_at timestamptz;
-- The API keys of a disabled account end, in every instance.
create trigger version_after_disabled after update of disabled_at on users
  for each row when (old.disabled_at is distinct from new.disabled_at) execute function authority_changed();
