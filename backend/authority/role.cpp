// SPDX-License-Identifier: Apache-2.0
#include "backend/authority/role.hpp"

#include "ashlar/auth/permission.hpp"
#include "ashlar/schema/fault_codes.hpp"

#include <algorithm>

namespace ashlar::backend {

void refine_permission(schema::Refinement& out, std::string_view member, std::string_view name) {
  if (!auth::PermissionPattern::parse(name))
    out.fault(member, schema::codes::one_of, R"(must be "verb:resource", "verb:*", "*:resource" or "*")");
}

void refine_permissions(schema::Refinement& out, std::string_view member, const PermissionNames& names) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    refine_permission(out, member, names[i].view());
    if (std::ranges::find(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(i), names[i]) !=
        names.begin() + static_cast<std::ptrdiff_t>(i))
      out.fault(member, schema::codes::duplicate_member, "names \"" + names[i].str() + "\" twice");
  }
}

std::vector<std::string> texts_of(const PermissionNames& names) {
  std::vector<std::string> out;
  for (const PermissionName& name : names) out.push_back(name.str());
  return out;
}

Role Role::example() {
  return {.name = "editor", .description = "Keeps the posts", .permissions = {"delete:post", "update:post"}};
}

KnownPermission KnownPermission::example() { return {.name = "update:post", .description = "Change all posts"}; }

}  // namespace ashlar::backend
