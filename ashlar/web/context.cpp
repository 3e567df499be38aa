// SPDX-License-Identifier: Apache-2.0
#include "ashlar/web/context.hpp"

#include "ashlar/auth/token.hpp"

#include <cassert>

namespace ashlar::web {

const auth::Principal& Context::user() const {
  assert(principal_ && "the route's guard does not promise that somebody is signed in");
  return *principal_;
}

Result<> Context::require_owner(const Uuid& owner) const {
  if (!principal_) return fail(auth::errors::not_signed_in, "Sign in to do this.");
  if (!auth::owns(*principal_, owner)) return fail(auth::errors::forbidden, "This belongs to somebody else.");
  return {};
}

}  // namespace ashlar::web
