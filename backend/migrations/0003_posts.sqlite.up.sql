-- SPDX-License-Identifier: Apache-2.0
create table posts (
  id text primary key,
  author_id text not null references users (id) on delete cascade,
  title text not null,
  content text not null,
  published integer not null check (published in (0, 1)),
  created_at integer not null,
  updated_at integer not null
) strict;
create index posts_author on posts (author_id, created_at, id);
create index posts_published on posts (published, created_at, id);
