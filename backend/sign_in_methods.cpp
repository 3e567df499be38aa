// SPDX-License-Identifier: Apache-2.0
#include "backend/sign_in_methods.hpp"

#include "ashlar/sql/query.hpp"
#include "backend/oauth/identity_row.hpp"
#include "backend/passkeys/passkey_row.hpp"
#include "backend/users/account_hooks.hpp"
#include "backend/users/user_row.hpp"

namespace ashlar::backend {

using sql::col;
using sql::from;

Task<Result<>> require_sign_in_method(api::UnitOfWork& unit, Uuid user, PasskeySignIn passkeys) {
  if (co_await unwrap(
          from<UserRow>().where(col<&UserRow::id> == user && col<&UserRow::password_hash> != "").exists(unit)))
    co_return Result<>{};
  if (co_await unwrap(from<IdentityRow>().where(col<&IdentityRow::user_id> == user).exists(unit))) co_return Result<>{};
  if (passkeys == PasskeySignIn::on &&
      co_await unwrap(from<PasskeyRow>().where(col<&PasskeyRow::user_id> == user).exists(unit)))
    co_return Result<>{};
  co_return fail(errors::last_sign_in_method,
                 "This is the only way to sign in to the account. Set a password or add another way first.");
}

}  // namespace ashlar::backend
