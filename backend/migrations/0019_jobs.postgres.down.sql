-- SPDX-License-Identifier: Apache-2.0
delete from permissions where name in ('read:job', 'manage:job');
drop table job_workers;
drop table job_schedules;
drop table job_queues;
drop table job_keys;
drop table job_steps;
drop table job_history;
drop table jobs;
