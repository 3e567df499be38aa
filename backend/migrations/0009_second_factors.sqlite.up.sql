-- SPDX-License-Identifier: Apache-2.0
-- The second factor of an account. secret is sealed (ashlar/auth/secret_box.hpp); enabled_at is null until the account
-- has shown a code of it. last_step is the 30-second step of the last code that was accepted: no code of it or of an
-- earlier one is accepted again.
create table mfa_secrets (
  user_id text primary key references users (id) on delete cascade,
  secret text not null,
  enabled_at integer,
  last_step integer,
  wrong_codes integer not null,
  wrong_codes_since integer not null
) strict, without rowid;

-- Codes that work once, each instead of a code of the authenticator.
create table mfa_recovery_codes (
  user_id text not null references users (id) on delete cascade,
  code_hash text not null,
  primary key (user_id, code_hash)
) strict, without rowid;

-- Sign-ins whose password was right and whose second factor is missing. account_state is a digest of what the account
-- was then; the sign-in ends when it differs.
create table mfa_challenges (
  token_hash text primary key,
  user_id text not null references users (id) on delete cascade,
  account_state text not null,
  attempts integer not null,
  created_at integer not null,
  expires_at integer not null
) strict, without rowid;
create index mfa_challenges_user on mfa_challenges (user_id, created_at, token_hash);
