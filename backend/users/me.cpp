// SPDX-License-Identifier: Apache-2.0
#include "backend/users/me.hpp"

#include "ashlar/auth/token.hpp"
#include "backend/users/user_repository.hpp"

namespace ashlar::backend {

Task<Result<User>> me(api::UserCall& call, sql::Database& database) {
  co_return required(co_await UserRepository(database).find(call.user().id), auth::errors::token_revoked,
                     "This account does not exist any more.");
}

}  // namespace ashlar::backend
