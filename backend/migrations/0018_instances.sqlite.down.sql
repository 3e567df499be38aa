-- SPDX-License-Identifier: Apache-2.0
drop trigger revoked_session_written;
delete from authority_versions where name = 'revoked_sessions';
drop index revoked_sessions_written_by;
alter table revoked_sessions drop column written_by;
drop table instances;
drop table jwt_key_sets;
