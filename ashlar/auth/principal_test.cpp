// SPDX-License-Identifier: Apache-2.0
#include "ashlar/auth/principal.hpp"

#include <gtest/gtest.h>

namespace ashlar::auth {
namespace {

const Uuid alice = Uuid::parse("0193508e-0000-7000-8000-00000000000a").value();
constexpr Timestamp now = Timestamp::from_milliseconds(1'763'713'800'000);

std::shared_ptr<const Authority> claimed(std::string role, std::vector<std::string> permissions = {}) {
  Principal out;
  out.id = alice;
  out.role = std::move(role);
  out.permissions = std::move(permissions);
  return authority_of_claims(out);
}

TEST(AuthorityOfClaims, HoldsWhatTheClaimsSay) {
  struct Case {
    std::shared_ptr<const Authority> authority;
    bool deletes_users, has_role;
  };
  const Case cases[] = {
      {claimed("user"), false, true},
      {claimed(""), false, false},
      {claimed("User"), false, false},
      {claimed("user", {"delete"}), false, true},
      {claimed("delete:user"), false, false},
      {claimed("admin"), false, false},  // no name is special
      {claimed("", {"user"}), false, false},
      {claimed("user", {"a:b", "delete:user"}), true, true},
      {claimed("editor", {"delete:*"}), true, false},
      {claimed("admin", {"*"}), true, true},
  };
  for (std::size_t i = 0; i < std::size(cases); ++i) {
    const Case& c = cases[i];
    EXPECT_EQ(c.authority->account, alice);
    EXPECT_EQ(decide(*c.authority, Permission::parse("delete:user").value(), nullptr, now).allowed, c.deletes_users)
        << "case " << i;
    EXPECT_EQ(has_role(*c.authority, {"author", "user"}, now), c.has_role) << "case " << i;
  }
}

TEST(PresentedKey, CoversItsOwnPermissionsOnly) {
  const PresentedKey key{.id = alice, .permissions = {PermissionPattern::parse("read:*").value()}};
  EXPECT_TRUE(key.covers(Permission::parse("read:order").value()));
  EXPECT_FALSE(key.covers(Permission::parse("pay:order").value()));
  EXPECT_FALSE((PresentedKey{.id = alice, .permissions = {}}).covers(Permission::parse("read:order").value()));
}

}  // namespace
}  // namespace ashlar::auth
