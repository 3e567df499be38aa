// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/reply.hpp"
#include "ashlar/api/unit_of_work.hpp"
#include "ashlar/async/task.hpp"
#include "backend/authority/role.hpp"
#include "backend/authority/role_list.hpp"

#include <optional>
#include <string>
#include <vector>

namespace ashlar::backend {

// The rows of roles and of what they hold. Reads go to the executor that it is made for; writes take a unit of work.
class RoleRepository {
 public:
  explicit RoleRepository(sql::Executor& in) : in_(in) {}

  Task<Result<api::Page<Role>>> list(ListRoles wanted);
  Task<Result<std::optional<Role>>> find(std::string name);

  // The first thing in a unit that changes role_permissions: PostgreSQL keeps the lists of accounts right at READ
  // COMMITTED alone, whatever DATABASE_ISOLATION says (migrations/0006_account_permissions).
  static Task<Result<>> begin_change(api::UnitOfWork& unit);
  // Errors: role.taken, role.too_many.
  static Task<Result<>> create(api::UnitOfWork& unit, Role role);
  // Locked until the unit ends.
  static Task<Result<std::optional<Role>>> find_locked(api::UnitOfWork& unit, std::string name);
  static Task<Result<>> describe(api::UnitOfWork& unit, std::string name, std::string description);
  static Task<Result<>> set_permissions(api::UnitOfWork& unit, const Role& before,
                                        const std::vector<std::string>& permissions);
  // Error role.in_use while an account has it.
  static Task<Result<>> remove(api::UnitOfWork& unit, const Role& role);

 private:
  sql::Executor& in_;
};

}  // namespace ashlar::backend
