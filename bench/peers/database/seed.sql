-- SPDX-License-Identifier: Apache-2.0
-- What the peers read: as many users and products, with the same words, as `ashlar seed` makes.
create table users (
  id text primary key,
  email text unique not null,
  name text not null,
  age int,
  role text not null default 'user',
  password_hash text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create table products (
  id text primary key,
  name text not null,
  description text,
  price numeric(12,2) not null,
  stock int not null default 0,
  category text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
insert into users (id, email, name, age)
  select 'u' || lpad(i::text, 24, '0'), 'user' || i || '@example.com', 'User ' || i, 18 + i % 60
  from generate_series(1, 10000) i;
insert into products (id, name, description, price, stock, category, created_at)
  select 'p' || lpad(i::text, 24, '0'), 'Product ' || i,
    'The product number ' || i || ', described in a sentence of the usual length.',
    (i % 10000) / 100.0, i % 500, 'cat' || (i % 20), now() - (i || ' seconds')::interval
  from generate_series(1, 50000) i;
create index on products (category, created_at desc);
create index on products (created_at desc);
