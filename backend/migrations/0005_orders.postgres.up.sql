-- SPDX-License-Identifier: Apache-2.0
-- Amounts are in minor units.
create table orders (
  id uuid primary key,
  user_id uuid not null references users (id) on delete cascade,
  status text not null check (status in ('pending', 'paid', 'cancelled', 'refunded')),
  total bigint not null check (total >= 0),
  currency text not null,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index orders_user on orders (user_id, created_at, id);
create index orders_created_at on orders (created_at, id);

-- What was ordered, by its name and price of then: a product that is removed leaves its orders as they were.
create table order_items (
  order_id uuid not null references orders (id) on delete cascade,
  position bigint not null,
  product_id uuid references products (id) on delete set null,
  name text not null,
  quantity bigint not null check (quantity > 0),
  unit_price bigint not null check (unit_price >= 0),
  primary key (order_id, position)
);
create index order_items_product on order_items (product_id);

create table payments (
  id uuid primary key,
  order_id uuid not null unique references orders (id) on delete cascade,
  status text not null check (status in ('taken', 'refunded')),
  amount bigint not null check (amount >= 0),
  currency text not null,
  created_at timestamptz not null,
  updated_at timestamptz not null
);

-- What was answered to a request with an Idempotency-Key, until expires_at.
create table idempotency_keys (
  user_id uuid not null references users (id) on delete cascade,
  name text not null,
  request text not null,
  answer text,
  expires_at timestamptz not null,
  primary key (user_id, name)
);
create index idempotency_keys_expires_at on idempotency_keys (expires_at);
