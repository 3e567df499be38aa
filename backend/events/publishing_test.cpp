// SPDX-License-Identifier: Apache-2.0
// What the backend's operations publish: one table for all of them.
#include "ashlar/async/task_scope.hpp"
#include "ashlar/events/outbox.hpp"
#include "backend/event_types.hpp"
#include "tests/support/test_backend.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

namespace ashlar::backend {
namespace {

using http::Method;
using test::Person;
using test::TestBackend;
using testing::ElementsAre;
using testing::IsEmpty;

// "type key actor" of each event since the last call; the key as the name that the test gave it.
class Published : public testing::Test {
 protected:
  std::vector<events::Event> events() {
    auto found =
        async::run_to_end(backend.client().loop(), backend.application().events().outbox().list_after(seen, 1'000));
    if (!found) throw std::runtime_error(found.error().cause());
    if (!found->empty()) seen = found->back().sequence;
    return std::move(*found);
  }
  std::vector<std::string> types() {
    std::vector<std::string> out;
    for (const events::Event& event : events()) out.push_back(event.type);
    return out;
  }
  std::string made(const Person& by, const std::string& path, const std::string& body) {
    const auto reply = backend.as(by, Method::post, path, body);
    EXPECT_EQ(reply.status, 201) << path << " " << reply.body;
    return reply.at("/data/id");
  }

  TestBackend backend;
  std::int64_t seen = 0;
};

TEST_F(Published, NothingByRefusalsAndFailures) {
  const Person admin = backend.admin();
  const Person ada = backend.person("ada");
  const std::string product = made(admin, "/api/products", R"({"name": "Desk", "price": "10.00", "stock": 1})");
  (void)events();
  EXPECT_EQ(
      backend.client()
          .post("/api/auth/register", R"({"name": "Ada", "email": "ada@example.com", "password": "a long password"})")
          .status,
      409);
  EXPECT_EQ(backend.as(ada, Method::patch, "/api/products/" + product, R"({"stock": 9})").status, 403);
  EXPECT_EQ(backend.as(admin, Method::patch, "/api/products/" + product, "{}").status, 200) << "nothing changes";
  EXPECT_EQ(backend.as(admin, Method::remove, "/api/products/019a5b1c-7c00-7d1e-8a55-3f1d2c4b5a10").status, 404);
  EXPECT_EQ(
      backend.as(ada, Method::post, "/api/orders", R"({"items": [{"productId": ")" + product + R"(", "quantity": 2}]})")
          .status,
      409);
  EXPECT_EQ(backend
                .as(ada, Method::post, "/api/auth/password/change",
                    R"({"currentPassword": "a long password", "newPassword": "another password"})")
                .status,
            200)
      << "a password is nothing that the API shows";
  EXPECT_THAT(types(), IsEmpty());
}

TEST_F(Published, OfUsers) {
  const Person admin = backend.admin();
  (void)events();
  const Person ada = backend.person("ada");
  auto found = events();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].type, "user.registered");
  EXPECT_EQ(found[0].key, ada.id);
  EXPECT_FALSE(found[0].actor) << "nobody was signed in";
  EXPECT_NE(found[0].data.text().find(R"("email":"ada@example.com")"), std::string::npos) << found[0].data.text();
  EXPECT_EQ(found[0].data.text().find("hash"), std::string::npos);
  EXPECT_EQ(found[0].data.text().find("password"), std::string::npos);

  EXPECT_EQ(backend.as(ada, Method::patch, "/api/users/me", R"({"name": "Ada L."})").status, 200);
  found = events();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].type, "user.updated");
  ASSERT_TRUE(found[0].actor);
  EXPECT_EQ(found[0].actor->kind, "user");
  EXPECT_EQ(found[0].actor->id.to_string(), ada.id);
  EXPECT_NE(found[0].data.text().find(R"("name":"Ada L.")"), std::string::npos);

  const std::string other =
      made(admin, "/api/users", R"({"name": "Bob", "email": "bob@example.com", "password": "a long password"})");
  EXPECT_EQ(backend.as(admin, Method::patch, "/api/users/" + other, R"({"age": 30})").status, 200);
  EXPECT_EQ(backend.as(admin, Method::remove, "/api/users/" + other).status, 204);
  found = events();
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0].type, "user.registered");
  EXPECT_EQ(found[1].type, "user.updated");
  EXPECT_EQ(found[2].type, "user.deleted");
  EXPECT_EQ(found[2].data.text(), R"({"id":")" + other + R"("})") << "nothing personal of who is gone";
}

