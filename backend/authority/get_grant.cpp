// SPDX-License-Identifier: Apache-2.0
#include "backend/authority/get_grant.hpp"

#include "backend/authority/grant_repository.hpp"

namespace ashlar::backend {

Task<Result<Grant>> get_grant(api::Call&, GrantById in, sql::Database& database) {
  co_return required(co_await GrantRepository(database).find(in.id, in.grant_id), errors::grant_not_found,
                     "There is no such grant.");
}

}  // namespace ashlar::backend
