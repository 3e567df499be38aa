// SPDX-License-Identifier: Apache-2.0
#include "ashlar/auth/permission.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace ashlar::auth {
namespace {

TEST(Permission, RefusesMalformedText) {
  const std::string longest(64, 'a');
  for (const std::string& text : {std::string(),
                                  std::string(":"),
                                  std::string("create"),
                                  std::string("create:"),
                                  std::string(":product"),
                                  std::string("create:product:x"),
                                  std::string("Create:product"),
                                  std::string("create:Product"),
                                  std::string("create product"),
                                  std::string(" create:product"),
                                  std::string("create:product "),
                                  std::string("create:product\0", 15),
                                  std::string("1create:product"),
                                  std::string("create:_product"),
                                  std::string("cr\xc3\xa9"
                                              "er:product"),
                                  "a" + longest + ":x",
                                  "x:a" + longest,
                                  std::string("create.x:product"),
                                  std::string("create:pro*"),
                                  std::string("cre*:product"),
                                  std::string("**"),
                                  std::string("*:*"),
                                  std::string("*:"),
                                  std::string(":*")}) {
    EXPECT_FALSE(Permission::parse(text)) << text;
    EXPECT_FALSE(PermissionPattern::parse(text)) << text;
  }
  for (const std::string_view wildcard : {"*", "create:*", "*:product"}) {
    EXPECT_FALSE(Permission::parse(wildcard)) << wildcard;
    EXPECT_EQ(PermissionPattern::parse(wildcard)->text(), wildcard);
  }
  EXPECT_TRUE(Permission::parse(longest + ":" + longest));
  EXPECT_EQ(Permission::parse("read-all:job_2")->verb(), "read-all");
  EXPECT_EQ(Permission::parse("read-all:job_2")->resource(), "job_2");
}

TEST(Permission, IsCoveredByItsWildcards) {
  const auto covers = [](std::string_view pattern, std::string_view permission) {
    return PermissionPattern::parse(pattern)->covers(Permission::parse(permission).value());
  };
  for (const std::string_view pattern : {"*", "create:*", "*:product", "create:product"}) {
    EXPECT_TRUE(covers(pattern, "create:product")) << pattern;
  }
  for (const std::string_view pattern : {"update:*", "create:order", "*:order", "*:products", "*:duct", "creat:*",
                                         "created:*", "create:produc", "create:products"}) {
    EXPECT_FALSE(covers(pattern, "create:product")) << pattern;
  }
}

TEST(Permission, WildcardsIncludeOthers) {
  const auto includes = [](std::string_view a, std::string_view b) {
    return PermissionPattern::parse(a)->includes(PermissionPattern::parse(b).value());
  };
  for (const std::string_view pattern : {"*", "create:*", "*:product", "create:product"}) {
    EXPECT_TRUE(includes("*", pattern)) << pattern;
    EXPECT_TRUE(includes(pattern, pattern)) << pattern;
    EXPECT_TRUE(includes(pattern, "create:product")) << pattern;
  }
  for (const std::string_view wildcard : {"*", "create:*", "*:product"})
    EXPECT_FALSE(includes("create:product", wildcard)) << wildcard;
  EXPECT_FALSE(includes("create:*", "*"));
  EXPECT_FALSE(includes("create:*", "*:product"));
  EXPECT_FALSE(includes("*:product", "create:*"));
  EXPECT_FALSE(includes("create:*", "update:product"));
}

}  // namespace
}  // namespace ashlar::auth
