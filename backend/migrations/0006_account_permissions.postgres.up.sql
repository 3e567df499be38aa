-- SPDX-License-Identifier: Apache-2.0
-- What an account may do stands in its row, as a JSON array, and the database alone writes it: a row of users gets its
-- list when it is written, and whatever else changes what an account may do writes the account's row. So no change goes
-- by, whoever makes it, and of two at once none is lost:
--
--   A row is locked before its triggers run, and at READ COMMITTED each statement in them sees what was committed by
--   then. Of two changes that concern one account the later one waits, and sees the earlier one. At a stricter level it
--   fails (40001), since the row has changed, and is tried again.
--   One that gives a role another permission does not see the accounts that take the role in transactions of others.
--   They hold the role's row (for share), and it writes that row: one of them waits for the other there.
drop view accounts;
alter table users add column permissions text not null default '[]';

-- The tables are named with the schema of the one that was written: the search path is the writer's.
create function account_permissions() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' or new.role <> old.role then
    execute format('select from %I.roles where name = $1 for share', tg_table_schema) using new.role;
  end if;
  execute format(
    'select coalesce(json_agg(permission order by permission collate "C"), ''[]'')::text from (
       select permission from %1$I.role_permissions where role = $1
       union
       select permission from %1$I.user_permissions where user_id = $2
     ) allowed', tg_table_schema)
    into new.permissions using new.role, new.id;
  return new;
end
$$;
create trigger account_permissions before insert or update on users
  for each row execute function account_permissions();

-- `default` stands for the list that the trigger writes.
create function user_permissions_changed() returns trigger language plpgsql as $$
begin
  execute format('update %I.users set permissions = default where id in ($1, $2)', tg_table_schema)
    using old.user_id, new.user_id;
  return null;
end
$$;
create trigger user_permissions_changed after insert or update or delete on user_permissions
  for each row execute function user_permissions_changed();

create function role_permissions_changed() returns trigger language plpgsql as $$
begin
  -- An older snapshot lacks the accounts that took the role since, and nothing in their rows would say so.
  if current_setting('transaction_isolation') <> 'read committed' then
    raise 'role_permissions is changed at READ COMMITTED, not at %', upper(current_setting('transaction_isolation'))
      using errcode = 'invalid_transaction_state';
  end if;
  execute format('update %I.roles set description = description where name in ($1, $2)', tg_table_schema)
    using old.role, new.role;
  execute format('update %I.users set permissions = default where role in ($1, $2)', tg_table_schema)
    using old.role, new.role;
  return null;
end
$$;
create trigger role_permissions_changed after insert or update or delete on role_permissions
  for each row execute function role_permissions_changed();

-- TRUNCATE runs no trigger for its rows.
create function permissions_truncated() returns trigger language plpgsql as $$
begin
  raise 'DELETE the rows of %: TRUNCATE would leave accounts what they may do', tg_table_name
    using errcode = 'feature_not_supported';
end
$$;
create trigger user_permissions_truncated before truncate on user_permissions
  for each statement execute function permissions_truncated();
create trigger role_permissions_truncated before truncate on role_permissions
  for each statement execute function permissions_truncated();

update users set permissions = default;
