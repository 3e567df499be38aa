-- SPDX-License-Identifier: Apache-2.0
create table accounts (
  id text primary key,
  email text not null,
  email_key text not null unique,
  password_hash text not null
) strict;

create table items (
  id text primary key,
  account_id text not null references accounts (id) on delete cascade,
  title text not null,
  done integer not null,
  overdue integer not null,
  due_at integer,
  attachment text,
  created_at integer not null
) strict;
create index items_of_account on items (account_id, created_at, id);
create index items_due on items (due_at) where not done and not overdue;
