// SPDX-License-Identifier: Apache-2.0
#include "tests/support/test_backend.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace ashlar::test {
namespace {

using http::Method;

Scenario invalid(std::string name, std::string request, std::string body, std::vector<std::string> faults,
                 std::string token) {
  return {std::move(name),   std::move(request), std::move(body), 422,
          "request.invalid", std::move(faults),  std::move(token)};
}

std::vector<Scenario> for_admins_only(TestBackend& backend, const std::string& request, const std::string& body) {
  const Person nobody_special = backend.sign_in(backend.person("nobody-special").email);
  return without_a_good_token(request, body, backend.bad_tokens()) +
         std::vector<Scenario>{
             {"a caller who is not an admin", request, body, 403, "auth.forbidden", {}, nobody_special.token}};
}

std::string new_user(const std::string& name) {
  return R"({"name": ")" + name + R"(", "email": ")" + name + R"(@example.com", "password": "a long password"})";
}

TEST(Me, Refuses) {
  TestBackend backend;
  (void)backend.person("eve");
  const Person ada = backend.person("ada");
  const BadTokens bad = backend.bad_tokens();
  const std::string patch = "PATCH /api/users/me";
  expect_refusals(
      backend.client(),
      without_a_good_token("GET /api/users/me", "", bad) + without_a_good_token(patch, R"({"name": "Ada"})", bad) +
          without_a_readable_body(patch, R"({"name": "Ada"})", ada.token) +
          std::vector<Scenario>{
              invalid("a query that is not known", "GET /api/users/me?full=true", "", {"full unknown_member"},
                      ada.token),
              invalid("a name of nothing", patch, R"({"name": ""})", {"/name too_short"}, ada.token),
              invalid("no name", patch, R"({"name": null})", {"/name null"}, ada.token),
              invalid("no address", patch, R"({"email": "ada"})", {"/email email"}, ada.token),
              invalid("an age in words", patch, R"({"age": "36"})", {"/age type"}, ada.token),
              invalid("what only an admin may change", patch,
                      R"({"role": "admin", "id": "x", "permissions": ["create:user"]})",
                      {"/role unknown_member", "/id unknown_member", "/permissions unknown_member"}, ada.token),
              invalid("everything at once", patch, R"({"name": 1, "email": "x", "age": 151})",
                      {"/name type", "/email email", "/age too_large"}, ada.token),
              {"another's address", patch, R"({"email": "EVE@example.com"})", 409, "user.email_taken", {}, ada.token},
          });
  EXPECT_EQ(backend.as(ada, Method::get, "/api/users/me").at("/data/email"), "ada@example.com");
}

TEST(Me, ChangesWhatIsGivenAndLeavesTheRest) {
  TestBackend backend;
  const Person ada = backend.person("ada");
  backend.clock().advance(std::chrono::minutes{1});
  auto reply = backend.as(ada, Method::patch, "/api/users/me", R"({"name": "Ada Lovelace", "age": 36})");
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(reply.at("/data/name"), "Ada Lovelace");
  EXPECT_EQ(reply.at("/data/age"), "36");
  EXPECT_EQ(reply.at("/data/email"), "ada@example.com");
  EXPECT_EQ(reply.at("/data/createdAt"), "2026-05-04T08:30:00.000Z");
  EXPECT_EQ(reply.at("/data/updatedAt"), "2026-05-04T08:31:00.000Z");
  reply = backend.as(ada, Method::patch, "/api/users/me", R"({"age": null})");
  EXPECT_EQ(reply.at("/data/age"), "null");
  EXPECT_EQ(reply.at("/data/name"), "Ada Lovelace");
  EXPECT_EQ(backend.as(ada, Method::patch, "/api/users/me", "{}").at("/data/name"), "Ada Lovelace");
}

TEST(Me, AnotherAddressSignsInAndIsNotVerified) {
  TestBackend backend;
  const Person ada = backend.person("ada");
  ASSERT_TRUE(backend.database().query_blocking(
      {.sql = "update users set email_verified = true", .parameters = {}, .mode = sql::Mode::write, .on_row = {}}));
  EXPECT_EQ(
      backend.as(ada, Method::patch, "/api/users/me", R"({"email": "ada@example.com"})").at("/data/emailVerified"),
      "true");
  EXPECT_EQ(
      backend.as(ada, Method::patch, "/api/users/me", R"({"email": "ada@example.org"})").at("/data/emailVerified"),
      "false");
  EXPECT_EQ(backend.sign_in("ada@example.org").id, ada.id);
}

TEST(Me, IsRefusedWhenTheAccountIsGone) {
  TestBackend backend;
  const Person ada = backend.person("ada");
  ASSERT_TRUE(backend.database().query_blocking(
      {.sql = "delete from users", .parameters = {}, .mode = sql::Mode::write, .on_row = {}}));
  expect_refusals(
      backend.client(),
      {{"me", "GET /api/users/me", "", 401, "auth.token_revoked", {}, ada.token},
       {"a change", "PATCH /api/users/me", R"({"age": 3})", 401, "auth.token_revoked", {}, ada.token},
       {"a post", "POST /api/posts", R"({"title": "a", "content": "b"})", 401, "auth.token_revoked", {}, ada.token}});
}

TEST(Users, ListRefuses) {
  TestBackend backend;
  const Person admin = backend.admin();
  const std::string list = "GET /api/users";
  expect_refusals(
      backend.client(),
      for_admins_only(backend, list, "") + without_a_good_page(list, admin.token) +
          std::vector<Scenario>{
              invalid("a malformed age", list + "?minAge=young", "", {"minAge type"}, admin.token),
              invalid("impossible ages", list + "?minAge=-1&maxAge=151", "", {"minAge too_small", "maxAge too_large"},
                      admin.token),
              invalid("ages the wrong way round", list + "?minAge=40&maxAge=30", "", {"maxAge too_small"}, admin.token),
              invalid("a search for nothing", list + "?search=", "", {"search too_short"}, admin.token),
              {"a malformed escape", list + "?search=%zz", "", 400, "request.malformed_query", {}, admin.token},
              {"a search for NUL", list + "?search=a%00b", "", 400, "request.malformed_query", {}, admin.token},
          });
}

TEST(Users, AreFoundByNameAddressAndAge) {
  TestBackend backend;
  const Person admin = backend.admin();
  const auto add = [&](const std::string& name, const std::string& email, int age) {
    backend.clock().advance(std::chrono::seconds{1});
    const auto reply = backend.as(admin, Method::post, "/api/users",
                                  R"({"name": ")" + name + R"(", "email": ")" + email +
                                      R"(", "password": "a long password", "age": )" + std::to_string(age) + "}");
    ASSERT_EQ(reply.status, 201) << reply.body;
  };
  add("Ada Lovelace", "ada@example.com", 36);
  add("Grace Hopper", "grace@navy.example", 45);
  add("Émilie du Châtelet", "emilie@example.com", 42);
  add("100% sure", "percent@example.com", 20);

  const auto names = [&](const std::string& query) {
    const auto reply = backend.as(admin, Method::get, "/api/users" + query);
    EXPECT_EQ(reply.status, 200) << reply.body;
    std::string out;
    for (std::size_t i = 0; reply.has("/data/" + std::to_string(i)); ++i)
      out += reply.at("/data/" + std::to_string(i) + "/name") + "; ";
    return out + "of " + reply.at("/pagination/total");
  };
  EXPECT_EQ(names("?search=LOVE"), "Ada Lovelace; of 1");
  EXPECT_EQ(names("?search=navy"), "Grace Hopper; of 1");
  EXPECT_EQ(names("?search=%C3%A9MILIE"), "Émilie du Châtelet; of 1");
  EXPECT_EQ(names("?search=%25"), "100% sure; of 1");
  EXPECT_EQ(names("?search=_"), "of 0");
  EXPECT_EQ(names("?search='%20or%201=1--"), "of 0");
  EXPECT_EQ(names("?minAge=40&maxAge=45&sort=age"), "Émilie du Châtelet; Grace Hopper; of 2");
  EXPECT_EQ(names("?minAge=40&limit=1"), "Émilie du Châtelet; of 2");  // the count keeps the conditions
  EXPECT_EQ(names("?minAge=40&limit=1&page=2"), "Grace Hopper; of 2");
  EXPECT_EQ(names("?minAge=40&limit=1&page=3"), "of 2");
  EXPECT_EQ(names("?sort=name&limit=2"), "100% sure; Ada Lovelace; of 5");
  EXPECT_EQ(names("?limit=1"), "100% sure; of 5");  // the newest first

  const auto page = backend.as(admin, Method::get, "/api/users?limit=2&page=2");
  EXPECT_EQ(page.at("/pagination/page"), "2");
  EXPECT_EQ(page.at("/pagination/limit"), "2");
  EXPECT_EQ(page.at("/pagination/pages"), "3");
  EXPECT_THAT(page.body, testing::Not(testing::HasSubstr("passwordHash")));
}

