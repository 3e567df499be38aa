-- SPDX-License-Identifier: Apache-2.0
-- The audit trail (docs/design/audit.md). Units of work insert into audit_entries; the sealer writes the other tables.
create table audit_entries (
  seq bigint generated always as identity primary key,
  xid bigint not null default ((pg_current_xact_id())::text)::bigint,
  id uuid not null,
  at timestamptz not null,
  actor text not null,
  actor_id uuid,
  action text not null,
  resource text not null,
  resource_id text not null,
  changes text not null,
  request_id text not null,
  actor_hash text not null,
  actor_personal text,
  subject_id uuid,
  subject_hash text not null,
  subject_personal text
);
create index audit_entries_xid on audit_entries (xid, seq);

create table audit_tree (
  name text primary key,
  size bigint not null,
  first_index bigint not null,
  seen text not null,
  checkpoint text not null,
  sealed_at timestamptz
);
insert into audit_tree (name, size, first_index, seen, checkpoint) values ('log', 0, 0, '', '');

create table audit_index (
  position bigint primary key,
  seq bigint not null,
  entry_id uuid not null,
  at timestamptz not null,
  actor_id uuid,
  subject_id uuid,
  action text not null,
  resource text not null,
  resource_id text not null
);
create unique index audit_index_seq on audit_index (seq);
create unique index audit_index_entry on audit_index (entry_id);
create index audit_index_at on audit_index (at, position);
create index audit_index_actor on audit_index (actor_id, at, position);
create index audit_index_subject on audit_index (subject_id, position);
create index audit_index_action on audit_index (action, at, position);
create index audit_index_resource on audit_index (resource, resource_id, at, position);

create table audit_tiles (
  level bigint not null,
  position bigint not null,
  hashes text not null,
  primary key (level, position)
);

-- Entries are appended. What can change is that personal data is erased, that a transaction's number is forgotten, and
-- that retention removes what is before audit_tree.first_index.
create function audit_refuse() returns trigger language plpgsql as $$
begin
  raise 'the audit trail is append-only: % of % is refused', lower(tg_op), tg_table_name using errcode = 'restrict_violation';
end
$$;
create function audit_entries_update() returns trigger language plpgsql as $$
begin
  if (new.actor_personal is null or new.actor_personal is not distinct from old.actor_personal)
     and (new.subject_personal is null or new.subject_personal is not distinct from old.subject_personal)
     and (new.xid = 0 or new.xid = old.xid)
     and (new.seq, new.id, new.at, new.actor, new.actor_id, new.action, new.resource, new.resource_id, new.changes,
          new.request_id, new.actor_hash, new.subject_id, new.subject_hash)
         is not distinct from
         (old.seq, old.id, old.at, old.actor, old.actor_id, old.action, old.resource, old.resource_id, old.changes,
          old.request_id, old.actor_hash, old.subject_id, old.subject_hash) then
    return new;
  end if;
  raise 'the audit trail is append-only: update of audit_entries is refused' using errcode = 'restrict_violation';
end
$$;
create function audit_entries_delete() returns trigger language plpgsql as $$
begin
  if exists (select from audit_index i, audit_tree t where i.seq = old.seq and i.position < t.first_index) then
    return old;
  end if;
  raise 'the audit trail is append-only: delete of audit_entries is refused' using errcode = 'restrict_violation';
end
$$;
create function audit_index_delete() returns trigger language plpgsql as $$
begin
  if old.position < (select first_index from audit_tree) then
    return old;
  end if;
  raise 'the audit trail is append-only: delete of audit_index is refused' using errcode = 'restrict_violation';
end
$$;
create function audit_tiles_change() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and (new.level, new.position) = (old.level, old.position) and starts_with(new.hashes, old.hashes) then
    return new;
  end if;
  if tg_op = 'DELETE' and old.level = 0 and old.position < (select first_index / 256 from audit_tree) then
    return old;
  end if;
  raise 'the audit trail is append-only: % of audit_tiles is refused', lower(tg_op) using errcode = 'restrict_violation';
end
$$;
create function audit_tree_update() returns trigger language plpgsql as $$
begin
  if new.name = old.name and new.size >= old.size and new.first_index >= old.first_index
     and new.first_index <= new.size and new.first_index % 256 = 0 then
    return new;
  end if;
  raise 'the audit trail is append-only: update of audit_tree is refused' using errcode = 'restrict_violation';
end
$$;
create trigger audit_entries_update before update on audit_entries for each row execute function audit_entries_update();
create trigger audit_entries_delete before delete on audit_entries for each row execute function audit_entries_delete();
create trigger audit_entries_truncate before truncate on audit_entries execute function audit_refuse();
create trigger audit_index_update before update on audit_index for each row execute function audit_refuse();
create trigger audit_index_delete before delete on audit_index for each row execute function audit_index_delete();
create trigger audit_index_truncate before truncate on audit_index execute function audit_refuse();
create trigger audit_tiles_change before update or delete on audit_tiles for each row execute function audit_tiles_change();
create trigger audit_tiles_truncate before truncate on audit_tiles execute function audit_refuse();
create trigger audit_tree_update before update on audit_tree for each row execute function audit_tree_update();
create trigger audit_tree_delete before delete on audit_tree for each row execute function audit_refuse();
create trigger audit_tree_truncate before truncate on audit_tree execute function audit_refuse();

insert into permissions (name, description) values
  ('read:audit', 'Read the audit trail');
