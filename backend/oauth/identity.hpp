// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/error.hpp"
#include "ashlar/core/timestamp.hpp"
#include "ashlar/core/uuid.hpp"
#include "ashlar/schema/constraints.hpp"

#include <string>

namespace ashlar::backend {

namespace errors {
// The provider has not verified an e-mail address, so no account is created or found by it.
inline constexpr ErrorCode oauth_email_unverified{ErrorKind::forbidden, "auth.oauth_email_unverified"};
// An account has the address, and the identity may not take it over: sign in to it, then link.
inline constexpr ErrorCode oauth_account_exists{ErrorKind::conflict, "auth.oauth_account_exists"};
// The account's own address is not verified, so it may belong to another person: no identity is linked to it.
inline constexpr ErrorCode link_email_unverified{ErrorKind::conflict, "auth.link_email_unverified"};
inline constexpr ErrorCode identity_taken{ErrorKind::conflict, "auth.identity_taken"};
// The account's address has changed since the linking, so the account may have another owner: the identity must be
// linked again.
inline constexpr ErrorCode identity_outdated{ErrorKind::conflict, "auth.identity_outdated"};
inline constexpr ErrorCode too_many_identities{ErrorKind::conflict, "auth.too_many_identities"};
inline constexpr ErrorCode identity_not_found{ErrorKind::not_found, "auth.identity_not_found"};
}  // namespace errors

// An identity at a provider, as shown to its account.
struct Identity {
  Uuid id;
  std::string provider;  // as the configuration named it when the identity was linked
  std::string issuer;
  std::string email;  // as named by the provider at that time; may be empty
  Timestamp created_at;
  Timestamp last_used_at;

  static Identity example();
};
ASHLAR_DESCRIBE(Identity, id, provider, issuer, email, created_at, last_used_at)

}  // namespace ashlar::backend
