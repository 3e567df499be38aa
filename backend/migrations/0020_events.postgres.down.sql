-- SPDX-License-Identifier: Apache-2.0
drop table event_consumers;
drop table events;
delete from permissions where name = 'read:outbox';
