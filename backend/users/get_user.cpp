// SPDX-License-Identifier: Apache-2.0
#include "backend/users/get_user.hpp"

#include "backend/users/user_repository.hpp"

namespace ashlar::backend {

Task<Result<User>> get_user(api::Call&, api::ById in, sql::Database& database) {
  co_return required(co_await UserRepository(database).find(in.id), errors::user_not_found, "There is no such user.");
}

}  // namespace ashlar::backend
