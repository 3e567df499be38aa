-- SPDX-License-Identifier: Apache-2.0
-- Roles hold wildcards, accounts hold permissions for a time, and every change of what an account may do has a number.
alter table permissions drop constraint permissions_name_check;
alter table permissions add check (name !~ '[^a-z0-9:_*-]');
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
  id uuid primary key,
  user_id uuid not null references users (id) on delete cascade,
  permission text not null references permissions (name) on delete cascade,
  resource text,
  resource_id text,
  starts_at timestamptz not null,
  ends_at timestamptz,
  reason text not null,
  approved_by uuid not null,
  created_at timestamptz not null,
  check ((resource is null) = (resource_id is null)),
  check (ends_at > starts_at)
);
create index grants_user on grants (user_id, created_at, id);

-- Whoever keeps what accounts may do in memory reads what changed since the number that it knows. The row of
-- authority_versions is locked from a change to its commit, so the numbers are in the order of the commits: a reader of
-- number n has seen everything before it.
create table authority_versions (
  name text primary key,
  version bigint not null
);
insert into authority_versions (name, version) values ('authority', 0);
create table authority_changes (
  version bigint primary key,
  user_id uuid
);

-- The account of each change; null: of all accounts. The last 10,000 are kept.
create function authority_changed() returns trigger language plpgsql as $$
declare
  account uuid;
  next bigint;
begin
  if tg_table_name = 'users' then
    account := old.id;
  elsif tg_table_name <> 'role_permissions' then
    if tg_op = 'INSERT' then
      account := new.user_id;
    elsif tg_op = 'DELETE' or old.user_id = new.user_id then
      account := old.user_id;
    end if;
  end if;
  execute format('update %I.authority_versions set version = version + 1 where name = ''authority'' returning version',
                 tg_table_schema) into next;
  execute format('insert into %I.authority_changes (version, user_id) values ($1, $2)', tg_table_schema)
    using next, account;
  execute format('delete from %I.authority_changes where version <= $1', tg_table_schema) using next - 10000;
  return null;
end
$$;
-- Triggers run in the order of their names: these come last, so the one row that all of them lock is locked last.
create trigger version_after_role after update of role on users
  for each row when (old.role <> new.role) execute function authority_changed();
create trigger version_after_removed after delete on users for each row execute function authority_changed();
create trigger version_after_own after insert or update or delete on user_permissions
  for each row execute function authority_changed();
create trigger version_after_grants after insert or update or delete on grants
  for each row execute function authority_changed();
create trigger version_after_roles after insert or update or delete on role_permissions
  for each statement execute function authority_changed();
