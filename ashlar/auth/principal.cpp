// SPDX-License-Identifier: Apache-2.0
#include "ashlar/auth/principal.hpp"

#include <algorithm>

namespace ashlar::auth {
namespace {

constexpr std::string_view admin = "admin";

bool satisfies(const Principal& principal, const Requirement& requirement) {
  const auto held = [&principal](const std::string& permission) {
    return std::ranges::find(principal.permissions, permission) != principal.permissions.end();
  };
  switch (requirement.kind) {
    case Requirement::Kind::open:
    case Requirement::Kind::signed_in:
      return true;
    case Requirement::Kind::role:
      return principal.role == admin ||
             std::ranges::find(requirement.any_of, principal.role) != requirement.any_of.end();
    case Requirement::Kind::permission:
      return principal.role == admin || std::ranges::any_of(requirement.any_of, held);
  }
  return false;
}

}  // namespace

Decision decide(const Principal* principal, const Requirement& requirement) {
  if (requirement.kind == Requirement::Kind::open) return Decision::allowed;
  if (principal == nullptr) return Decision::unauthenticated;
  return satisfies(*principal, requirement) ? Decision::allowed : Decision::forbidden;
}

bool owns(const Principal& principal, const Uuid& owner) {
  return principal.role == admin || (principal.id == owner && !owner.is_nil());
}

}  // namespace ashlar::auth
