-- SPDX-License-Identifier: Apache-2.0
-- What an account is notified of in the application. Mail is sent as each account prefers.
create table notifications (
  id uuid primary key,
  user_id uuid not null references users (id) on delete cascade,
  kind text not null,
  resource_id uuid,
  detail text not null,
  created_at timestamptz not null,
  read_at timestamptz
);
create index notifications_user on notifications (user_id, created_at, id);
create index notifications_created_at on notifications (created_at, id);

-- A kind without a row has its default.
create table notification_preferences (
  user_id uuid not null references users (id) on delete cascade,
  kind text not null,
  in_app boolean not null,
  mail boolean not null,
  primary key (user_id, kind)
);

-- `unsubscribed_at`: no notification is mailed to the account any more.
create table mail_preferences (
  user_id uuid primary key references users (id) on delete cascade,
  language text,
  unsubscribed_at timestamptz
);

-- Addresses that a server refused for good: no mail is sent to them.
create table mail_suppressions (
  address_key text primary key,
  reason text not null,
  created_at timestamptz not null
);
