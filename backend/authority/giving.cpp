// SPDX-License-Identifier: Apache-2.0
#include "backend/authority/giving.hpp"

#include "ashlar/auth/token.hpp"
#include "ashlar/schema/fault_codes.hpp"
#include "ashlar/sql/query.hpp"
#include "backend/authority/authority_rows.hpp"
#include "backend/authority/role_repository.hpp"

namespace ashlar::backend {

Result<> require_may_give(const api::Call& call, const std::vector<std::string>& permissions) {
  for (const std::string& text : permissions) {
    const auto pattern = auth::PermissionPattern::parse(text);
    if (!pattern || !call.may_give(*pattern))
      return fail(auth::errors::forbidden, "You do not hold " + text + " yourself.");
  }
  return {};
}

Task<Result<>> require_not_above(api::UnitOfWork& unit, User account) {
  const Timestamp now = unit.call().now();
  const auto grants =
      co_await unwrap(sql::from<GrantRow>()
                          .where(sql::col<&GrantRow::user_id> == account.id &&
                                 (sql::col<&GrantRow::ends_at>.is_null() || sql::col<&GrantRow::ends_at> > now))
                          .all(unit));
  std::vector<std::string> held = std::move(account.permissions);
  for (const GrantRow& grant : grants) held.push_back(grant.permission);
  co_return require_may_give(unit.call(), held);
}

Task<Result<>> require_may_give_role(api::UnitOfWork& unit, std::string role) {
  co_await unwrap(unit.call().require(manage_role));
  const auto found = co_await unwrap(RoleRepository(unit).find(role));
  if (!found) co_return std::unexpected(invalid_input("/role", schema::codes::one_of, "is not the name of a role"));
  co_return require_may_give(unit.call(), found->permissions);
}

}  // namespace ashlar::backend
