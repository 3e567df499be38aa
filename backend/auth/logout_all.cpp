// SPDX-License-Identifier: Apache-2.0
#include "backend/auth/logout_all.hpp"

namespace ashlar::backend {

namespace {

Task<Result<>> end_all(api::UnitOfWork& unit, Uuid user, Sessions* sessions) { return sessions->end_all(unit, user); }

}  // namespace

Task<Result<api::WithCredentials<>>> logout_all(api::UserCall& call, api::Units& units, Sessions& sessions) {
  co_await unwrap(units.run(call, &end_all, call.user().id, &sessions));
  co_return api::WithCredentials<>{};
}

}  // namespace ashlar::backend
