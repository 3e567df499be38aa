-- SPDX-License-Identifier: Apache-2.0
-- ashlar: rebuild
-- Roles hold wildcards, accounts hold permissions for a time, and every change of what an account may do has a number.
create table new_permissions (
  name text primary key check (name not glob '*[^a-z0-9:_*-]*'),
  description text not null
) strict, without rowid;
insert into new_permissions (name, description) select name, description from permissions;
drop table permissions;
alter table new_permissions rename to permissions;
insert into permissions (name, description) values
  ('*', 'Everything'),
  ('read:user', 'See all accounts'),
  ('update:user', 'Change all accounts'),
  ('delete:user', 'Remove accounts'),
  ('manage:role', 'Change roles, and give roles and grants to accounts'),
  ('read:post', 'See all posts, drafts as well'),
  ('create:post', 'Write posts'),
  ('update:post', 'Change all posts'),
  ('delete:post', 'Remove all posts'),
  ('read:order', 'See all orders'),
  ('create:order', 'Place orders'),
  ('cancel:order', 'Cancel all orders'),
  ('pay:order', 'Mark orders as paid');
insert into role_permissions (role, permission) values ('admin', '*');
delete from role_permissions where role = 'admin' and permission <> '*';

-- A permission from `starts_at` up to, but without, `ends_at`; with a resource it counts for that object alone.
create table grants (
  id text primary key,
  user_id text not null references users (id) on delete cascade,
  permission text not null references permissions (name) on delete cascade,
  resource text,
  resource_id text,
  starts_at integer not null,
  ends_at integer,
  reason text not null,
  approved_by text not null,
  created_at integer not null,
  check ((resource is null) = (resource_id is null)),
  check (ends_at > starts_at)
) strict;
create index grants_user on grants (user_id, created_at, id);

-- Whoever keeps what accounts may do in memory reads what changed since the number that it knows. SQLite has one writer,
-- so the numbers are in the order of the commits.
create table authority_versions (
  name text primary key,
  version integer not null
) strict, without rowid;
insert into authority_versions (name, version) values ('authority', 0);
create table authority_changes (
  version integer primary key,
  user_id text
) strict, without rowid;

-- The account of each change; null: of all accounts. The last 10,000 are kept.
create trigger authority_changes_bound after insert on authority_changes begin
  delete from authority_changes where version <= new.version - 10000;
end;
create trigger version_after_role after update of role on users when old.role <> new.role begin
  update authority_versions set version = version + 1 where name = 'authority';
  insert into authority_changes (version, user_id) select version, old.id from authority_versions where name = 'authority';
end;
create trigger version_after_removed after delete on users begin
  update authority_versions set version = version + 1 where name = 'authority';
  insert into authority_changes (version, user_id) select version, old.id from authority_versions where name = 'authority';
end;
create trigger version_after_own_insert after insert on user_permissions begin
  update authority_versions set version = version + 1 where name = 'authority';
  insert into authority_changes (version, user_id) select version, new.user_id from authority_versions where name = 'authority';
end;
create trigger version_after_own_update after update on user_permissions begin
  update authority_versions set version = version + 1 where name = 'authority';
  insert into authority_changes (version, user_id) select version, case when old.user_id = new.user_id then old.user_id end from authority_versions where name = 'authority';
end;
create trigger version_after_own_delete after delete on user_permissions begin
  update authority_versions set version = version + 1 where name = 'authority';
  insert into authority_changes (version, user_id) select version, old.user_id from authority_versions where name = 'authority';
end;
create trigger version_after_grants_insert after insert on grants begin
  update authority_versions set version = version + 1 where name = 'authority';
  insert into authority_changes (version, user_id) select version, new.user_id from authority_versions where name = 'authority';
end;
create trigger version_after_grants_update after update on grants begin
  update authority_versions set version = version + 1 where name = 'authority';
  insert into authority_changes (version, user_id) select version, case when old.user_id = new.user_id then old.user_id end from authority_versions where name = 'authority';
end;
create trigger version_after_grants_delete after delete on grants begin
  update authority_versions set version = version + 1 where name = 'authority';
  insert into authority_changes (version, user_id) select version, old.user_id from authority_versions where name = 'authority';
end;
create trigger version_after_roles_insert after insert on role_permissions begin
  update authority_versions set version = version + 1 where name = 'authority';
  insert into authority_changes (version, user_id) select version, null from authority_versions where name = 'authority';
end;
create trigger version_after_roles_update after update on role_permissions begin
  update authority_versions set version = version + 1 where name = 'authority';
  insert into authority_changes (version, user_id) select version, null from authority_versions where name = 'authority';
end;
create trigger version_after_roles_delete after delete on role_permissions begin
  update authority_versions set version = version + 1 where name = 'authority';
  insert into authority_changes (version, user_id) select version, null from authority_versions where name = 'authority';
end;
