-- SPDX-License-Identifier: Apache-2.0
delete from permissions where name = 'read:audit';
drop table audit_tiles;
drop table audit_index;
drop table audit_tree;
drop table audit_entries;
drop function audit_tree_update();
drop function audit_tiles_change();
drop function audit_index_delete();
drop function audit_entries_delete();
drop function audit_entries_update();
drop function audit_refuse();
