// SPDX-License-Identifier: Apache-2.0
#include "backend/api_keys/delete_api_key.hpp"

#include "backend/api_keys/api_key_repository.hpp"

namespace ashlar::backend {

namespace {

Task<Result<>> remove(api::UnitOfWork& unit, Uuid user, Uuid id, Authorities* authorities) {
  if (!co_await unwrap(ApiKeyRepository::remove(unit, user, id)))
    co_return fail(errors::api_key_not_found, "There is no such API key.");
  authorities->changed_after(unit, user);
  co_return Result<>{};
}

}  // namespace

Task<Result<>> delete_api_key(api::UserCall& call, api::ById in, api::Units& units, Authorities& authorities) {
  return units.run(call, &remove, call.user().id, in.id, &authorities);
}

}  // namespace ashlar::backend
