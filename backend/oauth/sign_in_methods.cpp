// SPDX-License-Identifier: Apache-2.0
#include "backend/oauth/sign_in_methods.hpp"

#include "ashlar/sql/query.hpp"
#include "backend/oauth/identity.hpp"
#include "backend/oauth/identity_row.hpp"
#include "backend/users/user_row.hpp"

namespace ashlar::backend {

using sql::col;

Task<Result<>> require_sign_in_method(api::UnitOfWork& unit, Uuid user) {
  const bool has_password = co_await unwrap(
      sql::from<UserRow>().where(col<&UserRow::id> == user && col<&UserRow::password_hash> != "").exists(unit));
  if (has_password) co_return Result<>{};
  const bool has_identity =
      co_await unwrap(sql::from<IdentityRow>().where(col<&IdentityRow::user_id> == user).exists(unit));
  if (has_identity) co_return Result<>{};
  co_return fail(errors::last_sign_in_method,
                 "This is the only way to sign in to the account. Set a password or link another identity first.");
}

}  // namespace ashlar::backend
