// SPDX-License-Identifier: Apache-2.0
#include "tests/support/test_backend.hpp"

#include <gtest/gtest.h>

#include <string>

namespace ashlar::test {
namespace {

using http::Method;

const std::string good = R"({"name": "Desk", "price": "349.00"})";

Scenario invalid(std::string name, std::string request, std::string body, std::vector<std::string> faults,
                 std::string token = {}) {
  return {std::move(name),   std::move(request), std::move(body), 422,
          "request.invalid", std::move(faults),  std::move(token)};
}

// "1", "2", ...
std::string tags_upto(int count) {
  std::string out = R"("1")";
  for (int number = 2; number <= count; ++number) out += ", \"" + std::to_string(number) + '"';
  return out;
}

Person keeper(TestBackend& backend) {
  return backend.person_with("keeper", {"create:product", "update:product", "delete:product"});
}

std::string added(TestBackend& backend, const Person& who, const std::string& body) {
  backend.clock().advance(std::chrono::seconds{1});
  const auto reply = backend.as(who, Method::post, "/api/products", body);
  EXPECT_EQ(reply.status, 201) << reply.body;
  return reply.at("/data/id");
}

TEST(Products, ListRefuses) {
  TestBackend backend;
  const std::string list = "GET /api/products";
  expect_refusals(
      backend.client(),
      without_a_good_page(list, "") +
          std::vector<Scenario>{
              invalid("a malformed price", list + "?minPrice=cheap", "", {"minPrice money"}),
              invalid("three decimals", list + "?minPrice=1.005", "", {"minPrice money"}),
              invalid("a price below nothing", list + "?maxPrice=-1.00", "", {"maxPrice too_small"}),
              invalid("prices the wrong way round", list + "?minPrice=10.00&maxPrice=9.99", "", {"maxPrice too_small"}),
              invalid("a category of nothing", list + "?category=", "", {"category too_short"}),
              invalid("too long a category", list + "?category=" + std::string(61, 'c'), "", {"category too_long"}),
              invalid("a tag of nothing", list + "?tag=", "", {"tag too_short"}),
              invalid("too long a tag", list + "?tag=" + std::string(41, 't'), "", {"tag too_long"}),
              invalid("too long a search", list + "?search=" + std::string(201, 's'), "", {"search too_long"}),
              {"ill-formed UTF-8", list + "?search=%ff", "", 400, "request.malformed_query"},
          });
}

TEST(Products, AreFoundByCategoryTextAndPrice) {
  TestBackend backend;
  const Person who = keeper(backend);
  (void)added(backend, who, R"({"name": "Oak desk", "price": "349.00", "category": "furniture", "stock": 3})");
  (void)added(backend, who, R"({"name": "Lamp", "price": 12.5, "category": "light", "description": "For a DESK."})");
  (void)added(backend, who, R"({"name": "Chair", "price": 80, "category": "furniture"})");

  const auto names = [&](const std::string& query) {
    const auto reply = backend.client().get("/api/products" + query);
    EXPECT_EQ(reply.status, 200) << reply.body;
    std::string out;
    for (std::size_t i = 0; reply.has("/data/" + std::to_string(i)); ++i)
      out += reply.at("/data/" + std::to_string(i) + "/name") + "; ";
    return out + "of " + reply.at("/pagination/total");
  };
  EXPECT_EQ(names(""), "Chair; Lamp; Oak desk; of 3");
  EXPECT_EQ(names("?category=furniture"), "Chair; Oak desk; of 2");
  EXPECT_EQ(names("?category=Furniture"), "of 0");
  EXPECT_EQ(names("?search=desk"), "Lamp; Oak desk; of 2");
  EXPECT_EQ(names("?search=desk&category=light"), "Lamp; of 1");
  EXPECT_EQ(names("?minPrice=12.50&maxPrice=80"), "Chair; Lamp; of 2");
  EXPECT_EQ(names("?minPrice=12.51&maxPrice=80.00"), "Chair; of 1");
  EXPECT_EQ(names("?sort=price"), "Lamp; Chair; Oak desk; of 3");
  EXPECT_EQ(names("?sort=-price&limit=1"), "Oak desk; of 3");
  EXPECT_EQ(names("?sort=-stock&limit=1"), "Oak desk; of 3");
  EXPECT_EQ(names("?category=furniture&limit=1&page=2"), "Oak desk; of 2");
}

TEST(Products, CreateRefuses) {
  TestBackend backend;
  const Person who = keeper(backend);
  const Person eve = backend.person("eve");
  const std::string create = "POST /api/products";
  expect_refusals(
      backend.client(),
      without_a_good_token(create, good, backend.bad_tokens()) + without_a_readable_body(create, good, who.token) +
          std::vector<Scenario>{
              {"one who may not", create, good, 403, "auth.forbidden", {}, eve.token},
              invalid("nothing", create, "{}", {"/name required", "/price required"}, who.token),
              invalid("wrong types", create,
                      R"({"name": [], "price": true, "stock": "3", "category": 1, "description": {}})",
                      {"/name type", "/price type", "/stock type", "/category type", "/description type"}, who.token),
              invalid("tags that are no list", create, R"({"name": "a", "price": 1, "tags": "oak"})", {"/tags type"},
                      who.token),
              invalid("tags that are no tags", create,
                      R"({"name": "a", "price": 1, "tags": ["oak", "", 7, ")" + std::string(41, 't') + R"("]})",
                      {"/tags/1 too_short", "/tags/2 type", "/tags/3 too_long"}, who.token),
              invalid("too many tags", create, R"({"name": "a", "price": 1, "tags": [)" + tags_upto(21) + "]}",
                      {"/tags too_many_items"}, who.token),
              invalid("a price in words", create, R"({"name": "a", "price": "ten"})", {"/price money"}, who.token),
              invalid("three decimals", create, R"({"name": "a", "price": "1.005"})", {"/price money"}, who.token),
              invalid("three decimals as a number", create, R"({"name": "a", "price": 12.505})", {"/price money"},
                      who.token),
              invalid("a price below nothing", create, R"({"name": "a", "price": "-0.01"})", {"/price too_small"},
                      who.token),
              invalid("a price of a country", create, R"({"name": "a", "price": "100000000.00"})", {"/price too_large"},
                      who.token),
              invalid("less than nothing in stock", create, R"({"name": "a", "price": 1, "stock": -1})",
                      {"/stock too_small"}, who.token),
              invalid("half a piece", create, R"({"name": "a", "price": 1, "stock": 1.5})", {"/stock type"}, who.token),
              invalid("too long texts", create,
                      R"({"name": ")" + std::string(201, 'n') + R"(", "price": 1, "category": ")" +
                          std::string(61, 'c') + R"(", "description": ")" + std::string(2001, 'd') + R"("})",
                      {"/name too_long", "/category too_long", "/description too_long"}, who.token),
          });
  EXPECT_EQ(backend.client().get("/api/products").at("/pagination/total"), "0");
}

