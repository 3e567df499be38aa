// SPDX-License-Identifier: Apache-2.0
#include "ashlar/auth/api_key.hpp"

#include "ashlar/async/task_scope.hpp"
#include "backend/api_keys/api_key_repository.hpp"
#include "tests/support/test_backend.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace ashlar::test {
namespace {

using http::Method;
using namespace std::chrono_literals;

struct ApiKeys : testing::Test {
  TestBackend backend;
  const Person ada = backend.person_with("ada", {"create:product", "read:user"});

  web::TestReply make(const Person& who, const std::string& permissions, const std::string& more = "") {
    return backend.as(who, Method::post, "/api/auth/api-keys",
                      R"({"name": "a key", "permissions": )" + permissions + more + "}");
  }
  Person key(const Person& who, const std::string& permissions, const std::string& more = "") {
    const auto made = make(who, permissions, more);
    EXPECT_EQ(made.status, 201) << made.body;
    return {.id = made.at("/data/id"), .email = {}, .token = made.at("/data/key"), .refresh_token = {}};
  }
  std::string code(const Person& who, Method method, const std::string& path, const std::string& body = {}) {
    const auto reply = backend.as(who, method, path, body);
    return reply.status < 300 ? "ok" : reply.at("/code");
  }
  std::string users(const Person& who) { return code(who, Method::get, "/api/users"); }
};

const std::string product = R"({"name": "Desk", "price": "10.00"})";

TEST_F(ApiKeys, RefuseBadInput) {
  const std::string route = "POST /api/auth/api-keys";
  const std::string good = R"({"name": "k", "permissions": ["read:order"]})";
  const auto invalid = [&](std::string name, std::string body, std::vector<std::string> faults) {
    return Scenario{std::move(name), route, std::move(body), 422, "request.invalid", std::move(faults), ada.token};
  };
  expect_refusals(
      backend.client(),
      without_a_good_token(route, good, backend.bad_tokens()) + without_a_readable_body(route, good, ada.token) +
          without_a_good_page("GET /api/auth/api-keys", ada.token) +
          without_a_good_id("DELETE /api/auth/api-keys/", "", ada.token, "api_key.not_found") +
          std::vector<Scenario>{
              invalid("nothing", "{}", {"/name required", "/permissions required"}),
              invalid("no permission", R"({"name": "k", "permissions": []})", {"/permissions too_few_items"}),
              invalid("an unknown permission", R"({"name": "k", "permissions": ["read"]})", {"/permissions one_of"}),
              invalid("an end before now",
                      R"({"name": "k", "permissions": ["*"], "expiresAt": "2026-05-04T08:30:00Z"})",
                      {"/expiresAt too_small"})});
}

TEST_F(ApiKeys, HoldWhatTheyNameAndTheAccountHolds) {
  const Person narrow = key(ada, R"(["read:user"])"), wide = key(ada, R"(["*"])");
  EXPECT_EQ(users(narrow), "ok");
  EXPECT_EQ(code(narrow, Method::post, "/api/products", product), "auth.forbidden");
  EXPECT_EQ(users(wide), "ok");
  EXPECT_EQ(code(wide, Method::post, "/api/products", product), "ok");
  EXPECT_EQ(code(wide, Method::get, "/api/users/" + ada.id), "ok");
  EXPECT_EQ(code(wide, Method::remove, "/api/users/" + ada.id), "auth.forbidden") << "the account may not";
  EXPECT_EQ(code(narrow, Method::get, "/api/users/me"), "ok");
  EXPECT_EQ(code(narrow, Method::get, "/api/orders"), "auth.forbidden") << "not even one's own";

  const Person admin = backend.admin();
  ASSERT_EQ(code(admin, Method::post, "/api/admin/users/" + ada.id + "/role", R"({"role": "admin"})"), "ok");
  EXPECT_EQ(code(wide, Method::get, "/api/admin/roles"), "ok") << "it grows with the account, within its permissions";
  EXPECT_EQ(code(narrow, Method::get, "/api/admin/roles"), "auth.forbidden");
  ASSERT_EQ(code(admin, Method::post, "/api/admin/users/" + ada.id + "/role", R"({"role": "user"})"), "ok");
  EXPECT_EQ(code(wide, Method::get, "/api/admin/roles"), "auth.forbidden");
}

TEST_F(ApiKeys, ShowDraftsOfTheirAccountOnlyWithThePermission) {
  const auto draft = backend.as(ada, Method::post, "/api/posts", R"({"title": "T", "content": "C"})");
  const std::string path = "/api/posts/" + draft.at("/data/id");
  EXPECT_EQ(code(key(ada, R"(["read:user"])"), Method::get, path), "post.not_found");
  EXPECT_EQ(code(key(ada, R"(["read:post"])"), Method::get, path), "ok");
}

TEST_F(ApiKeys, CannotChangeCredentials) {
  const Person admin = backend.admin();
  const Person wide = key(admin, R"(["*"])");
  const std::string me = "/api/admin/users/" + ada.id;
  for (const auto& [method, path, body] : std::vector<std::tuple<Method, std::string, std::string>>{
           {Method::post, "/api/auth/api-keys", R"({"name": "k", "permissions": ["*"]})"},
           {Method::get, "/api/auth/api-keys", ""},
           {Method::remove, "/api/auth/api-keys/" + wide.id, ""},
           {Method::patch, "/api/users/me", R"({"email": "x@example.com"})"},
           {Method::get, "/api/auth/sessions", ""},
           {Method::post, "/api/auth/logout-all", ""},
           {Method::post, "/api/admin/roles", R"({"name": "r", "permissions": []})"},
           {Method::post, me + "/role", R"({"role": "admin"})"},
           {Method::post, me + "/grants", R"({"permission": "*", "reason": "x"})"}})
    EXPECT_EQ(code(wide, method, path, body), "auth.forbidden") << path;
}

TEST_F(ApiKeys, AreRefusedWhenTheyAreWrongExpiredOrRemoved) {
  const Person short_lived = key(ada, R"(["read:user"])", R"(, "expiresAt": "2026-05-04T08:31:00Z")");
  const Person removed = key(ada, R"(["read:user"])");
  Person wrong = removed;
  wrong.token.back() = wrong.token.back() == 'A' ? 'B' : 'A';
  EXPECT_EQ(users(wrong), "auth.token_invalid");
  SystemRandom random;
  Person unknown = removed;
  unknown.token = auth::new_api_key(backend.clock(), random).text;
  for (int i = 0; i < 3; ++i) EXPECT_EQ(users(unknown), "auth.token_invalid");

  EXPECT_EQ(users(removed), "ok");
  const Person other = backend.person("other");
  EXPECT_EQ(code(other, Method::remove, "/api/auth/api-keys/" + removed.id), "api_key.not_found");
  EXPECT_EQ(users(removed), "ok");
  EXPECT_EQ(code(ada, Method::remove, "/api/auth/api-keys/" + removed.id), "ok");
  EXPECT_EQ(users(removed), "auth.token_invalid");

  EXPECT_EQ(users(short_lived), "ok");
  backend.clock().advance(59'999ms);
  EXPECT_EQ(users(short_lived), "ok");
  backend.clock().advance(1ms);
  EXPECT_EQ(users(short_lived), "auth.token_expired");
}

TEST_F(ApiKeys, GoWithTheirAccount) {
  const Person mine = key(ada, R"(["read:user"])");
  EXPECT_EQ(users(mine), "ok");
  const Person admin = backend.admin();
  ASSERT_EQ(code(admin, Method::remove, "/api/users/" + ada.id), "ok");
  EXPECT_EQ(users(mine), "auth.token_invalid");
}

TEST_F(ApiKeys, AreShownWithoutTheirSecret) {
  const auto made = make(ada, R"(["read:user", "create:*"])", R"(, "expiresAt": "2027-05-04T08:30:00Z")");
  const std::string text = made.at("/data/key");
  EXPECT_EQ(made.at("/data/prefix"), text.substr(0, 26));
  EXPECT_THAT(text, testing::StartsWith("ash_"));
  const auto list = backend.as(ada, Method::get, "/api/auth/api-keys");
  EXPECT_EQ(list.at("/data/0/id"), made.at("/data/id"));
  EXPECT_EQ(list.at("/data/0/permissions/1"), "create:*");
  EXPECT_EQ(list.at("/data/0/expiresAt"), "2027-05-04T08:30:00.000Z");
  EXPECT_EQ(list.at("/data/0/lastUsedAt"), "null");
  EXPECT_THAT(list.body, testing::Not(testing::HasSubstr(text.substr(26))));
  EXPECT_EQ(backend.as(backend.person("other"), Method::get, "/api/auth/api-keys").at("/pagination/total"), "0");

  std::string stored;
  ASSERT_TRUE(backend.database().query_blocking({.sql = "select hash from api_keys",
                                                 .parameters = {},
                                                 .mode = sql::Mode::read,
                                                 .on_row = [&](const sql::Row& row) { stored = row.text(0); }}));
  EXPECT_EQ(stored, auth::api_key_hash(text));
}

TEST_F(ApiKeys, AreBoundedPerAccount) {
  for (int i = 0; i < 19; ++i) (void)key(ada, R"(["read:user"])");
  (void)key(ada, R"(["read:user"])", R"(, "expiresAt": "2026-05-04T08:31:00Z")");
  EXPECT_EQ(make(ada, R"(["read:user"])").at("/code"), "api_key.too_many");
  (void)key(backend.person("other"), R"(["read:user"])");
  backend.clock().advance(1min);
  EXPECT_EQ(make(ada, R"(["read:user"])").status, 201) << "one has expired";
}

TEST_F(ApiKeys, AreBoundedPerAccountWhenMadeAtOnce) {
  for (int i = 0; i < 18; ++i) (void)key(ada, R"(["read:user"])");
  const auto statuses = backend.at_once(6, {.method = Method::post,
                                            .target = "/api/auth/api-keys",
                                            .headers = {{"Authorization", "Bearer " + ada.token}},
                                            .body = R"({"name": "k", "permissions": ["*"]})"});
  EXPECT_THAT(statuses, testing::ElementsAre(201, 201, 409, 409, 409, 409));
}

TEST_F(ApiKeys, NoteTheirUseOnceAMinute) {
  const Person mine = key(ada, R"(["read:user"])");
  const auto last_use = [&] {
    async::run_to_end(backend.client().loop(), backend.application().api_keys().write_uses());
    return backend.as(backend.sign_in(ada.email), Method::get, "/api/auth/api-keys").at("/data/0/lastUsedAt");
  };
  EXPECT_EQ(last_use(), "null");
  EXPECT_EQ(users(mine), "ok");
  EXPECT_EQ(last_use(), "2026-05-04T08:30:00.000Z");
  backend.clock().advance(59'999ms);
  EXPECT_EQ(users(mine), "ok");
  EXPECT_EQ(last_use(), "2026-05-04T08:30:00.000Z");
  backend.clock().advance(1ms);
  EXPECT_EQ(users(mine), "ok");
  EXPECT_EQ(last_use(), "2026-05-04T08:31:00.000Z");
}

TEST_F(ApiKeys, RemovedByOthersAreRefusedAfterALook) {
  const Person mine = key(ada, R"(["read:user"])");
  const auto look = [&] {
    ASSERT_TRUE(async::run_to_end(backend.client().loop(), backend.application().authority_sync().look()));
  };
  look();
  EXPECT_EQ(users(mine), "ok");
  ASSERT_TRUE(backend.database().run_script("update api_keys set last_used_at = created_at; delete from api_keys"));
  EXPECT_EQ(users(mine), "ok") << "it is in memory";
  look();
  EXPECT_EQ(users(mine), "auth.token_invalid");
}

}  // namespace
}  // namespace ashlar::test
