-- SPDX-License-Identifier: Apache-2.0
drop trigger version_after_disabled;
alter table users drop column credentials_version;
alter table users drop column disabled_at;
alter table sessions drop column previous_id;
alter table sessions drop column rotated_at;
alter table sessions drop column access_expires_at;
alter table sessions drop column auth_time;
alter table sessions drop column amr;
alter table sessions drop column credentials_version;
create index sessions_expires_at on sessions (expires_at);
