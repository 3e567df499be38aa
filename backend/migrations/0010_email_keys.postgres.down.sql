-- SPDX-License-Identifier: Apache-2.0
drop index users_email_key;
alter table users drop column email_key;
create unique index users_email on users (lower(email));
