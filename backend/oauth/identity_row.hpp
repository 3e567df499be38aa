// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/audit/rules.hpp"
#include "ashlar/schema/constraints.hpp"
#include "ashlar/sql/table_rules.hpp"
#include "backend/users/user_row.hpp"

#include <string>

namespace ashlar::backend {

struct IdentityRow {
  Uuid id;
  Uuid user_id;
  std::string provider;
  std::string issuer;
  std::string subject;
  std::string email;          // as named by the provider at linking; may be empty
  std::string account_email;  // of the account at linking; the identity signs in only while it is unchanged
  Timestamp created_at;
  Timestamp last_used_at;
};
ASHLAR_DESCRIBE(IdentityRow, id, user_id, provider, issuer, subject, email, account_email, created_at, last_used_at)
ASHLAR_TABLE(IdentityRow, "identities", sql::references<&IdentityRow::user_id, &UserRow::id>(sql::OnDelete::cascade),
             sql::unique<&IdentityRow::issuer, &IdentityRow::subject>("identities_subject"),
             sql::index<&IdentityRow::user_id, &IdentityRow::created_at, &IdentityRow::id>("identities_user"))
ASHLAR_AUDIT(IdentityRow, "identity", audit::id<&IdentityRow::id>(), audit::subject<&IdentityRow::user_id>(),
             audit::personal<&IdentityRow::subject, &IdentityRow::email, &IdentityRow::account_email>(),
             audit::left_out<&IdentityRow::created_at, &IdentityRow::last_used_at>())

// A sign-in whose callback was received.
struct UsedOauthFlowRow {
  Uuid flow_id;
  Timestamp expires_at;
};
ASHLAR_DESCRIBE(UsedOauthFlowRow, flow_id, expires_at)
ASHLAR_TABLE(UsedOauthFlowRow, "used_oauth_flows", sql::primary_key<&UsedOauthFlowRow::flow_id>(), sql::without_rowid(),
             sql::index<&UsedOauthFlowRow::expires_at>("used_oauth_flows_expires_at"))

}  // namespace ashlar::backend