TEST(Users, CreateRefuses) {
  TestBackend backend;
  const Person admin = backend.admin();
  const Person maker = backend.person_with("maker", {"create:user"});
  const std::string create = "POST /api/users";
  expect_refusals(
      backend.client(),
      for_admins_only(backend, create, new_user("ada")) +
          without_a_readable_body(create, new_user("ada"), admin.token) +
          std::vector<Scenario>{
              invalid("nothing", create, "{}", {"/name required", "/email required", "/password required"},
                      admin.token),
              invalid("everything wrong", create,
                      R"({"name": "", "email": "x", "password": "1", "age": 151, "role": ""})",
                      {"/name too_short", "/email email", "/password too_short", "/age too_large", "/role too_short"},
                      admin.token),
              invalid("a role that does not exist", create,
                      R"({"name": "Ada", "email": "ada@example.com", "password": "a long password", "role": "root"})",
                      {"/role one_of"}, admin.token),
              {"an admin, created by a caller who is not one",
               create,
               R"({"name": "Ada", "email": "ada@example.com", "password": "a long password", "role": "admin"})",
               403,
               "auth.forbidden",
               {},
               maker.token},
              {"an address that is taken", create, new_user("admin"), 409, "user.email_taken", {}, admin.token},
          });
}

TEST(Users, AreMadeByThoseWhoMay) {
  TestBackend backend;
  const Person maker = backend.person_with("maker", {"create:user"});
  const auto reply = backend.as(maker, Method::post, "/api/users", new_user("ada"));
  ASSERT_EQ(reply.status, 201) << reply.body;
  EXPECT_EQ(reply.at("/data/role"), "user");
  EXPECT_EQ(backend.sign_in("ada@example.com").id, reply.at("/data/id"));
  const auto admin =
      backend.as(backend.admin(), Method::post, "/api/users",
                 R"({"name": "Root", "email": "root@example.com", "password": "a long password", "role": "admin"})");
  EXPECT_EQ(admin.at("/data/role"), "admin");
  EXPECT_THAT(admin.at("/data/permissions"), testing::HasSubstr("*"));
}

