-- SPDX-License-Identifier: Apache-2.0
-- Accounts, and what each may do: a role brings permissions, and an account can have more of its own.
create table permissions (
  name text primary key check (name !~ '[^a-z0-9:_-]'),
  description text not null
);

create table roles (
  name text primary key,
  description text not null
);

create table role_permissions (
  role text not null references roles (name) on delete cascade,
  permission text not null references permissions (name) on delete cascade,
  primary key (role, permission)
);

create table users (
  id uuid primary key,
  email text not null,
  name text not null,
  age integer check (age between 0 and 150),
  role text not null references roles (name),
  password_hash text not null,
  email_verified boolean not null,
  mfa_enabled boolean not null,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create unique index users_email on users (lower(email));
create index users_created_at on users (created_at, id);
create index users_role on users (role);

create table user_permissions (
  user_id uuid not null references users (id) on delete cascade,
  permission text not null references permissions (name) on delete cascade,
  created_at timestamptz not null,
  primary key (user_id, permission)
);

-- Users with what they may do, as a JSON array.
create view accounts as
  select u.*, (
    select coalesce(json_agg(permission order by permission collate "C"), '[]')::text from (
      select permission from role_permissions where role = u.role
      union
      select permission from user_permissions where user_id = u.id
    ) allowed
  ) as permissions
  from users u;

insert into permissions (name, description) values
  ('create:user', 'Create accounts for others'),
  ('create:product', 'Add products'),
  ('update:product', 'Change products'),
  ('delete:product', 'Remove products');
insert into roles (name, description) values
  ('user', 'Everybody who registers'),
  ('admin', 'May do everything');
insert into role_permissions (role, permission) select 'admin', name from permissions;
