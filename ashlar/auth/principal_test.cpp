// SPDX-License-Identifier: Apache-2.0
#include "ashlar/auth/principal.hpp"

#include <gtest/gtest.h>

#include <optional>

namespace ashlar::auth {
namespace {

using Kind = Requirement::Kind;

const Uuid alice = Uuid::parse("0193508e-0000-7000-8000-00000000000a").value();
const Uuid bob = Uuid::parse("0193508e-0000-7000-8000-00000000000b").value();

Principal principal(std::string role, std::vector<std::string> permissions = {}) {
  Principal out;
  out.id = alice;
  out.role = std::move(role);
  out.permissions = std::move(permissions);
  return out;
}

TEST(Decide, SaysWhoMayDoWhat) {
  struct Case {
    std::optional<Principal> who;
    Requirement requirement;
    Decision decision;
  };
  const auto nobody = std::nullopt;
  const Case cases[] = {
      {nobody, {Kind::signed_in, {}}, Decision::unauthenticated},
      {nobody, {Kind::role, {"user"}}, Decision::unauthenticated},
      {nobody, {Kind::permission, {"read:post"}}, Decision::unauthenticated},
      {nobody, {}, Decision::unauthenticated},
      {principal("user"), {Kind::role, {"admin"}}, Decision::forbidden},
      {principal("user"), {Kind::role, {}}, Decision::forbidden},
      {principal(""), {Kind::role, {"user"}}, Decision::forbidden},
      {principal("User"), {Kind::role, {"user"}}, Decision::forbidden},
      {principal("user"), {Kind::permission, {"delete:user"}}, Decision::forbidden},
      {principal("user", {"delete"}), {Kind::permission, {"delete:user"}}, Decision::forbidden},
      {principal("user", {"delete:user"}), {Kind::permission, {}}, Decision::forbidden},
      {principal("delete:user"), {Kind::permission, {"delete:user"}}, Decision::forbidden},
      {principal("user", {"admin"}), {Kind::role, {"admin"}}, Decision::forbidden},
      {nobody, {Kind::open, {}}, Decision::allowed},
      {principal("user"), {Kind::open, {}}, Decision::allowed},
      {principal("user"), {Kind::signed_in, {}}, Decision::allowed},
      {principal("editor"), {Kind::role, {"author", "editor"}}, Decision::allowed},
      {principal("user", {"a:b", "c:d"}), {Kind::permission, {"x:y", "c:d"}}, Decision::allowed},
      {principal("admin"), {Kind::role, {"editor"}}, Decision::allowed},
      {principal("admin"), {Kind::permission, {"delete:user"}}, Decision::allowed},
  };
  for (std::size_t i = 0; i < std::size(cases); ++i) {
    const Case& c = cases[i];
    EXPECT_EQ(decide(c.who ? &*c.who : nullptr, c.requirement), c.decision) << "case " << i;
  }
}

TEST(Owns, IsTheOwnerOrAnAdmin) {
  EXPECT_FALSE(owns(principal("user"), bob));
  EXPECT_FALSE(owns(Principal{}, Uuid{}));  // two that are nobody are not the same
  EXPECT_TRUE(owns(principal("user"), alice));
  EXPECT_TRUE(owns(principal("admin"), bob));
}

}  // namespace
}  // namespace ashlar::auth
