-- SPDX-License-Identifier: Apache-2.0
delete from permissions where name = 'read:audit';
drop table audit_tiles;
drop table audit_index;
drop table audit_tree;
drop table audit_entries;
