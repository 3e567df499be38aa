-- SPDX-License-Identifier: Apache-2.0
-- price is in minor units.
create table products (
  id text primary key,
  name text not null,
  description text,
  price integer not null check (price >= 0),
  stock integer not null check (stock >= 0),
  category text,
  created_at integer not null,
  updated_at integer not null
) strict;
create index products_created_at on products (created_at, id);
create index products_category on products (category, created_at, id);
create index products_price on products (price, id);
