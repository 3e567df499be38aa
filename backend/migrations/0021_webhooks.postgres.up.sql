-- SPDX-License-Identifier: Apache-2.0
create table webhook_endpoints (
  id uuid primary key,
  url text not null,
  events text not null,
  description text,
  scheme text not null check (scheme in ('v1', 'v1a')),
  ordered boolean not null,
  secret text not null,
  previous_secret text,
  previous_until timestamptz,
  last_success_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  disabled_at timestamptz,
  disabled_because text
);
create index webhook_endpoints_created_at on webhook_endpoints (created_at, id);

create table webhook_deliveries (
  id uuid primary key,
  endpoint_id uuid not null references webhook_endpoints (id) on delete cascade,
  event_id uuid not null,
  sequence bigint not null,
  type text not null,
  key text not null,
  status text not null check (status in ('pending', 'delivered', 'failed')),
  due_at timestamptz not null,
  ordered boolean not null,
  round bigint not null,
  attempts_in_round bigint not null,
  attempts text not null,
  payload text not null,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index webhook_deliveries_created_at on webhook_deliveries (created_at, id);
create index webhook_deliveries_endpoint on webhook_deliveries (endpoint_id, created_at, id);
create index webhook_deliveries_status on webhook_deliveries (status, created_at, id);
create index webhook_deliveries_due on webhook_deliveries (status, due_at);
create index webhook_deliveries_key on webhook_deliveries (endpoint_id, key, sequence);

insert into permissions (name, description) values ('manage:webhook', 'Manage webhook endpoints and see deliveries');