TEST(User, Refuses) {
  TestBackend backend;
  const Person admin = backend.admin();
  const std::string id = "/api/users/" + backend.person("eve").id;
  expect_refusals(
      backend.client(),
      for_admins_only(backend, "GET " + id, "") +
          without_a_good_id("GET /api/users/", "", admin.token, "user.not_found") +
          without_a_good_id("PATCH /api/users/", R"({"age": 3})", admin.token, "user.not_found") +
          without_a_good_id("DELETE /api/users/", "", admin.token, "user.not_found") +
          without_a_readable_body("PATCH " + id, R"({"age": 3})", admin.token) +
          std::vector<Scenario>{
              {"an unexpected body", "DELETE " + id, "{}", 400, "request.body_not_expected", {}, admin.token},
              {"another method", "POST " + id, "{}", 405, "route.method_not_allowed", {}, admin.token},
              invalid("an id in the body", "PATCH " + id, R"({"id": "01900000-0000-7000-8000-000000000000"})",
                      {"/id unknown_member"}, admin.token),
              invalid("a role that does not exist", "PATCH " + id, R"({"role": "root"})", {"/role one_of"},
                      admin.token),
              {"another's address",
               "PATCH " + id,
               R"({"email": "admin@example.com"})",
               409,
               "user.email_taken",
               {},
               admin.token},
              {"the last admin's role",
               "PATCH /api/users/" + admin.id,
               R"({"role": "user"})",
               409,
               "user.last_admin",
               {},
               admin.token},
              {"the last admin", "DELETE /api/users/" + admin.id, "", 409, "user.last_admin", {}, admin.token},
          });
  const Person eve = backend.sign_in("eve@example.com");
  for (const std::string method : {"PATCH ", "DELETE "}) {
    expect_refusals(backend.client(),
                    without_a_good_token(method + id, "", backend.bad_tokens()) +
                        std::vector<Scenario>{{"no admin", method + id, "", 403, "auth.forbidden", {}, eve.token}});
  }
}

