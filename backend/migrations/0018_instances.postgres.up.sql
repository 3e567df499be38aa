-- SPDX-License-Identifier: Apache-2.0
-- What the instances of an application share besides its data. docs/design/authority.md and docs/design/tokens.md have
-- the rules.

-- The keys that sign access tokens, when JWT_ALGORITHM is not HS256. One row, "access", whose `sealed` is the whole set,
-- encrypted with SECRET_KEYS. Every change increments `version`.
create table jwt_key_sets (
  name text primary key,
  sealed text not null,
  version bigint not null
);

-- The running instances. Each one renews its lease and increments `looks` before it reads what has changed, and copies
-- `looks` to `applied` afterwards. So a transaction that committed while `looks` was n is applied when `applied` > n.
create table instances (
  id uuid primary key,
  looks bigint not null,
  applied bigint not null,
  lease_until timestamptz not null
);

-- The transaction that wrote the row. A reader whose snapshot had the oldest running transaction n finds everything that
-- it could not see yet with written_by >= n.
alter table revoked_sessions add column written_by bigint not null default 0;
create index revoked_sessions_written_by on revoked_sessions (written_by);
create function revoked_session_written() returns trigger language plpgsql as $$
begin
  new.written_by := pg_current_xact_id()::text::bigint;
  return new;
end
$$;
create trigger revoked_session_written before insert on revoked_sessions
  for each row execute function revoked_session_written();