TEST_F(Published, OfPostsWhenTheyBecomePublic) {
  const Person ada = backend.person("ada");
  (void)events();
  const std::string draft = made(ada, "/api/posts", R"({"title": "T", "content": "C"})");
  EXPECT_THAT(types(), IsEmpty());
  const auto patch = [&](const char* body) {
    EXPECT_EQ(backend.as(ada, Method::patch, "/api/posts/" + draft, body).status, 200);
    return types();
  };
  EXPECT_THAT(patch(R"({"title": "U"})"), IsEmpty());
  EXPECT_THAT(patch(R"({"published": true})"), ElementsAre("post.published"));
  EXPECT_THAT(patch(R"({"published": true, "title": "V"})"), IsEmpty()) << "it was public";
  EXPECT_THAT(patch(R"({"published": false})"), IsEmpty());
  EXPECT_THAT(patch(R"({"published": true})"), ElementsAre("post.published"));
  const std::string post = made(ada, "/api/posts", R"({"title": "T", "content": "C", "published": true})");
  const auto found = events();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].key, post);
}

TEST_F(Published, OfProducts) {
  const Person admin = backend.admin();
  (void)events();
  const std::string product = made(admin, "/api/products", R"({"name": "Desk", "price": "10.00", "stock": 1})");
  EXPECT_EQ(backend.as(admin, Method::patch, "/api/products/" + product, R"({"price": "12.50"})").status, 200);
  EXPECT_EQ(backend.as(admin, Method::remove, "/api/products/" + product).status, 204);
  const auto found = events();
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0].type, "product.created");
  EXPECT_EQ(found[1].type, "product.updated");
  EXPECT_NE(found[1].data.text().find(R"("price":"12.50")"), std::string::npos) << found[1].data.text();
  EXPECT_EQ(found[2].type, "product.deleted");
  for (const auto& event : found) EXPECT_EQ(event.key, product);
  EXPECT_LT(found[0].sequence, found[1].sequence);
}

TEST_F(Published, OfOrders) {
  const Person admin = backend.admin();
  const Person ada = backend.person("ada");
  const std::string product = made(admin, "/api/products", R"({"name": "Desk", "price": "10.00", "stock": 10})");
  const std::string items = R"({"items": [{"productId": ")" + product + R"(", "quantity": 2}]})";
  (void)events();
  const std::string cancelled = made(ada, "/api/orders", items);
  EXPECT_EQ(backend.as(ada, Method::post, "/api/orders/" + cancelled + "/cancel").status, 200);
  auto found = events();
  ASSERT_EQ(found.size(), 2U) << "the product's stock changes without an event of the product";
  EXPECT_EQ(found[0].type, "order.created");
  EXPECT_EQ(found[1].type, "order.cancelled");
  EXPECT_NE(found[1].data.text().find(R"("status":"cancelled")"), std::string::npos);
  EXPECT_NE(found[1].data.text().find(R"("quantity":2)"), std::string::npos);
  EXPECT_EQ(found[1].key, cancelled);

  (void)made(ada, "/api/orders", items);
  EXPECT_EQ(backend.as(admin, Method::remove, "/api/users/" + ada.id).status, 204);
  EXPECT_THAT(types(), ElementsAre("order.created", "order.cancelled", "user.deleted"));
}

TEST_F(Published, AnApiKeyIsTheActor) {
  const Person admin = backend.admin();
  const auto key = backend.as(admin, Method::post, "/api/auth/api-keys", R"({"name": "k", "permissions": ["*"]})");
  ASSERT_EQ(key.status, 201) << key.body;
  (void)events();
  (void)backend.client().send({.method = Method::post,
                               .target = "/api/products",
                               .headers = {{"Authorization", "Bearer " + key.at("/data/key")}},
                               .body = R"({"name": "Desk", "price": "10.00"})"});
  const auto found = events();
  ASSERT_EQ(found.size(), 1U);
  ASSERT_TRUE(found[0].actor);
  EXPECT_EQ(found[0].actor->kind, "api_key");
  EXPECT_EQ(found[0].actor->id.to_string(), key.at("/data/id"));
}

TEST_F(Published, TheOutboxIsShown) {
  const Person admin = backend.admin();
  const auto shown = backend.as(admin, Method::get, "/api/admin/outbox");
  ASSERT_EQ(shown.status, 200) << shown.body;
  EXPECT_EQ(shown.at("/data/oldestSequence"), "1");
}

}  // namespace
}  // namespace ashlar::backend
