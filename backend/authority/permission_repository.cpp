// SPDX-License-Identifier: Apache-2.0
#include "backend/authority/permission_repository.hpp"

#include "ashlar/auth/permission.hpp"
#include "ashlar/schema/fault_codes.hpp"
#include "ashlar/sql/query.hpp"
#include "backend/users/role_rows.hpp"

#include <algorithm>

namespace ashlar::backend {

using sql::asc;
using sql::col;
using sql::from;

Task<Result<api::Page<KnownPermission>>> PermissionRepository::list(ListPermissions wanted) {
  auto rows = co_await unwrap(
      from<PermissionRow>().order_by(asc<&PermissionRow::name>).page(wanted.page, wanted.limit).all_and_count(in_));
  sql::Page<KnownPermission> page{.rows = {}, .total = rows.total};
  for (PermissionRow& row : rows.rows)
    page.rows.push_back({.name = std::move(row.name), .description = std::move(row.description)});
  co_return api::page_of(std::move(page), wanted.page, wanted.limit);
}

Task<Result<>> PermissionRepository::require(api::UnitOfWork& unit, std::vector<std::string> names, std::string path) {
  if (names.empty()) co_return Result<>{};
  const auto known = co_await unwrap(from<PermissionRow>().where(col<&PermissionRow::name>.in(names)).all(unit));
  std::vector<Fault> faults;
  for (const std::string& name : names) {
    if (std::ranges::find(known, name, &PermissionRow::name) != known.end()) continue;
    const auto pattern = auth::PermissionPattern::parse(name);
    if (pattern && pattern->is_wildcard()) {
      co_await unwrap(sql::insert(PermissionRow{.name = name, .description = "All permissions of this form"})
                          .on_conflict<&PermissionRow::name>()
                          .do_nothing()
                          .run(unit));
    } else {
      faults.push_back({.path = path, .code = std::string(schema::codes::one_of), .message = name + " is not known"});
    }
  }
  if (!faults.empty()) co_return std::unexpected(invalid_input(std::move(faults)));
  co_return Result<>{};
}

}  // namespace ashlar::backend
