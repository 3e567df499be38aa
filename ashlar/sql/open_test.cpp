// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/open.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

namespace ashlar::sql {
namespace {

TEST(DatabaseUrl, IsRefusedWithoutShowingItsPassword) {
  for (const std::string url : {"", "sqlite:", "mysql://root:hush@db/x", "postgresql:x", "postgresql://a:hush%@db/x",
                                "postgresql://a:hush@[::1", "postgresql://a:x?hush=1@[::1/x",
                                "postgresql://db/x?password=x&hush=1", "postgresql://a:hu%00sh@db/x"}) {
    const auto checked = check_database_url(url);
    ASSERT_FALSE(checked) << url;
    EXPECT_EQ(checked.error().code(), errors::unsupported_url);
    EXPECT_THAT(checked.error().message() + checked.error().cause(), testing::Not(testing::HasSubstr("hush"))) << url;
  }
  for (const std::string url : {"sqlite:a.db", "sqlite::memory:", "postgresql://", "postgres://db",
                                "postgresql://a:p%40q@[::1]:5433/x?sslmode=require"})
    EXPECT_TRUE(check_database_url(url)) << url;
}

TEST(DatabaseUrl, NamesAParameterThatIsUnknown) {
  const struct {
    const char* url;
    const char* named;
  } rows[] = {
      {"postgresql://a:b@db/x?schema=public", "'schema'"},
      {"postgresql://a:b@db/x?sslmode=require&connection_limit=5", "'connection_limit'"},
      {"postgresql://db/x?sslMode=require", "'sslMode'"},
      {"sqlite:x.db?mode=ro", "'mode'"},
      {"sqlite:///data/x.db?cache=shared&mode=ro", "'cache'"},
      {"sqlite::memory:?cache=shared", "'cache'"},
  };
  for (const auto& row : rows) {
    const auto checked = check_database_url(row.url);
    ASSERT_FALSE(checked) << row.url;
    EXPECT_EQ(checked.error().code(), errors::unsupported_url);
    EXPECT_THAT(checked.error().message(), testing::HasSubstr(row.named));
    const auto opened = open_database(row.url);
    ASSERT_FALSE(opened) << row.url;
    EXPECT_THAT(opened.error().message(), testing::HasSubstr(row.named));
  }
  EXPECT_FALSE(std::filesystem::exists("x.db?mode=ro"));
  for (const char* url : {"postgresql://db/x?ssl=true&options=-csearch_path%3Da&application_name=x",
                          "postgresql://a:b@db,db2/x?target_session_attrs=read-write"})
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
