-- SPDX-License-Identifier: Apache-2.0
-- Public keys of WebAuthn credentials. credential_id and public_key (a COSE_Key) are base64url.
create table passkeys (
  id text primary key,
  user_id text not null references users (id) on delete cascade,
  credential_id text not null,
  public_key text not null,
  sign_count integer not null,
  user_verified integer not null check (user_verified in (0, 1)),
  backup_eligible integer not null check (backup_eligible in (0, 1)),
  backed_up integer not null check (backed_up in (0, 1)),
  transports text not null,
  name text not null,
  created_at integer not null,
  last_used_at integer
) strict;
create unique index passkeys_credential_id on passkeys (credential_id);
create index passkeys_user on passkeys (user_id, created_at, id);

-- What a ceremony has to sign, until it is used. user_id is the account that a registration is for, or that a sign-in
-- named; a sign-in that named an unknown account has none.
create table passkey_challenges (
  id text primary key,
  challenge text not null,
  purpose text not null check (purpose in ('registration', 'sign_in', 'sign_in_of_account')),
  user_id text references users (id) on delete cascade,
  expires_at integer not null
) strict;
create unique index passkey_challenges_challenge on passkey_challenges (challenge);
create index passkey_challenges_user on passkey_challenges (user_id);
create index passkey_challenges_expires_at on passkey_challenges (expires_at);
