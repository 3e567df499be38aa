-- SPDX-License-Identifier: Apache-2.0
drop table export_chunks;
drop table exports;
delete from permissions where name = 'create:export';
