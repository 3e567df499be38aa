-- SPDX-License-Identifier: Apache-2.0
-- The second factor of an account. secret is sealed (ashlar/auth/secret_box.hpp); enabled_at is null until the account
-- has shown a code of it. last_step is the 30-second step of the last code that was accepted: no code of it or of an
-- earlier one is accepted again.
create table mfa_secrets (
  user_id uuid primary key references users (id) on delete cascade,
  secret text not null,
  enabled_at timestamptz,
  last_step bigint,
  wrong_codes bigint not null,
  wrong_codes_since timestamptz not null
);

-- Codes that work once, each instead of a code of the authenticator.
create table mfa_recovery_codes (
  user_id uuid not null references users (id) on delete cascade,
  code_hash text not null,
  primary key (user_id, code_hash)
);

-- Sign-ins whose password was right and whose second factor is missing. account_state is a digest of what the account
-- was then; the sign-in ends when it differs.
create table mfa_challenges (
  token_hash text primary key,
  user_id uuid not null references users (id) on delete cascade,
  account_state text not null,
  attempts bigint not null,
  created_at timestamptz not null,
  expires_at timestamptz not null
);
create index mfa_challenges_user on mfa_challenges (user_id, created_at, token_hash);
