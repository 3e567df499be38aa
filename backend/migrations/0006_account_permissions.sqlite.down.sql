-- SPDX-License-Identifier: Apache-2.0
drop trigger role_permissions_delete;
drop trigger role_permissions_update;
drop trigger role_permissions_insert;
drop trigger user_permissions_delete;
drop trigger user_permissions_update;
drop trigger user_permissions_insert;
drop trigger account_permissions_insert;
drop trigger account_permissions;
alter table users drop column permissions;

create view accounts as
  select u.*, (
    select '[' || coalesce(group_concat('"' || permission || '"'), '') || ']' from (
      select permission from role_permissions where role = u.role
      union
      select permission from user_permissions where user_id = u.id
      order by 1
    )
  ) as permissions
  from users u;
