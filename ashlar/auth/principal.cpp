// SPDX-License-Identifier: Apache-2.0
#include "ashlar/auth/principal.hpp"

#include <algorithm>

namespace ashlar::auth {

bool PresentedKey::covers(const Permission& permission) const {
  return std::ranges::any_of(permissions, [&](const PermissionPattern& each) { return each.covers(permission); });
}

bool PresentedKey::includes(const PermissionPattern& pattern) const {
  return std::ranges::any_of(permissions, [&](const PermissionPattern& each) { return each.includes(pattern); });
}

std::shared_ptr<const Authority> authority_of_claims(const Principal& principal) {
  auto out = std::make_shared<Authority>();
  out->account = principal.id;
  if (!principal.role.empty())
    out->roles.push_back(std::make_shared<const Role>(Role{.name = principal.role, .permissions = {}}));
  for (const std::string& text : principal.permissions) {
    if (auto pattern = PermissionPattern::parse(text)) out->own.push_back(std::move(*pattern));
  }
  return out;
}

}  // namespace ashlar::auth
