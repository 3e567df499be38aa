-- SPDX-License-Identifier: Apache-2.0
-- Exports with what their job needs to continue them.
create table exports (
  id uuid primary key,
  user_id uuid not null references users (id) on delete cascade,
  type text not null check (type in ('users', 'products', 'orders', 'posts', 'audit')),
  format text not null check (format in ('csv', 'json', 'xlsx')),
  status text not null check (status in ('waiting', 'running', 'done', 'failed')),
  rows_expected bigint,
  rows_written bigint not null,
  bytes_written bigint not null,
  chunks bigint not null,
  last_key text,
  failure text,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  finished_at timestamptz
);
create index exports_user on exports (user_id);
create index exports_created_at on exports (created_at);

-- The pieces of their files. XLSX is base64url.
create table export_chunks (
  export_id uuid not null references exports (id) on delete cascade,
  position bigint not null,
  content text not null,
  primary key (export_id, position)
);

insert into permissions (name, description) values ('create:export', 'Export lists to files');
