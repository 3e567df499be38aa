// SPDX-License-Identifier: Apache-2.0
#include "backend/authority/delete_grant.hpp"

#include "backend/authority/giving.hpp"
#include "backend/authority/grant_repository.hpp"

namespace ashlar::backend {

namespace {

Task<Result<>> remove(api::UnitOfWork& unit, GrantById in, Authorities* authorities) {
  const Grant grant = co_await unwrap(required(co_await GrantRepository(unit).find(in.id, in.grant_id),
                                               errors::grant_not_found, "There is no such grant."));
  co_await unwrap(require_may_give(unit.call(), {grant.permission}));
  if (!co_await unwrap(GrantRepository::remove(unit, in.id, in.grant_id)))
    co_return fail(errors::grant_not_found, "There is no such grant.");
  authorities->changed_after(unit, in.id);
  co_return Result<>{};
}

}  // namespace

Task<Result<>> delete_grant(api::UserCall& call, GrantById in, api::Units& units, Authorities& authorities) {
  return units.run(call, &remove, in, &authorities);
}

}  // namespace ashlar::backend
