// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/units.hpp"
#include "ashlar/async/task.hpp"
#include "ashlar/oidc/id_token.hpp"
#include "backend/auth/mfa_required.hpp"
#include "backend/auth/second_factors.hpp"
#include "backend/auth/sessions.hpp"
#include "backend/oauth/identity.hpp"

#include <string>

// Which account an identity belongs to. docs/design/oidc.md has the rules, and the attacks that they prevent.
namespace ashlar::backend {

// An identity that its provider has just asserted.
struct ProvenIdentity {
  std::string provider;
  std::string issuer;
  oidc::Claims claims;
};

// Signs in to the account of the identity. An unlinked identity is linked to the account with its address if both the
// provider and the account have verified the address, or a new account is created if there is none. An account with a
// second factor gets an mfaToken instead of credentials, as at login. Errors: auth.oauth_email_unverified,
// auth.oauth_account_exists; auth.identity_outdated when the account's address has changed since the identity was
// linked.
Task<Result<api::WithCredentials<SignInReply>>> sign_in_with_identity(api::Call& call, ProvenIdentity who,
                                                                      api::Units& units, Sessions& sessions,
                                                                      const SecondFactors& second_factors);

// The session that requested the linking.
struct LinkingSession {
  Uuid account;
  Uuid session;
};

// Links the identity to the account of the session, which must not have ended since. Succeeds when it is linked to that
// account already. Errors: auth.not_signed_in, auth.link_email_unverified, auth.identity_taken,
// auth.too_many_identities.
Task<Result<Identity>> link_identity(api::Call& call, ProvenIdentity who, LinkingSession to, api::Units& units);

}  // namespace ashlar::backend
