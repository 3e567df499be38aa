-- SPDX-License-Identifier: Apache-2.0
-- ashlar: rebuild
-- An order outlives the account that placed it, without naming it.
create table new_orders (
  id text primary key,
  user_id text references users (id) on delete set null,
  status text not null check (status in ('pending', 'paid', 'cancelled', 'refunded')),
  total integer not null check (total >= 0),
  currency text not null,
  created_at integer not null,
  updated_at integer not null
) strict;
insert into new_orders (id, user_id, status, total, currency, created_at, updated_at)
  select id, user_id, status, total, currency, created_at, updated_at from orders;
drop table orders;
alter table new_orders rename to orders;
create index orders_user on orders (user_id, created_at, id);
create index orders_created_at on orders (created_at, id);

-- Finds pending orders by age: they expire.
create index orders_status on orders (status, created_at, id);
