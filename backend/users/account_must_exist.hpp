// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/auth/token.hpp"
#include "ashlar/core/error.hpp"
#include "ashlar/sql/database.hpp"

namespace ashlar::backend {

// The result of a write whose row refers to the caller's account: a broken reference means that the account was removed
// after its token was issued. Error auth.token_revoked then.
template <class T>
[[nodiscard]] Result<T> account_must_exist(Result<T> written) {
  if (!written && written.error().code() == sql::errors::foreign_key)
    return fail(auth::errors::token_revoked, "This account does not exist any more.");
  return written;
}

}  // namespace ashlar::backend
