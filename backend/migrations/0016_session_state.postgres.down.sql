-- SPDX-License-Identifier: Apache-2.0
drop trigger version_after_disabled on users;
alter table users
  drop column credentials_version,
  drop column disabled_at;
create index sessions_expires_at on sessions (expires_at);
alter table sessions
  drop column previous_id,
  drop column rotated_at,
  drop column access_expires_at,
  drop column auth_time,
  drop column amr,
  drop column credentials_version;
