-- SPDX-License-Identifier: Apache-2.0
-- Identities at OpenID Connect providers that an account signs in with. An identity is an issuer and a subject; the
-- address is what the provider said when it was linked. The identity signs in while the account has the address that it
-- had then, account_email: an account that got another address may have got another owner.
create table identities (
  id uuid primary key,
  user_id uuid not null references users (id) on delete cascade,
  provider text not null,
  issuer text not null,
  subject text not null,
  email text not null,
  account_email text not null,
  created_at timestamptz not null,
  last_used_at timestamptz not null
);
create unique index identities_subject on identities (issuer, subject);
create index identities_user on identities (user_id, created_at, id);

-- Sign-ins whose callback has come, so that none is accepted twice. The rest of a sign-in is in the browser's cookie.
create table used_oauth_flows (
  flow_id uuid primary key,
  expires_at timestamptz not null
);
create index used_oauth_flows_expires_at on used_oauth_flows (expires_at);
