// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/step.hpp"
#include "ashlar/auth/principal.hpp"
#include "ashlar/sql/database.hpp"
#include "backend/users/user.hpp"

#include <cstddef>

namespace ashlar::backend {

// An access token carries the account's role and permissions as long as they fit: a browser drops a cookie of more than
// 4,096 bytes (RFC 6265 section 6.1), and auth::Tokens refuses such a token. With more permissions than this, in bytes
// of their JSON (about 100 permissions), the token carries neither, and AccountRights reads them.
inline constexpr std::size_t rights_in_token_bytes_max = 2'000;

// The principal of a new token. Without a role and permissions where they do not fit.
[[nodiscard]] auth::Principal principal_of(const User& user, const Uuid& session);

// The step after authentication: a caller whose token carries no role gets the role and permissions that the account
// has now, by one read of its row. Error auth.token_revoked when the account does not exist any more. The database
// outlives it.
class AccountRights final : public api::Step {
 public:
  explicit AccountRights(sql::Database& database) : database_(database) {}

  [[nodiscard]] std::string_view name() const override { return "account rights"; }
  [[nodiscard]] std::optional<Result<>> try_decide(api::Invocation& invocation) const override;
  [[nodiscard]] Task<Result<>> decide(api::Invocation& invocation) const override;

 private:
  sql::Database& database_;
};

}  // namespace ashlar::backend
