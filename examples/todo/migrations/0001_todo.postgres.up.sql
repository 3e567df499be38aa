-- SPDX-License-Identifier: Apache-2.0
create table accounts (
  id uuid primary key,
  email text not null,
  email_key text not null unique,
  password_hash text not null
);

create table items (
  id uuid primary key,
  account_id uuid not null references accounts (id) on delete cascade,
  title text not null,
  done boolean not null,
  overdue boolean not null,
  due_at timestamptz,
  attachment text,
  created_at timestamptz not null
);
create index items_of_account on items (account_id, created_at, id);
create index items_due on items (due_at) where not done and not overdue;