TEST(Products, AreAddedWithWhatIsGiven) {
  TestBackend backend;
  const Person who = keeper(backend);
  auto reply = backend.as(who, Method::post, "/api/products", good);
  ASSERT_EQ(reply.status, 201) << reply.body;
  EXPECT_EQ(reply.at("/data/price"), "349.00");
  EXPECT_EQ(reply.at("/data/stock"), "0");
  EXPECT_EQ(reply.at("/data/category"), "null");
  EXPECT_EQ(reply.at("/data/description"), "null");
  EXPECT_EQ(backend.client().get("/api/products/" + reply.at("/data/id")).at("/data"), reply.at("/data"));

  reply =
      backend.as(who, Method::post, "/api/products",
                 R"({"name": "Lamp", "price": 99999999.99, "stock": 7, "category": null, "description": "bright"})");
  ASSERT_EQ(reply.status, 201) << reply.body;
  EXPECT_EQ(reply.at("/data/price"), "99999999.99");
  EXPECT_EQ(reply.at("/data/stock"), "7");
  EXPECT_EQ(reply.at("/data/description"), "bright");
}

TEST(Products, HaveTags) {
  TestBackend backend;
  const Person who = keeper(backend);
  const std::string desk =
      added(backend, who, R"({"name": "Desk", "price": 1, "tags": ["oak", "new", "oak", "it's \"a\""]})");
  const std::string chair = added(backend, who, R"({"name": "Chair", "price": 1, "tags": ["oak"]})");
  const std::string full = added(backend, who, R"({"name": "Full", "price": 1, "tags": [)" + tags_upto(20) + "]}");
  const auto found = [&](const std::string& query) {
    const auto reply = backend.client().get("/api/products" + query);
    EXPECT_EQ(reply.status, 200) << reply.body;
    return reply.at("/data") == "[]" ? "" : reply.at("/data/0/name") + " of " + reply.at("/pagination/total");
  };
  EXPECT_EQ(backend.client().get("/api/products/" + desk).at("/data/tags"), R"(["oak","new","it's \"a\""])");
  EXPECT_EQ(found("?tag=oak"), "Chair of 2");
  EXPECT_EQ(found("?tag=oak&sort=createdAt"), "Desk of 2");
  EXPECT_EQ(found("?tag=new"), "Desk of 1");
  EXPECT_EQ(found("?tag=it%27s+%22a%22"), "Desk of 1");
  EXPECT_EQ(found("?tag=oa"), "") << "a whole tag";
  EXPECT_EQ(found("?tag=Oak"), "") << "with its case";
  EXPECT_EQ(found("?tag=20"), "Full of 1");
  EXPECT_EQ(found("?tag=oak&search=desk&maxPrice=1"), "Desk of 1");

  const std::string path = "/api/products/" + desk;
  EXPECT_EQ(backend.as(who, Method::patch, path, R"({"price": 2})").at("/data/tags/0"), "oak") << "absent: as before";
  EXPECT_EQ(backend.as(who, Method::patch, path, R"({"tags": ["pine"]})").at("/data/tags"), R"(["pine"])");
  EXPECT_EQ(found("?tag=new"), "");
  EXPECT_EQ(found("?tag=pine"), "Desk of 1");
  EXPECT_EQ(backend.as(who, Method::patch, path, R"({"tags": []})").at("/data/tags"), "[]");
  EXPECT_EQ(backend.as(who, Method::patch, path, R"({"tags": null})").status, 422);
  EXPECT_EQ(backend.client().get("/api/products/" + chair).at("/data/tags"), R"(["oak"])");
  EXPECT_EQ(backend.as(who, Method::remove, "/api/products/" + full).status, 204);
  EXPECT_EQ(found("?tag=20"), "");
}

TEST(Product, Refuses) {
  TestBackend backend;
  const Person who = keeper(backend);
  const Person creator = backend.person_with("creator", {"create:product"});
  const std::string path = "/api/products/" + added(backend, who, good);
  const BadTokens bad = backend.bad_tokens();
  const std::string patch = R"({"price": "1.00"})";
  expect_refusals(
      backend.client(),
      without_a_good_id("GET /api/products/", "", "", "product.not_found") +
          without_a_good_id("PATCH /api/products/", patch, who.token, "product.not_found") +
          without_a_good_id("DELETE /api/products/", "", who.token, "product.not_found") +
          without_a_good_token("PATCH " + path, patch, bad) + without_a_good_token("DELETE " + path, "", bad) +
          without_a_readable_body("PATCH " + path, patch, who.token) +
          std::vector<Scenario>{
              {"one who may only create, changing", "PATCH " + path, patch, 403, "auth.forbidden", {}, creator.token},
              {"one who may only create, removing", "DELETE " + path, "", 403, "auth.forbidden", {}, creator.token},
              invalid("null for what must be", "PATCH " + path, R"({"name": null, "price": null, "stock": null})",
                      {"/name null", "/price null", "/stock null"}, who.token),
              invalid("a malformed price", "PATCH " + path, R"({"price": "1,00"})", {"/price money"}, who.token),
              {"another method", "PUT " + path, good, 405, "route.method_not_allowed", {}, who.token},
          });
  EXPECT_EQ(backend.client().get(path).at("/data/price"), "349.00");
}

TEST(Product, IsChangedAndRemoved) {
  TestBackend backend;
  const Person who = keeper(backend);
  const std::string path =
      "/api/products/" +
      added(backend, who, R"({"name": "Desk", "price": 349, "category": "furniture", "description": "oak"})");
  const auto reply = backend.as(who, Method::patch, path, R"({"price": "299.99", "category": null, "stock": 5})");
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(reply.at("/data/price"), "299.99");
  EXPECT_EQ(reply.at("/data/category"), "null");
  EXPECT_EQ(reply.at("/data/description"), "oak");
  EXPECT_EQ(reply.at("/data/stock"), "5");
  EXPECT_EQ(backend.client().get(path).at("/data"), reply.at("/data"));
  EXPECT_EQ(backend.as(who, Method::remove, path).status, 204);
  EXPECT_EQ(backend.client().get(path).status, 404);
}

}  // namespace
}  // namespace ashlar::test
