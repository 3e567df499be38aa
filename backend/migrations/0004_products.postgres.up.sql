-- SPDX-License-Identifier: Apache-2.0
-- price is in minor units.
create table products (
  id uuid primary key,
  name text not null,
  description text,
  price bigint not null check (price >= 0),
  stock bigint not null check (stock >= 0),
  category text,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index products_created_at on products (created_at, id);
create index products_category on products (category, created_at, id);
create index products_price on products (price, id);
