-- SPDX-License-Identifier: Apache-2.0
-- Addresses are compared by a key that the program computes, not by lower(), which depends on the database's locale: in
-- a Turkish one lower('I') is a dotless i, so that an address with a capital I was never found again, and could be
-- registered twice. translate() folds as the program does, since an address is ASCII (schema::Email).
alter table users add column email_key text not null default '';

-- Of addresses that differ in nothing but the database's fold, one keeps the key: the one that could sign in, or else the
-- oldest. The others get a key that no address has; whoever gives such an account another address repairs it.
update users set email_key = keyed.key from (
  select id, key || case when row_number() over (
      partition by key order by (lower(email) <> key), created_at, id) = 1 then '' else ' ' || id end as key
  from (select *, translate(email, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz') as key from users) folded
) keyed where users.id = keyed.id;

drop index users_email;
create unique index users_email_key on users (email_key);
