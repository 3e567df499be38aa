// SPDX-License-Identifier: Apache-2.0
#include "backend/oauth/oauth_query.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace ashlar::backend {
namespace {

std::string fault_of(const Error& error) { return error.faults().at(0).path + ' ' + error.faults().at(0).code; }

TEST(OauthQuery, RefusesCallbacksThatCannotBeRead) {
  for (const std::string& query :
       {std::string("code=%"), std::string("code=%zz"), std::string("code=%00"), std::string("code=%ff"),
        std::string("code=") + std::string(8'192, 'x'), std::string(33, '&')}) {
    const auto read = read_callback(query);
    ASSERT_FALSE(read) << query;
    EXPECT_EQ(fault_of(read.error()), " text") << query;
  }
  const auto twice = read_callback("state=a&code=b&state=a");
  ASSERT_FALSE(twice);
  EXPECT_EQ(fault_of(twice.error()), "state duplicate_member");
}

// In a server the query is a view into the request, with the rest of it behind.
TEST(OauthQuery, ReadsNothingBehindTheQuery) {
  const std::string_view line = "code=a%2Bb+c&state=d&iss=https%3A%2F%2Fe&error=&x=y HTTP/1.1\r\n";
  const auto callback = read_callback(line.substr(0, line.find(' ')));
  ASSERT_TRUE(callback) << callback.error().message();
  EXPECT_EQ(callback->code, "a+b c");
  EXPECT_EQ(callback->state, "d");
  EXPECT_EQ(callback->issuer, "https://e");
  EXPECT_EQ(callback->error, "");
  EXPECT_EQ(read_start_query(line.substr(0, 0))->return_to, "");
  EXPECT_TRUE(read_start_query({}));
}

TEST(OauthQuery, ReadsTheStart) {
  const auto start = read_start_query("returnTo=https%3A%2F%2Fapp.example%2F&link=true&fresh=false");
  ASSERT_TRUE(start) << start.error().message();
  EXPECT_EQ(start->return_to, "https://app.example/");
  EXPECT_EQ(start->link, StartQuery::Link::yes);
  EXPECT_EQ(start->fresh, StartQuery::Fresh::no);
}

}  // namespace
}  // namespace ashlar::backend
