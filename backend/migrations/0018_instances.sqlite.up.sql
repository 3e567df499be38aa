-- SPDX-License-Identifier: Apache-2.0
-- What the instances of an application share besides its data. docs/design/authority.md and docs/design/tokens.md have
-- the rules.

-- The keys that sign access tokens, when JWT_ALGORITHM is not HS256. One row, "access", whose `sealed` is the whole set,
-- encrypted with SECRET_KEYS. Every change increments `version`.
create table jwt_key_sets (
  name text primary key,
  sealed text not null,
  version integer not null
) strict, without rowid;

-- The running instances. An SQLite file belongs to one process, so nothing uses it here.
create table instances (
  id text primary key,
  looks integer not null,
  applied integer not null,
  lease_until integer not null
) strict, without rowid;

-- The number of the insert that wrote the row. SQLite has one writer, so a reader who has seen number n finds everything
-- newer with written_by > n.
alter table revoked_sessions add column written_by integer not null default 0;
create index revoked_sessions_written_by on revoked_sessions (written_by);
insert into authority_versions (name, version) values ('revoked_sessions', 0);
create trigger revoked_session_written after insert on revoked_sessions begin
  update authority_versions set version = version + 1 where name = 'revoked_sessions';
  update revoked_sessions
    set written_by = (select version from authority_versions where name = 'revoked_sessions')
    where session_id = new.session_id;
end;
