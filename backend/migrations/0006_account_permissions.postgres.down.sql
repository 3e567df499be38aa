-- SPDX-License-Identifier: Apache-2.0
drop trigger role_permissions_truncated on role_permissions;
drop trigger user_permissions_truncated on user_permissions;
drop trigger role_permissions_changed on role_permissions;
drop trigger user_permissions_changed on user_permissions;
drop trigger account_permissions on users;
drop function permissions_truncated();
drop function role_permissions_changed();
drop function user_permissions_changed();
drop function account_permissions();
alter table users drop column permissions;

create view accounts as
  select u.*, (
    select coalesce(json_agg(permission order by permission collate "C"), '[]')::text from (
      select permission from role_permissions where role = u.role
      union
      select permission from user_permissions where user_id = u.id
    ) allowed
  ) as permissions
  from users u;
