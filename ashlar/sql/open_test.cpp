// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/open.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace ashlar::sql {
namespace {

TEST(DatabaseUrl, IsRefusedWithoutShowingItsPassword) {
  for (const std::string url :
       {"", "sqlite:", "mysql://root:hush@db/x", "postgresql:x", "postgresql://a:hush%@db/x",
        "postgresql://a:hush@[::1", "postgresql://a:hush@db/x?hush=1", "postgresql://a:hu%00sh@db/x"}) {
    const auto checked = check_database_url(url);
    ASSERT_FALSE(checked) << url;
    EXPECT_EQ(checked.error().code(), errors::unsupported_url);
    EXPECT_THAT(checked.error().message() + checked.error().cause(), testing::Not(testing::HasSubstr("hush"))) << url;
  }
  for (const std::string url : {"sqlite:a.db", "sqlite::memory:", "postgresql://", "postgres://db",
                                "postgresql://a:p%40q@[::1]:5433/x?sslmode=require"})
    EXPECT_TRUE(check_database_url(url)) << url;
}

TEST(DatabaseUrl, IsShownWithoutPasswordAndOptions) {
  EXPECT_EQ(shown_database_url("sqlite:data/a.db"), "sqlite:data/a.db");
  EXPECT_EQ(shown_database_url("postgresql://ada:hush@db:5433/shop?password=hush&sslmode=require"),
            "postgresql://ada@db:5433/shop");
  EXPECT_EQ(shown_database_url("postgresql://ada:hush%@db"), "");
}

}  // namespace
}  // namespace ashlar::sql
