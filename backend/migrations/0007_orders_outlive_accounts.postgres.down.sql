-- SPDX-License-Identifier: Apache-2.0
drop index orders_status;

-- The schema before has no place for orders without an account: they are lost.
delete from orders where user_id is null;
alter table orders drop constraint orders_user_id_fkey;
alter table orders add constraint orders_user_id_fkey
  foreign key (user_id) references users (id) on delete cascade;
alter table orders alter column user_id set not null;
