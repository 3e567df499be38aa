// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/reply.hpp"
#include "ashlar/api/unit_of_work.hpp"
#include "ashlar/async/task.hpp"
#include "backend/authority/permission_list.hpp"
#include "backend/authority/role.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace ashlar::backend {

// The rows of the permissions that there are.
class PermissionRepository {
 public:
  explicit PermissionRepository(sql::Executor& in) : in_(in) {}

  Task<Result<api::Page<KnownPermission>>> list(ListPermissions wanted);

  // request.invalid with a fault at `path` when one of them is not known. A wildcard gets its row when it is first
  // held.
  static Task<Result<>> require(api::UnitOfWork& unit, std::vector<std::string> names, std::string path);

 private:
  sql::Executor& in_;
};

}  // namespace ashlar::backend
