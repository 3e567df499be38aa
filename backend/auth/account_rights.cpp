// SPDX-License-Identifier: Apache-2.0
#include "backend/auth/account_rights.hpp"

#include "ashlar/auth/token.hpp"
#include "backend/users/user_repository.hpp"

#include <memory>
#include <utility>

namespace ashlar::backend {

namespace {

std::size_t json_bytes(const std::vector<std::string>& permissions) {
  std::size_t out = 0;
  for (const std::string& permission : permissions) out += permission.size() + 3;  // the quotation marks and the comma
  return out;
}

}  // namespace

auth::Principal principal_of(const User& user, const Uuid& session) {
  auth::Principal out{.id = user.id,
                      .session = session,
                      .token_id = {},
                      .email = user.email,
                      .role = {},
                      .permissions = {},
                      .expires_at = {}};
  if (json_bytes(user.permissions) > rights_in_token_bytes_max) return out;
  out.role = user.role;
  out.permissions = user.permissions;
  return out;
}

std::optional<Result<>> AccountRights::try_decide(api::Invocation& invocation) const {
  const auth::Principal* const caller = invocation.call.authenticated();
  if (caller == nullptr || !caller->role.empty()) return Result<>{};
  return std::nullopt;
}

Task<Result<>> AccountRights::decide(api::Invocation& invocation) const {
  auth::Principal caller = *invocation.call.authenticated();
  const User user = co_await unwrap(required(co_await UserRepository(database_).find(caller.id),
                                             auth::errors::token_revoked, "This account does not exist any more."));
  caller.role = user.role;
  caller.permissions = user.permissions;
  invocation.call.set_principal(std::make_shared<const auth::Principal>(std::move(caller)));
  co_return Result<>{};
}

}  // namespace ashlar::backend
