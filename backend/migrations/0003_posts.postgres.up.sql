-- SPDX-License-Identifier: Apache-2.0
create table posts (
  id uuid primary key,
  author_id uuid not null references users (id) on delete cascade,
  title text not null,
  content text not null,
  published boolean not null,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index posts_author on posts (author_id, created_at, id);
create index posts_published on posts (published, created_at, id);
