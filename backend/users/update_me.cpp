// SPDX-License-Identifier: Apache-2.0
#include "backend/users/update_me.hpp"

#include "ashlar/auth/token.hpp"
#include "backend/users/user_repository.hpp"

namespace ashlar::backend {

Task<Result<User>> update_me(api::UserCall& call, UpdateMe in, api::Units& units) {
  UserChanges changes{.name = in.name, .email = in.email, .age = in.age, .role = {}, .password_hash = {}};
  co_return required(co_await units.run(call, &UserRepository::update, call.user().id, std::move(changes)),
                     auth::errors::token_revoked, "This account does not exist any more.");
}

}  // namespace ashlar::backend
