// SPDX-License-Identifier: Apache-2.0
#include "ashlar/web/detail/router.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace ashlar::web {
namespace {

using http::Method;

Router table(const std::vector<std::pair<Method, std::string>>& lines) {
  Router router;
  for (std::size_t i = 0; i < lines.size(); ++i)
    EXPECT_EQ(router.add(lines[i].first, lines[i].second, i), std::nullopt);
  return router;
}

TEST(Router, RefusesPatternsThatCannotBeMatched) {
  const std::vector<std::pair<std::string, std::string>> refused = {
      {"", "does not begin with a slash"},
      {"users", "does not begin with a slash"},
      {"/users/", "has an empty segment"},
      {"//users", "has an empty segment"},
      {"/users//{id}", "has an empty segment"},
      {"/users/{id}x", "a parameter takes a whole segment"},
      {"/users/x{id}", "a parameter takes a whole segment"},
      {"/users/{}", "without a proper name"},
      {"/users/{a}{b}", "without a proper name"},
      {"/a/{x}/b/{x}", "the parameter {x} twice"},
      {"/a/{rest...}/b", "continues after a parameter"},
      {"/a/{...}", "without a proper name"},
      {"/a/{x}/{x...}", "the parameter {x} twice"},
      {"/a b", "has a segment \"a b\""},
      {"/a?b", "has a segment \"a?b\""},
  };
  for (const auto& [pattern, why] : refused) {
    Router router;
    const auto wrong = router.add(Method::get, pattern, 0);
    ASSERT_TRUE(wrong) << pattern;
    EXPECT_NE(wrong->find(why), std::string::npos) << *wrong;
  }
}

TEST(Router, RefusesTwoLinesForTheSamePathsAndNamesBoth) {
  Router router = table({{Method::get, "/u/{id}"}});
  EXPECT_EQ(router.add(Method::get, "/u/{name}", 1),
            "GET /u/{name} matches the same paths as GET /u/{id}; remove one of the two.");
  EXPECT_EQ(router.add(Method::get, "/u/{id}", 1), "GET /u/{id} is declared twice; remove one of the two.");
  EXPECT_EQ(router.add(Method::patch, "/u/{name}", 1), std::nullopt) << "another method is another line";
}

TEST(Router, DistinguishesAWrongPathFromAWrongMethod) {
  const Router router =
      table({{Method::get, "/api/users"}, {Method::post, "/api/users"}, {Method::remove, "/api/users/{id}"}});
  for (const std::string path : {"", "/", "/api", "/api/", "/api/users/", "/api//users", "//api/users", "/API/users",
                                 "/api/users/1/", "/api/users/1/x", "/api/user", "/api/userss", "/%61pi/users"})
    EXPECT_TRUE(router.match(Method::get, path).allow.empty()) << path;

  EXPECT_EQ(router.match(Method::put, "/api/users").route, Router::none);
  EXPECT_EQ(router.match(Method::put, "/api/users").allow, "GET, HEAD, POST, OPTIONS");
  EXPECT_EQ(router.match(Method::get, "/api/users/1").allow, "DELETE, OPTIONS");
}

TEST(Router, StaticTextGoesBeforeAParameter) {
  const Router router =
      table({{Method::get, "/users/{id}"}, {Method::get, "/users/me"}, {Method::remove, "/users/{id}"}});
  EXPECT_EQ(router.match(Method::get, "/users/me").route, 1U);
  EXPECT_EQ(router.match(Method::get, "/users/me").parameter_count, 0U);
  for (const std::string id : {"m", "mee", "melissa", "ME", "..", "%2F", "{id}"}) {
    const auto match = router.match(Method::get, "/users/" + id);
    EXPECT_EQ(match.route, 0U) << id;
    ASSERT_EQ(match.parameter_count, 1U);
  }
  EXPECT_EQ(router.match(Method::remove, "/users/me").route, Router::none);
}

TEST(Router, ATailTakesAllThatNothingElseTakes) {
  Router router =
      table({{Method::get, "/files/{path...}"}, {Method::get, "/files/fixed"}, {Method::get, "/files/{id}/x"}});
  EXPECT_EQ(router.match(Method::get, "/files/fixed").route, 1U);
  EXPECT_EQ(router.match(Method::get, "/files/7/x").route, 2U);
  for (const std::string rest : {"", "a", "a/b", "a/", "7/xx", "7/x/", "fixed/a", "fixe", "../a", "//", "%2F"}) {
    const std::string path = "/files/" + rest;  // outlives the views of the match
    const auto match = router.match(Method::get, path);
    EXPECT_EQ(match.route, 0U) << rest;
    ASSERT_EQ(match.parameter_count, 1U) << rest;
    EXPECT_EQ(match.parameters[0], rest);
  }
  for (const std::string path : {"/files", "/file/a", "/", "/filesa"})
    EXPECT_TRUE(router.match(Method::get, path).allow.empty()) << path;
  EXPECT_EQ(router.match(Method::post, "/files/a").allow, "GET, HEAD, OPTIONS");
  EXPECT_TRUE(router.add(Method::get, "/files/{other...}", 9));
}

TEST(Router, ComesBackFromStaticTextThatLeadsNowhere) {
  const Router router = table({{Method::get, "/a/{x}/c"},
                               {Method::get, "/a/b/d"},
                               {Method::get, "/{p}/{q}/{r}/{s}"},
                               {Method::get, "/a/b/c/d"}});
  EXPECT_EQ(router.match(Method::get, "/a/b/c").route, 0U);
  EXPECT_EQ(router.match(Method::get, "/a/b/c").parameters[0], "b");
  EXPECT_EQ(router.match(Method::get, "/a/b/d").route, 1U);
  EXPECT_EQ(router.match(Method::get, "/a/z/d").route, Router::none);
  EXPECT_EQ(router.match(Method::get, "/a/b/c/d").route, 3U);
  const auto match = router.match(Method::get, "/a/b/c/e");
  EXPECT_EQ(match.route, 2U);
  ASSERT_EQ(match.parameter_count, 4U);
  EXPECT_EQ(match.parameters[0], "a");
  EXPECT_EQ(match.parameters[3], "e");
}

TEST(Router, HeadIsAnsweredByGetUnlessItHasALineOfItsOwn) {
  const Router router = table({{Method::get, "/"}, {Method::get, "/b"}, {Method::head, "/b"}, {Method::post, "/c"}});
  EXPECT_EQ(router.match(Method::head, "/").route, 0U);
  EXPECT_EQ(router.match(Method::head, "/b").route, 2U);
  EXPECT_EQ(router.match(Method::head, "/c").route, Router::none);
  EXPECT_EQ(router.match(Method::get, "/c").allow, "POST, OPTIONS");
}

TEST(Router, FindsEachOfManyPatternsInWhateverOrderTheyCame) {
  std::vector<std::pair<Method, std::string>> lines;
  for (const std::string a : {"api", "apis", "ap", "users", "user", "u"})
    for (const std::string b : {"", "/list", "/lists", "/{id}", "/{id}/posts", "/{id}/posts/{post}", "/{id}/post"})
      lines.emplace_back(Method::get, "/" + a + b);
  for (int turn = 0; turn < 2; ++turn) {
    const Router router = table(lines);
    for (std::size_t i = 0; i < lines.size(); ++i)
      EXPECT_EQ(router.match(Method::get, lines[i].second).route, i) << lines[i].second;
    std::ranges::reverse(lines);
  }
}

}  // namespace
}  // namespace ashlar::web
