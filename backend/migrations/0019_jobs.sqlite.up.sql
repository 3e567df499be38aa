-- SPDX-License-Identifier: Apache-2.0
-- Jobs that have not ended. Ended ones move to job_history, so this table stays as small as the work that is left.
-- `held` waits for its group, its predecessor or its batch. Columns are explained in ashlar/jobs/rows.hpp.
create table jobs (
  seq integer not null,
  id text not null,
  kind text not null,
  queue text not null,
  state text not null check (state in ('held', 'waiting', 'scheduled', 'running', 'failed')),
  priority integer not null,
  run_at integer not null,
  attempt integer not null,
  attempts_max integer not null,
  retries integer not null,
  arguments text not null,
  context text not null,
  created_at integer not null,
  started_at integer,
  not_after integer,
  worker text,
  cancelled integer not null check (cancelled in (0, 1)),
  group_key text,
  group_concurrency integer not null,
  group_rate integer not null,
  unique_key text,
  after_id text,
  batch text,
  after_batch text,
  error text,
  progress integer,
  progress_note text,
  primary key (seq)
) strict;
create unique index jobs_id on jobs (id);
create index jobs_waiting on jobs (queue, priority, seq) where state = 'waiting';
create index jobs_due on jobs (run_at) where state in ('scheduled', 'failed');
create index jobs_running on jobs (queue) where state = 'running';
create index jobs_held on jobs (seq) where state = 'held';
create index jobs_group on jobs (group_key, seq) where group_key is not null;
create index jobs_after on jobs (after_id) where after_id is not null;
create index jobs_batch on jobs (batch) where batch is not null;
create index jobs_after_batch on jobs (after_batch) where after_batch is not null;

create table job_history (
  id text primary key,
  kind text not null,
  queue text not null,
  status text not null check (status in ('done', 'cancelled', 'dead')),
  priority integer not null,
  attempt integer not null,
  attempts_max integer not null,
  retries integer not null,
  arguments text not null,
  context text not null,
  created_at integer not null,
  run_at integer not null,
  started_at integer,
  ended_at integer not null,
  group_key text,
  group_concurrency integer not null,
  group_rate integer not null,
  unique_key text,
  after_id text,
  batch text,
  after_batch text,
  error text,
  result text,
  progress integer,
  progress_note text
) strict;
create index job_history_status on job_history (status, ended_at);
create index job_history_batch on job_history (batch) where batch is not null;

-- The stored results of steps. A dead job keeps them, for its retry.
create table job_steps (
  job_id text not null,
  name text not null,
  result text not null,
  primary key (job_id, name)
) strict;

-- Unique keys. free_at is null while the job is unfinished.
create table job_keys (
  key text not null,
  job_id text not null,
  keep_until integer not null,
  free_at integer,
  primary key (key)
) strict;
create index job_keys_free_at on job_keys (free_at);

-- Settings of queues. `starts` counts what began in each second of the last minute, of a queue or a group ("group:...")
-- with a rate.
create table job_queues (
  name text not null,
  paused integer not null check (paused in (0, 1)),
  concurrency integer not null,
  rate_per_minute integer not null,
  starts text not null,
  used_at integer not null,
  primary key (name)
) strict;

create table job_schedules (
  name text not null,
  last_tick integer not null,
  primary key (name)
) strict;

-- A worker whose lease has passed is dead: its running jobs are rescued.
create table job_workers (
  id text primary key,
  name text not null,
  started_at integer not null,
  lease_until integer not null
) strict;

insert into permissions (name, description) values
  ('read:job', 'See jobs and queues'),
  ('manage:job', 'Retry and cancel jobs, and change queues');
