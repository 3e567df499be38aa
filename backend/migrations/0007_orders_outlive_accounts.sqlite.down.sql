-- SPDX-License-Identifier: Apache-2.0
-- ashlar: rebuild
-- The schema before has no place for orders without an account: they are lost, with their items and payments. Foreign
-- keys have no actions in a rebuild.
delete from order_items where order_id in (select id from orders where user_id is null);
delete from payments where order_id in (select id from orders where user_id is null);
delete from orders where user_id is null;
create table new_orders (
  id text primary key,
  user_id text not null references users (id) on delete cascade,
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
