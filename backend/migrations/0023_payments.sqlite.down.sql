-- SPDX-License-Identifier: Apache-2.0
-- The schema before has one payment for each order, and only those that were made.
drop table stripe_events;
create table kept_payments as select * from payments where status in ('succeeded', 'refunding', 'refunded');
delete from kept_payments where exists (
  select 1 from kept_payments other where other.order_id = kept_payments.order_id and other.attempt > kept_payments.attempt);
drop table payments;
create table payments (
  id text primary key,
  order_id text not null unique references orders (id) on delete cascade,
  status text not null check (status in ('taken', 'refunded')),
  amount integer not null check (amount >= 0),
  currency text not null,
  created_at integer not null,
  updated_at integer not null
) strict;
insert into payments (id, order_id, status, amount, currency, created_at, updated_at)
  select id, order_id, case status when 'succeeded' then 'taken' else 'refunded' end, amount, currency, created_at,
         updated_at from kept_payments;
drop table kept_payments;
alter table orders drop column payment_id;

delete from permissions where name = 'refund:order';
update permissions set description = 'Mark orders as paid' where name = 'pay:order';
