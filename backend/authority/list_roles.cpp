// SPDX-License-Identifier: Apache-2.0
#include "backend/authority/list_roles.hpp"

#include "backend/authority/role_repository.hpp"

namespace ashlar::backend {

Task<Result<api::Page<Role>>> list_roles(api::Call&, ListRoles in, sql::Database& database) {
  co_return co_await RoleRepository(database).list(in);
}

}  // namespace ashlar::backend
