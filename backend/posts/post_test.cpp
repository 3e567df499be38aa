// SPDX-License-Identifier: Apache-2.0
#include "tests/support/test_backend.hpp"

#include <gtest/gtest.h>

#include <string>

namespace ashlar::test {
namespace {

using http::Method;

const std::string good = R"({"title": "Notes", "content": "On the engine."})";

Scenario invalid(std::string name, std::string request, std::string body, std::vector<std::string> faults,
                 std::string token) {
  return {std::move(name),   std::move(request), std::move(body), 422,
          "request.invalid", std::move(faults),  std::move(token)};
}

std::string written(TestBackend& backend, const Person& who, const std::string& title, const std::string& published) {
  backend.clock().advance(std::chrono::seconds{1});
  const auto reply = backend.as(who, Method::post, "/api/posts",
                                R"({"title": ")" + title + R"(", "content": "text", "published": )" + published + "}");
  EXPECT_EQ(reply.status, 201) << reply.body;
  return reply.at("/data/id");
}

std::string titles(const web::TestReply& reply) {
  EXPECT_EQ(reply.status, 200) << reply.body;
  std::string out;
  for (std::size_t i = 0; reply.has("/data/" + std::to_string(i)); ++i)
    out += reply.at("/data/" + std::to_string(i) + "/title") + " ";
  return out + "of " + reply.at("/pagination/total");
}

TEST(Posts, ListRefuses) {
  TestBackend backend;
  const std::string list = "GET /api/posts";
  expect_refusals(
      backend.client(),
      without_a_good_page(list, "") + std::vector<Scenario>{
                                          invalid("half true", list + "?mine=yes", "", {"mine type"}, ""),
                                          {"one's own, anonymous", list + "?mine=true", "", 401, "auth.not_signed_in"},
                                          {"a body", list, "{}", 400, "request.body_not_expected"},
                                          {"another method", "PUT /api/posts", good, 405, "route.method_not_allowed"},
                                      });
}

TEST(Posts, ArePublicWhenPublishedAndTheirAuthorsBefore) {
  TestBackend backend;
  const Person ada = backend.person("ada");
  const Person eve = backend.person("eve");
  const std::string out = written(backend, ada, "out", "true");
  const std::string draft = written(backend, ada, "draft", "false");
  (void)written(backend, eve, "hers", "true");
  (void)written(backend, eve, "secret", "false");

  EXPECT_EQ(titles(backend.client().get("/api/posts")), "hers out of 2");
  EXPECT_EQ(titles(backend.as(ada, Method::get, "/api/posts")), "hers out of 2");
  EXPECT_EQ(titles(backend.as(ada, Method::get, "/api/posts?mine=true")), "hers draft out of 3");
  EXPECT_EQ(titles(backend.as(ada, Method::get, "/api/posts?mine=true&sort=title&limit=2")), "draft hers of 3");
  EXPECT_EQ(titles(backend.client().get("/api/posts?sort=createdAt")), "out hers of 2");

  EXPECT_EQ(backend.client().get("/api/posts/" + out).status, 200);
  EXPECT_EQ(backend.as(ada, Method::get, "/api/posts/" + draft).status, 200);
  EXPECT_EQ(backend.as(backend.admin(), Method::get, "/api/posts/" + draft).status, 200);
  expect_refusals(backend.client(),
                  {{"a draft, anonymously", "GET /api/posts/" + draft, "", 404, "post.not_found"},
                   {"a draft, by another", "GET /api/posts/" + draft, "", 404, "post.not_found", {}, eve.token}});
}

TEST(Posts, AListLeavesTheContentOut) {
  TestBackend backend;
  const Person ada = backend.person("ada");
  const std::string post = written(backend, ada, "out", "true");
  const auto list = backend.client().get("/api/posts");
  const auto whole = backend.client().get("/api/posts/" + post);
  EXPECT_FALSE(list.has("/data/0/content"));
  EXPECT_EQ(whole.at("/data/content"), "text");
  for (const std::string member : {"id", "authorId", "title", "published", "createdAt", "updatedAt"})
    EXPECT_EQ(list.at("/data/0/" + member), whole.at("/data/" + member)) << member;
}

// Behind a plain shared cache a draft was served to strangers.
TEST(Posts, NoCacheStoresADraft) {
  TestBackend backend;
  const Person ada = backend.person("ada");
  const std::string draft = "/api/posts/" + written(backend, ada, "draft", "false");
  for (const std::string& path : {draft, std::string("/api/posts?mine=true")}) {
    const auto hers = backend.as(ada, Method::get, path);
    EXPECT_EQ(hers.status, 200) << path;
    EXPECT_EQ(hers.header("Cache-Control"), "private, no-store") << path;
    EXPECT_EQ(hers.header("Vary").substr(0, 21), "Authorization, Cookie") << path;
  }
  EXPECT_EQ(backend.client().get(draft).header("Vary").substr(0, 21), "Authorization, Cookie");
}

TEST(Posts, CreateRefuses) {
  TestBackend backend;
  const Person ada = backend.person("ada");
  const std::string create = "POST /api/posts";
  expect_refusals(
      backend.client(),
      without_a_good_token(create, good, backend.bad_tokens()) + without_a_readable_body(create, good, ada.token) +
          std::vector<Scenario>{
              invalid("nothing", create, "{}", {"/title required", "/content required"}, ada.token),
              invalid("wrong types", create, R"({"title": 1, "content": [], "published": "true"})",
                      {"/title type", "/content type", "/published type"}, ada.token),
              invalid("too long a title", create, R"({"title": ")" + std::string(201, 't') + R"(", "content": "b"})",
                      {"/title too_long"}, ada.token),
              invalid("too long a text", create, R"({"title": "a", "content": ")" + std::string(100'001, 'c') + R"("})",
                      {"/content too_long"}, ada.token),
              invalid("nothing to say", create, R"({"title": "", "content": ""})",
                      {"/title too_short", "/content too_short"}, ada.token),
              invalid("a NUL", create, R"({"title": "a\u0000b", "content": "c"})", {"/title text"}, ada.token),
              invalid("in another's name", create,
                      R"({"title": "a", "content": "b", "authorId": "01900000-0000-7000-8000-000000000000"})",
                      {"/authorId unknown_member"}, ada.token),
          });
}

TEST(Posts, BelongToTheirAuthors) {
  TestBackend backend;
  const Person ada = backend.person("ada");
  const auto reply = backend.as(ada, Method::post, "/api/posts", R"({"title": "Notes 📝", "content": "\"quoted\"\n"})");
  ASSERT_EQ(reply.status, 201) << reply.body;
  EXPECT_EQ(reply.at("/data/authorId"), ada.id);
  EXPECT_EQ(reply.at("/data/title"), "Notes 📝");
  EXPECT_EQ(reply.at("/data/content"), "\"quoted\"\n");
  EXPECT_EQ(reply.at("/data/published"), "false");
  EXPECT_EQ(backend.as(ada, Method::get, "/api/posts/" + reply.at("/data/id")).at("/data"), reply.at("/data"));
}

TEST(Post, Refuses) {
  TestBackend backend;
  const Person ada = backend.person("ada");
  const Person eve = backend.person("eve");
  const std::string path = "/api/posts/" + written(backend, ada, "out", "true");
  const BadTokens bad = backend.bad_tokens();
  const std::string patch = R"({"title": "b"})";
  expect_refusals(
      backend.client(),
      without_a_good_id("GET /api/posts/", "", "", "post.not_found") +
          without_a_good_id("PATCH /api/posts/", patch, ada.token, "post.not_found") +
          without_a_good_id("DELETE /api/posts/", "", ada.token, "post.not_found") +
          without_a_good_token("PATCH " + path, patch, bad) + without_a_good_token("DELETE " + path, "", bad) +
          without_a_readable_body("PATCH " + path, patch, ada.token) +
          std::vector<Scenario>{
              {"another's post, changed", "PATCH " + path, patch, 403, "auth.forbidden", {}, eve.token},
              {"another's post, removed", "DELETE " + path, "", 403, "auth.forbidden", {}, eve.token},
              invalid("a title of nothing", "PATCH " + path, R"({"title": "", "published": null})",
                      {"/title too_short", "/published null"}, ada.token),
              invalid("another author", "PATCH " + path, R"({"authorId": "01900000-0000-7000-8000-000000000000"})",
                      {"/authorId unknown_member"}, ada.token),
          });
  EXPECT_EQ(backend.client().get(path).at("/data/title"), "out");
}

TEST(Post, IsChangedAndRemovedByItsAuthorOrAnAdmin) {
  TestBackend backend;
  const Person ada = backend.person("ada");
  const Person admin = backend.admin();
  const std::string path = "/api/posts/" + written(backend, ada, "draft", "false");
  backend.clock().advance(std::chrono::minutes{1});

  auto reply = backend.as(ada, Method::patch, path, R"({"published": true})");
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(reply.at("/data/published"), "true");
  EXPECT_EQ(reply.at("/data/title"), "draft");
  EXPECT_NE(reply.at("/data/updatedAt"), reply.at("/data/createdAt"));
  EXPECT_EQ(backend.as(ada, Method::patch, path, "{}").at("/data/updatedAt"), reply.at("/data/updatedAt"));
  EXPECT_EQ(backend.as(admin, Method::patch, path, R"({"title": "edited"})").at("/data/title"), "edited");
  EXPECT_EQ(backend.client().get(path).at("/data/title"), "edited");

  EXPECT_EQ(backend.as(admin, Method::remove, path).status, 204);
  EXPECT_EQ(backend.client().get(path).status, 404);
  EXPECT_EQ(backend.as(ada, Method::remove, path).status, 404);
}

}  // namespace
}  // namespace ashlar::test
