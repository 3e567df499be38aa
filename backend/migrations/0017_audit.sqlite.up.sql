-- SPDX-License-Identifier: Apache-2.0
-- The audit trail (docs/design/audit.md). Units of work insert into audit_entries; the sealer writes the other tables.
create table audit_entries (
  seq integer primary key,
  xid integer not null default 0,
  id text not null,
  at integer not null,
  actor text not null,
  actor_id text,
  action text not null,
  resource text not null,
  resource_id text not null,
  changes text not null,
  request_id text not null,
  actor_hash text not null,
  actor_personal text,
  subject_id text,
  subject_hash text not null,
  subject_personal text
) strict;
create index audit_entries_xid on audit_entries (xid, seq);

create table audit_tree (
  name text primary key,
  size integer not null,
  first_index integer not null,
  seen text not null,
  checkpoint text not null,
  sealed_at integer
) strict;
insert into audit_tree (name, size, first_index, seen, checkpoint) values ('log', 0, 0, '', '');

create table audit_index (
  position integer primary key,
  seq integer not null,
  entry_id text not null,
  at integer not null,
  actor_id text,
  subject_id text,
  action text not null,
  resource text not null,
  resource_id text not null
) strict;
create unique index audit_index_seq on audit_index (seq);
create unique index audit_index_entry on audit_index (entry_id);
create index audit_index_at on audit_index (at, position);
create index audit_index_actor on audit_index (actor_id, at, position);
create index audit_index_subject on audit_index (subject_id, position);
create index audit_index_action on audit_index (action, at, position);
create index audit_index_resource on audit_index (resource, resource_id, at, position);

create table audit_tiles (
  level integer not null,
  position integer not null,
  hashes text not null,
  primary key (level, position)
) strict;

-- Entries are appended. What can change is that personal data is erased, and that retention removes what is before
-- audit_tree.first_index.
create trigger audit_entries_update before update on audit_entries
when not ((new.actor_personal is null or new.actor_personal is old.actor_personal)
      and (new.subject_personal is null or new.subject_personal is old.subject_personal)
      and new.xid is old.xid and new.seq is old.seq and new.id is old.id and new.at is old.at
      and new.actor is old.actor and new.actor_id is old.actor_id and new.action is old.action
      and new.resource is old.resource and new.resource_id is old.resource_id and new.changes is old.changes
      and new.request_id is old.request_id and new.actor_hash is old.actor_hash
      and new.subject_id is old.subject_id and new.subject_hash is old.subject_hash) begin
  select raise(abort, 'the audit trail is append-only: update of audit_entries is refused');
end;
-- An insert or replace removes the row of before without firing a delete's trigger.
create trigger audit_entries_insert before insert on audit_entries
when exists (select 1 from audit_entries where seq = new.seq) begin
  select raise(abort, 'the audit trail is append-only: replacing an entry is refused');
end;
create trigger audit_entries_delete before delete on audit_entries
when not exists (select 1 from audit_index i, audit_tree t where i.seq = old.seq and i.position < t.first_index) begin
  select raise(abort, 'the audit trail is append-only: delete of audit_entries is refused');
end;
create trigger audit_index_update before update on audit_index begin
  select raise(abort, 'the audit trail is append-only: update of audit_index is refused');
end;
create trigger audit_index_delete before delete on audit_index
when old.position >= (select first_index from audit_tree) begin
  select raise(abort, 'the audit trail is append-only: delete of audit_index is refused');
end;
create trigger audit_tiles_update before update on audit_tiles
when not (new.level = old.level and new.position = old.position
      and substr(new.hashes, 1, length(old.hashes)) = old.hashes) begin
  select raise(abort, 'the audit trail is append-only: update of audit_tiles is refused');
end;
create trigger audit_tiles_delete before delete on audit_tiles
when old.level <> 0 or old.position >= (select first_index / 256 from audit_tree) begin
  select raise(abort, 'the audit trail is append-only: delete of audit_tiles is refused');
end;
create trigger audit_tree_update before update on audit_tree
when not (new.name = old.name and new.size >= old.size and new.first_index >= old.first_index
      and new.first_index <= new.size and new.first_index % 256 = 0) begin
  select raise(abort, 'the audit trail is append-only: update of audit_tree is refused');
end;
create trigger audit_tree_delete before delete on audit_tree begin
  select raise(abort, 'the audit trail is append-only: delete of audit_tree is refused');
end;

insert into permissions (name, description) values
  ('read:audit', 'Read the audit trail');
