// SPDX-License-Identifier: Apache-2.0
#include "backend/authority/list_permissions.hpp"

#include "backend/authority/permission_repository.hpp"

namespace ashlar::backend {

Task<Result<api::Page<KnownPermission>>> list_permissions(api::Call&, ListPermissions in, sql::Database& database) {
  co_return co_await PermissionRepository(database).list(in);
}

}  // namespace ashlar::backend
