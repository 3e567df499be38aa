// SPDX-License-Identifier: Apache-2.0
// Removing one's own account, and the copy of what is kept of it.
#include "tests/support/test_backend.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace ashlar::test {
namespace {

using http::Method;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const std::string right = R"({"password": "a long password"})";

TEST(OwnAccount, DeletionRefuses) {
  TestBackend backend;
  const Person ada = backend.person("ada");
  const Person admin = backend.admin();
  const std::string route = "POST /api/users/me/delete";
  expect_refusals(
      backend.client(),
      without_a_good_token(route, right, backend.bad_tokens()) + without_a_readable_body(route, right, ada.token) +
          std::vector<Scenario>{
              {"no password", route, "{}", 422, "request.invalid", {"/password required"}, ada.token},
              {"a wrong password", route, R"({"password": "wrong"})", 401, "auth.invalid_credentials", {}, ada.token},
              {"the last admin", route, right, 409, "user.last_admin", {}, admin.token},
          });
  EXPECT_EQ(backend.sign_in(ada.email).id, ada.id);
}

TEST(OwnAccount, IsDeletedWithWhatBelongsToIt) {
  TestBackend backend;
  const Person admin = backend.admin();
  const Person ada = backend.person("ada");
  const Person eve = backend.person("eve");
  const auto product =
      backend.as(admin, Method::post, "/api/products", R"({"name": "Desk", "price": "10.00", "stock": 3})");
  const std::string desk = "/api/products/" + product.at("/data/id");
  const std::string items = R"({"items": [{"productId": ")" + product.at("/data/id") + R"(", "quantity": 2}]})";
  ASSERT_EQ(backend.as(ada, Method::post, "/api/orders", items).status, 201);
  ASSERT_EQ(backend.client().get(desk).at("/data/stock"), "1");
  const auto post = backend.as(ada, Method::post, "/api/posts", R"({"title": "a", "content": "b", "published": true})");

  const auto reply = backend.as(ada, Method::post, "/api/users/me/delete", right);
  EXPECT_EQ(reply.status, 204) << reply.body;
  std::string cookies;
  for (const auto& [name, value] : reply.headers)
    if (name == "Set-Cookie") cookies += value + '\n';
  EXPECT_THAT(cookies, AllOf(HasSubstr("accessToken=;"), HasSubstr("refreshToken=;")));
  EXPECT_EQ(backend.as(ada, Method::get, "/api/users/me").at("/code"), "auth.token_revoked");
  EXPECT_EQ(backend.as(admin, Method::get, "/api/users/" + ada.id).status, 404);
  EXPECT_EQ(backend.client().get("/api/posts/" + post.at("/data/id")).status, 404);
  EXPECT_EQ(backend.client().get(desk).at("/data/stock"), "3") << "its pending order was cancelled";
  EXPECT_EQ(backend.as(eve, Method::get, "/api/users/me").status, 200);
}

TEST(OwnAccount, OfAnAdminIsDeletedWhileThereIsAnother) {
  TestBackend backend;
  const Person admin = backend.admin();
  ASSERT_EQ(backend
                .as(admin, Method::post, "/api/users",
                    R"({"name": "B", "email": "b@example.com", "password": "a long password", "role": "admin"})")
                .status,
            201);
  const Person other = backend.sign_in("b@example.com");
  const auto request = [](const Person& who) {
    return web::TestRequest{.method = Method::post,
                            .target = "/api/users/me/delete",
                            .headers = {{"Authorization", "Bearer " + who.token}},
                            .body = right};
  };
  EXPECT_THAT(backend.at_once({request(admin), request(other)}), testing::ElementsAre(204, 409));
}

TEST(OwnAccount, ExportRefuses) {
  TestBackend backend;
  expect_refusals(backend.client(), without_a_good_token("GET /api/users/me/export", "", backend.bad_tokens()));
}

TEST(OwnAccount, IsExportedCompletelyWithoutOthersData) {
  TestBackend backend;
  const Person admin = backend.admin();
  const Person ada = backend.person("ada");
  const Person eve = backend.person("eve");
  const auto product =
      backend.as(admin, Method::post, "/api/products", R"({"name": "Desk", "price": "10.00", "stock": 90})");
  const std::string items = R"({"items": [{"productId": ")" + product.at("/data/id") + R"(", "quantity": 2}]})";
  for (int i = 0; i < 41; ++i) {  // more than two reads of twenty
    ASSERT_EQ(backend.as(ada, Method::post, "/api/orders", items).status, 201);
    ASSERT_EQ(backend.as(ada, Method::post, "/api/posts", R"({"title": "mine", "content": "draft"})").status, 201);
  }
  ASSERT_EQ(backend.as(eve, Method::post, "/api/posts", R"({"title": "hers", "content": "b"})").status, 201);

  const auto reply = backend.as(ada, Method::get, "/api/users/me/export");
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(reply.at("/data/account/email"), "ada@example.com");
  EXPECT_EQ(reply.at("/data/sessions/0/current"), "true");
  EXPECT_FALSE(reply.has("/data/sessions/1"));
  EXPECT_EQ(reply.at("/data/posts/40/content"), "draft");
  EXPECT_FALSE(reply.has("/data/posts/41"));
  EXPECT_EQ(reply.at("/data/orders/40/total"), "20.00");
  EXPECT_FALSE(reply.has("/data/orders/41"));
  EXPECT_THAT(reply.body, Not(HasSubstr("hers")));
  EXPECT_THAT(reply.body, Not(HasSubstr("asswordHash")));
  EXPECT_THAT(reply.body, Not(HasSubstr("$2")));
  EXPECT_THAT(reply.header("Cache-Control"), HasSubstr("no-store"));
}

TEST(OwnAccount, IsNotExportedBeyondItsLimit) {
  TestBackend backend;
  const Person ada = backend.person("ada");
  const std::string content(400'000, 'x');
  for (int i = 0; i < 84; ++i) {  // 33.6 MB
    ASSERT_TRUE(backend.database().query_blocking(
        {.sql = "insert into posts (id, author_id, title, content, published, created_at, updated_at) "
                "values ($1, $2, 't', $3, false, $4, $4)",
         .parameters = {Uuid({1, static_cast<std::uint8_t>(i)}), Uuid::parse(ada.id).value(), content,
                        backend.clock().now()},
         .mode = sql::Mode::write,
         .on_row = {}}));
  }
  const auto reply = backend.as(ada, Method::get, "/api/users/me/export");
  EXPECT_EQ(reply.status, 409);
  EXPECT_EQ(reply.at("/code"), "user.export_too_large");
}

}  // namespace
}  // namespace ashlar::test
