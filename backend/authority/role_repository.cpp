// SPDX-License-Identifier: Apache-2.0
#include "backend/authority/role_repository.hpp"

#include "ashlar/audit/record.hpp"
#include "ashlar/sql/query.hpp"
#include "backend/authority/permission_repository.hpp"
#include "backend/users/role_rows.hpp"
#include "backend/users/user_row.hpp"

#include <algorithm>

namespace ashlar::backend {

using sql::asc;
using sql::col;
using sql::from;

namespace {

Task<Result<std::vector<Role>>> with_permissions(sql::Executor* in, std::vector<RoleRow> rows) {
  std::vector<Role> roles;
  std::vector<std::string> names;
  for (RoleRow& row : rows) {
    names.push_back(row.name);
    roles.push_back({.name = std::move(row.name), .description = std::move(row.description), .permissions = {}});
  }
  if (roles.empty()) co_return roles;
  auto held = co_await unwrap(from<RolePermissionRow>()
                                  .where(col<&RolePermissionRow::role>.in(names))
                                  .order_by(asc<&RolePermissionRow::role>, asc<&RolePermissionRow::permission>)
                                  .all(*in));
  for (RolePermissionRow& row : held) {
    const auto role = std::ranges::find(roles, row.role, &Role::name);
    if (role != roles.end()) role->permissions.push_back(std::move(row.permission));
  }
  for (Role& role : roles) std::ranges::sort(role.permissions);
  co_return roles;
}

Task<Result<>> insert_permissions(api::UnitOfWork& unit, std::string role, std::vector<std::string> permissions) {
  co_await unwrap(PermissionRepository::require(unit, permissions, "/permissions"));
  std::vector<RolePermissionRow> rows;
  for (std::string& permission : permissions) rows.push_back({.role = role, .permission = std::move(permission)});
  co_await unwrap(sql::insert_many(rows).run(unit));
  co_return Result<>{};
}

}  // namespace

Task<Result<api::Page<Role>>> RoleRepository::list(ListRoles wanted) {
  auto rows =
      co_await unwrap(from<RoleRow>().order_by(asc<&RoleRow::name>).page(wanted.page, wanted.limit).all_and_count(in_));
  sql::Page<Role> page{.rows = {}, .total = rows.total};
  page.rows = co_await unwrap(with_permissions(&in_, std::move(rows.rows)));
  co_return api::page_of(std::move(page), wanted.page, wanted.limit);
}

Task<Result<std::optional<Role>>> RoleRepository::find(std::string name) {
  auto rows = co_await unwrap(from<RoleRow>().where(col<&RoleRow::name> == name).all(in_));
  auto roles = co_await unwrap(with_permissions(&in_, std::move(rows)));
  if (roles.empty()) co_return std::nullopt;
  co_return std::move(roles.front());
}

Task<Result<>> RoleRepository::begin_change(api::UnitOfWork& unit) {
  if (unit.dialect() == sql::Dialect::postgres)
    co_await unwrap(sql::execute(unit, "set transaction isolation level read committed"));
  co_return Result<>{};
}

Task<Result<>> RoleRepository::create(api::UnitOfWork& unit, Role role) {
  if (co_await unwrap(from<RoleRow>().count(unit)) >= roles_max)
    co_return fail(errors::too_many_roles, "There are too many roles: remove one first.");
  audit::created(unit, role);
  const auto inserted = co_await sql::insert(RoleRow{.name = role.name, .description = role.description}).run(unit);
  if (!inserted && inserted.error().code() == sql::errors::unique)
    co_return fail(errors::role_taken, "There is a role of this name.");
  if (!inserted) co_return std::unexpected(inserted.error());
  co_return co_await insert_permissions(unit, role.name, role.permissions);
}

Task<Result<std::optional<Role>>> RoleRepository::find_locked(api::UnitOfWork& unit, std::string name) {
  const auto row = co_await unwrap(from<RoleRow>().where(col<&RoleRow::name> == name).for_update().one(unit));
  if (!row) co_return std::nullopt;
  co_return co_await RoleRepository(unit).find(name);
}

Task<Result<>> RoleRepository::describe(api::UnitOfWork& unit, std::string name, std::string description) {
  co_await unwrap(sql::update<RoleRow>()
                      .set(col<&RoleRow::description> = description)
                      .where(col<&RoleRow::name> == name)
                      .run(unit));
  co_return Result<>{};
}

Task<Result<>> RoleRepository::set_permissions(api::UnitOfWork& unit, const Role& before,
                                               const std::vector<std::string>& permissions) {
  const auto without = [](const std::vector<std::string>& all, const std::vector<std::string>& others) {
    std::vector<std::string> out;
    std::ranges::copy_if(all, std::back_inserter(out),
                         [&](const auto& each) { return std::ranges::find(others, each) == others.end(); });
    return out;
  };
  const auto removed = without(before.permissions, permissions);
  auto added = without(permissions, before.permissions);
  if (!removed.empty()) {
    co_await unwrap(
        sql::erase<RolePermissionRow>()
            .where(col<&RolePermissionRow::role> == before.name && col<&RolePermissionRow::permission>.in(removed))
            .run(unit));
  }
  if (!added.empty()) co_await unwrap(insert_permissions(unit, before.name, std::move(added)));
  co_return Result<>{};
}

Task<Result<>> RoleRepository::remove(api::UnitOfWork& unit, const Role& role) {
  if (co_await unwrap(from<UserRow>().where(col<&UserRow::role> == role.name).exists(unit)))
    co_return fail(errors::role_in_use, "Accounts have this role: give them another one first.");
  auto removed = co_await sql::erase<RoleRow>().where(col<&RoleRow::name> == role.name).run(unit);
  if (!removed && removed.error().code() == sql::errors::foreign_key)
    co_return fail(errors::role_in_use, "Accounts have this role: give them another one first.");
  if (!removed) co_return std::unexpected(std::move(removed.error()));
  audit::deleted(unit, role);
  co_return Result<>{};
}

}  // namespace ashlar::backend