TEST(User, IsReadAndChangedByAnAdmin) {
  TestBackend backend;
  const Person admin = backend.admin();
  const Person ada = backend.person("ada");
  EXPECT_EQ(backend.as(admin, Method::get, "/api/users/" + ada.id).at("/data/email"), "ada@example.com");
  const auto reply = backend.as(admin, Method::patch, "/api/users/" + ada.id, R"({"name": "Countess", "age": 36})");
  EXPECT_EQ(reply.at("/data/name"), "Countess");
  EXPECT_EQ(backend.as(ada, Method::get, "/api/users/me").at("/data/age"), "36");
}

TEST(User, AnotherRoleCountsAtOnceInTheSessionsThatThereAre) {
  TestBackend backend;
  const Person admin = backend.admin();
  const Person ada = backend.person("ada");
  EXPECT_EQ(backend.as(ada, Method::get, "/api/users").status, 403);
  EXPECT_EQ(backend.as(admin, Method::patch, "/api/users/" + ada.id, R"({"role": "admin"})").at("/data/role"), "admin");
  EXPECT_EQ(backend.as(ada, Method::get, "/api/users").status, 200);
  EXPECT_EQ(backend.as(admin, Method::remove, "/api/users/" + admin.id).status, 204) << "another admin is left";
}

TEST(User, TakesItsPostsAndSessionsAlongWhenItIsRemoved) {
  TestBackend backend;
  const Person admin = backend.admin();
  const Person ada = backend.person("ada");
  const auto post = backend.as(ada, Method::post, "/api/posts", R"({"title": "a", "content": "b", "published": true})");
  const auto removed = backend.as(admin, Method::remove, "/api/users/" + ada.id);
  EXPECT_EQ(removed.status, 204);
  EXPECT_EQ(removed.body, "");
  EXPECT_EQ(backend.client().get("/api/posts/" + post.at("/data/id")).status, 404);
  EXPECT_EQ(backend.as(ada, Method::get, "/api/users/me").at("/code"), "auth.token_revoked");
  EXPECT_EQ(backend.client().post("/api/auth/refresh", R"({"refreshToken": ")" + ada.refresh_token + R"("})").status,
            401);
  EXPECT_EQ(backend.as(admin, Method::get, "/api/users/" + ada.id).status, 404);
  EXPECT_EQ(backend.person("ada").email, "ada@example.com") << "the address is free again";
}

}  // namespace
}  // namespace ashlar::test
