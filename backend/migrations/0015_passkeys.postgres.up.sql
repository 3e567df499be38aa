-- SPDX-License-Identifier: Apache-2.0
-- Public keys of WebAuthn credentials. credential_id and public_key (a COSE_Key) are base64url.
create table passkeys (
  id uuid primary key,
  user_id uuid not null references users (id) on delete cascade,
  credential_id text not null,
  public_key text not null,
  sign_count bigint not null,
  user_verified boolean not null,
  backup_eligible boolean not null,
  backed_up boolean not null,
  transports text not null,
  name text not null,
  created_at timestamptz not null,
  last_used_at timestamptz
);
create unique index passkeys_credential_id on passkeys (credential_id);
create index passkeys_user on passkeys (user_id, created_at, id);

-- What a ceremony has to sign, until it is used. user_id is the account that a registration is for, or that a sign-in
-- named; a sign-in that named an unknown account has none.
create table passkey_challenges (
  id uuid primary key,
  challenge text not null,
  purpose text not null check (purpose in ('registration', 'sign_in', 'sign_in_of_account')),
  user_id uuid references users (id) on delete cascade,
  expires_at timestamptz not null
);
create unique index passkey_challenges_challenge on passkey_challenges (challenge);
create index passkey_challenges_user on passkey_challenges (user_id);
create index passkey_challenges_expires_at on passkey_challenges (expires_at);
