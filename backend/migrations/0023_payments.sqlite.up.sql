-- SPDX-License-Identifier: Apache-2.0
-- The payment whose outcome is open, or that paid the order: at most one of an order's is in progress.
alter table orders add column payment_id text;
update orders set payment_id = (select payments.id from payments where payments.order_id = orders.id);

-- An order can be paid in several attempts. Amounts are in minor units. Payments of before were recorded by hand: no
-- provider has them.
create table kept_payments as select * from payments;
drop table payments;
create table payments (
  id text primary key,
  order_id text not null references orders (id) on delete cascade,
  attempt integer not null,
  status text not null
    check (status in ('processing', 'succeeded', 'failed', 'cancelling', 'cancelled', 'refunding', 'refunded')),
  amount integer not null check (amount >= 0),
  currency text not null,
  provider text not null,
  idempotency_key text not null,
  card text not null,
  intent_id text,
  client_secret text,
  failure text,
  failed_refunds integer not null,
  called_at integer,
  called_last_at integer,
  check_at integer,
  checks integer not null,
  created_at integer not null,
  updated_at integer not null,
  unique (order_id, attempt)
) strict;
insert into payments (id, order_id, attempt, status, amount, currency, provider, idempotency_key, card,
                      failed_refunds, checks, created_at, updated_at)
  select id, order_id, 1, case status when 'taken' then 'succeeded' else 'refunded' end, amount, currency, 'none', '', '',
         0, 0, created_at, updated_at from kept_payments;
drop table kept_payments;
create unique index payments_intent on payments (intent_id);
create index payments_check on payments (check_at);

-- Events of Stripe's that were received, so that each has its effect once.
create table stripe_events (
  id text primary key,
  type text not null,
  received_at integer not null
) strict;
create index stripe_events_received on stripe_events (received_at);

insert into permissions (name, description) values ('refund:order', 'Refund paid orders');
update permissions set description = 'Pay orders of others' where name = 'pay:order';
