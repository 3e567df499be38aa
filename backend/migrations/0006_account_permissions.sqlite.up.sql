-- SPDX-License-Identifier: Apache-2.0
-- What an account may do stands in its row, as a JSON array, and the database alone writes it: a row of users gets its
-- list when it was written, and whatever else changes what an account may do writes the account's row.
drop view accounts;
alter table users add column permissions text not null default '[]';

-- It writes no row whose list is right, so it comes to an end with `pragma recursive_triggers` as well. The JSON functions
-- are not allowed in a trigger of an untrusted schema; no name of a permission has anything to escape.
create trigger account_permissions after update on users begin
  update users set permissions = allowed.list from (
    select '[' || coalesce(group_concat('"' || permission || '"'), '') || ']' as list from (
      select permission from role_permissions where role = new.role
      union
      select permission from user_permissions where user_id = new.id
      order by 1
    )
  ) as allowed
  where id = new.id and permissions <> allowed.list;
end;

-- '[]' stands for the list that the trigger above writes.
create trigger account_permissions_insert after insert on users begin
  update users set permissions = '[]' where id = new.id;
end;

create trigger user_permissions_insert after insert on user_permissions begin
  update users set permissions = '[]' where id = new.user_id;
end;
create trigger user_permissions_update after update on user_permissions begin
  update users set permissions = '[]' where id in (old.user_id, new.user_id);
end;
create trigger user_permissions_delete after delete on user_permissions begin
  update users set permissions = '[]' where id = old.user_id;
end;

create trigger role_permissions_insert after insert on role_permissions begin
  update users set permissions = '[]' where role = new.role;
end;
create trigger role_permissions_update after update on role_permissions begin
  update users set permissions = '[]' where role in (old.role, new.role);
end;
create trigger role_permissions_delete after delete on role_permissions begin
  update users set permissions = '[]' where role = old.role;
end;

update users set permissions = '[]';
