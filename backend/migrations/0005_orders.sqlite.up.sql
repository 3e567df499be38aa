-- SPDX-License-Identifier: Apache-2.0
-- Amounts are in minor units.
create table orders (
  id text primary key,
  user_id text not null references users (id) on delete cascade,
  status text not null check (status in ('pending', 'paid', 'cancelled', 'refunded')),
  total integer not null check (total >= 0),
  currency text not null,
  created_at integer not null,
  updated_at integer not null
) strict;
create index orders_user on orders (user_id, created_at, id);
create index orders_created_at on orders (created_at, id);

-- What was ordered, by its name and price of then: a product that is removed leaves its orders as they were.
create table order_items (
  order_id text not null references orders (id) on delete cascade,
  position integer not null,
  product_id text references products (id) on delete set null,
  name text not null,
  quantity integer not null check (quantity > 0),
  unit_price integer not null check (unit_price >= 0),
  primary key (order_id, position)
) strict, without rowid;
create index order_items_product on order_items (product_id);

create table payments (
  id text primary key,
  order_id text not null unique references orders (id) on delete cascade,
  status text not null check (status in ('taken', 'refunded')),
  amount integer not null check (amount >= 0),
  currency text not null,
  created_at integer not null,
  updated_at integer not null
) strict;

-- What was answered to a request with an Idempotency-Key, until expires_at.
create table idempotency_keys (
  user_id text not null references users (id) on delete cascade,
  name text not null,
  request text not null,
  answer text,
  expires_at integer not null,
  primary key (user_id, name)
) strict, without rowid;
create index idempotency_keys_expires_at on idempotency_keys (expires_at);
