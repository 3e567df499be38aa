-- SPDX-License-Identifier: Apache-2.0
-- An order outlives the account that placed it, without naming it.
alter table orders alter column user_id drop not null;
alter table orders drop constraint orders_user_id_fkey;
alter table orders add constraint orders_user_id_fkey
  foreign key (user_id) references users (id) on delete set null;

-- Finds pending orders by age: they expire.
create index orders_status on orders (status, created_at, id);
