-- SPDX-License-Identifier: Apache-2.0
drop trigger revoked_session_written on revoked_sessions;
drop function revoked_session_written();
alter table revoked_sessions drop column written_by;
drop table instances;
drop table jwt_key_sets;
