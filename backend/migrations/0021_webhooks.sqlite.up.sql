-- SPDX-License-Identifier: Apache-2.0
create table webhook_endpoints (
  id text primary key,
  url text not null,
  events text not null,
  description text,
  scheme text not null check (scheme in ('v1', 'v1a')),
  ordered integer not null check (ordered in (0, 1)),
  secret text not null,
  previous_secret text,
  previous_until integer,
  last_success_at integer,
  created_at integer not null,
  updated_at integer not null,
  disabled_at integer,
  disabled_because text
) strict;
create index webhook_endpoints_created_at on webhook_endpoints (created_at, id);

create table webhook_deliveries (
  id text primary key,
  endpoint_id text not null references webhook_endpoints (id) on delete cascade,
  event_id text not null,
  sequence integer not null,
  type text not null,
  key text not null,
  status text not null check (status in ('pending', 'delivered', 'failed')),
  due_at integer not null,
  ordered integer not null check (ordered in (0, 1)),
  round integer not null,
  attempts_in_round integer not null,
  attempts text not null,
  payload text not null,
  created_at integer not null,
  updated_at integer not null
) strict;
create index webhook_deliveries_created_at on webhook_deliveries (created_at, id);
create index webhook_deliveries_endpoint on webhook_deliveries (endpoint_id, created_at, id);
create index webhook_deliveries_status on webhook_deliveries (status, created_at, id);
create index webhook_deliveries_due on webhook_deliveries (status, due_at);
create index webhook_deliveries_key on webhook_deliveries (endpoint_id, key, sequence);

insert into permissions (name, description) values ('manage:webhook', 'Manage webhook endpoints and see deliveries');
