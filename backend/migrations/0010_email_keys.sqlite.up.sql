-- SPDX-License-Identifier: Apache-2.0
-- Addresses are compared by a key that the program computes, not by lower(), which is another function in another
-- database. SQLite's knows ASCII only, as an address is (schema::Email): it folds as the program does.
alter table users add column email_key text not null default '';
update users set email_key = lower(email);
drop index users_email;
create unique index users_email_key on users (email_key);
