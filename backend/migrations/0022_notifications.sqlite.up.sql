-- SPDX-License-Identifier: Apache-2.0
-- What an account is notified of in the application. Mail is sent as each account prefers.
create table notifications (
  id text primary key,
  user_id text not null references users (id) on delete cascade,
  kind text not null,
  resource_id text,
  detail text not null,
  created_at integer not null,
  read_at integer
) strict;
create index notifications_user on notifications (user_id, created_at, id);
create index notifications_created_at on notifications (created_at, id);

-- A kind without a row has its default.
create table notification_preferences (
  user_id text not null references users (id) on delete cascade,
  kind text not null,
  in_app integer not null check (in_app in (0, 1)),
  mail integer not null check (mail in (0, 1)),
  primary key (user_id, kind)
) strict, without rowid;

-- `unsubscribed_at`: no notification is mailed to the account any more.
create table mail_preferences (
  user_id text primary key references users (id) on delete cascade,
  language text,
  unsubscribed_at integer
) strict;

-- Addresses that a server refused for good: no mail is sent to them.
create table mail_suppressions (
  address_key text primary key,
  reason text not null,
  created_at integer not null
) strict;
