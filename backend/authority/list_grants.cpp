// SPDX-License-Identifier: Apache-2.0
#include "backend/authority/list_grants.hpp"

#include "backend/authority/grant_repository.hpp"

namespace ashlar::backend {

Task<Result<api::Page<Grant>>> list_grants(api::Call&, ListGrants in, sql::Database& database) {
  co_return co_await GrantRepository(database).list(in);
}

}  // namespace ashlar::backend
