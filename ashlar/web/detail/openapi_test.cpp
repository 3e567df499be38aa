// SPDX-License-Identifier: Apache-2.0
#include "ashlar/web/detail/openapi.hpp"

#include "ashlar/web/detail/test_app.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ashlar::web {
namespace {

using detail::TestApp;
using testing::HasSubstr;
using testing::Not;

struct Item {
  Uuid id;
  Text<1, 20> name;
  Nullable<Email> contact;
};
ASHLAR_DESCRIBE(Item, id, name, contact)
struct NewItem {
  Text<1, 20> name;
  std::optional<Email> contact;
};
ASHLAR_DESCRIBE(NewItem, name, contact)
struct ItemChange {
  Uuid id;
  std::optional<Text<1, 20>> name;
};
ASHLAR_DESCRIBE(ItemChange, id, name)
struct ItemList {
  Defaulted<Int<1, 100>, 20> limit;
  std::vector<std::string> tags;
  std::string shelf;
};
ASHLAR_DESCRIBE(ItemList, limit, tags, shelf)
struct ById {
  Uuid id;
};
ASHLAR_DESCRIBE(ById, id)

constexpr ErrorCode item_taken{ErrorKind::conflict, "item.taken"};

Result<api::Created<Item>> create_item(api::Call&, NewItem) { return api::Created<Item>{}; }
Result<api::Page<Item>> list_items(api::Call&, ItemList) { return api::Page<Item>{}; }
Result<Item> change_item(api::Call&, ItemChange) { return Item{}; }
Result<> drop_item(api::Call&, ById) { return {}; }
Task<Result<Uuid>> owner_of(api::Call&, Uuid id) { co_return id; }
Result<api::Bare<ById>> health(api::Call&) { return api::Bare<ById>{}; }

void mount(Routes& routes) {
  using namespace std::chrono_literals;
  routes.post("/api/items", create_item)
      .permission("create:item")
      .limit(5, 1min)
      .summary("Add an item")
      .fails_with(item_taken);
  routes.get("/api/items", list_items).open().name("listItems").tag("stock");
  routes.patch("/api/items/{id}", change_item).owner(owner_of);
  routes.remove("/api/items/{id}", drop_item).signed_in();
  routes.get("/health", health).open().essential();
  mount_docs(routes, DocsPage::yes);
}

TEST(OpenApi, DescribesOperationsAndLeavesPagesOut) {
  TestApp app(mount);
  const auto doc = app->get("/openapi.json");
  EXPECT_EQ(doc.header("Content-Type"), "application/json");
  EXPECT_EQ(doc.at("/openapi"), "3.1.0");
  EXPECT_FALSE(doc.has("/paths/~1openapi.json"));
  EXPECT_FALSE(doc.has("/paths/~1docs"));
  EXPECT_EQ(doc.at("/paths/~1api~1items/get/operationId"), "listItems");
  EXPECT_EQ(doc.at("/paths/~1api~1items/post/operationId"), "postApiItems");
  EXPECT_EQ(doc.at("/paths/~1api~1items~1{id}/delete/operationId"), "deleteApiItemsId");
  EXPECT_EQ(doc.at("/paths/~1api~1items/post/summary"), "Add an item");
  EXPECT_EQ(doc.at("/paths/~1api~1items/post/tags"), R"(["items"])");
  EXPECT_EQ(doc.at("/paths/~1api~1items/get/tags"), R"(["stock"])");
}

TEST(OpenApi, SaysWhoMayCallAndHowOften) {
  TestApp app(mount);
  const auto doc = app->get("/openapi.json");
  EXPECT_EQ(doc.at("/paths/~1api~1items/get/security"), "[]");
  EXPECT_THAT(doc.at("/paths/~1api~1items/post/security"), HasSubstr("bearerAuth"));
  EXPECT_EQ(doc.at("/paths/~1api~1items/post/x-guard"), "permission create:item");
  EXPECT_EQ(doc.at("/paths/~1api~1items/post/description"),
            "Guard: permission create:item. At most 5 requests of one client in 60 s.");
  EXPECT_EQ(doc.at("/paths/~1api~1items~1{id}/patch/x-guard"), "owner");
}

TEST(OpenApi, SplitsTheInputAsTheServerReadsIt) {
  TestApp app(mount);
  const auto doc = app->get("/openapi.json");
  EXPECT_EQ(doc.at("/paths/~1api~1items/get/parameters/0/name"), "limit");
  EXPECT_EQ(doc.at("/paths/~1api~1items/get/parameters/0/in"), "query");
  EXPECT_EQ(doc.at("/paths/~1api~1items/get/parameters/0/required"), "false");
  EXPECT_EQ(doc.at("/paths/~1api~1items/get/parameters/1/required"), "false") << "no item is an empty list";
  EXPECT_EQ(doc.at("/paths/~1api~1items/get/parameters/2/required"), "true");
  EXPECT_FALSE(doc.has("/paths/~1api~1items/get/requestBody"));

  EXPECT_EQ(doc.at("/paths/~1api~1items~1{id}/patch/parameters/0/in"), "path");
  EXPECT_FALSE(doc.has("/paths/~1api~1items~1{id}/patch/parameters/1"));
  EXPECT_EQ(doc.at("/paths/~1api~1items~1{id}/patch/requestBody/required"), "false");
  EXPECT_EQ(doc.at("/paths/~1api~1items/post/requestBody/required"), "true");
  EXPECT_TRUE(doc.has("/components/schemas/NewItem/properties/name"));
  EXPECT_TRUE(doc.has("/components/schemas/ItemChangeBody/properties/name"));
  EXPECT_FALSE(doc.has("/components/schemas/ItemChangeBody/properties/id"));
  EXPECT_TRUE(doc.has("/paths/~1api~1items/post/requestBody/content/application~1json/example/name"));
}

TEST(OpenApi, ListsTheCodesOfEveryRefusal) {
  TestApp app(mount);
  const auto doc = app->get("/openapi.json");
  const auto codes = [&](const std::string& operation, int status) {
    const std::string response = "/paths/" + operation + "/responses/" + std::to_string(status);
    return doc.has(response)
               ? doc.at(response + "/content/application~1problem+json/schema/allOf/1/properties/code/enum")
               : "";
  };
  EXPECT_EQ(codes("~1api~1items/post", 400),
            R"(["auth.cookie_repeated","request.malformed_query","request.malformed_json","request.malformed",)"
            R"("request.malformed_body"])");
  EXPECT_EQ(codes("~1api~1items/post", 401),
            R"(["auth.not_signed_in","auth.token_invalid","auth.token_expired","auth.token_revoked"])");
  EXPECT_EQ(codes("~1api~1items/post", 403), R"(["auth.forbidden","csrf.refused"])");
  EXPECT_EQ(codes("~1api~1items/post", 409), R"(["item.taken"])");
  EXPECT_EQ(codes("~1api~1items/post", 413), R"(["request.body_too_large"])");
  EXPECT_EQ(codes("~1api~1items/post", 415),
            R"(["request.unsupported_media_type","request.unsupported_content_coding"])");
  EXPECT_EQ(codes("~1api~1items/post", 406), R"(["request.not_acceptable"])");
  EXPECT_EQ(codes("~1api~1items/post", 503),
            R"(["server.overloaded","request.cancelled","connection.unread_responses"])");
  EXPECT_EQ(codes("~1api~1items/post", 504), R"(["server.deadline_exceeded"])");
  EXPECT_EQ(codes("~1health/get", 503), R"(["request.cancelled","connection.unread_responses"])");
  EXPECT_EQ(codes("~1api~1items/post", 422), R"(["request.invalid"])");
  EXPECT_EQ(codes("~1api~1items/post", 429), R"(["request.too_many_bodies","rate_limit.exceeded"])");
  EXPECT_EQ(codes("~1api~1items/post", 500), R"(["internal"])");
  EXPECT_EQ(codes("~1api~1items/get", 400),
            R"(["request.malformed_query","request.body_not_expected","request.malformed","request.malformed_body"])");
  EXPECT_EQ(codes("~1api~1items/get", 401), "");
  EXPECT_EQ(codes("~1api~1items/get", 429), "");
  EXPECT_EQ(codes("~1api~1items~1{id}/delete", 403), R"(["csrf.refused"])");
  EXPECT_EQ(codes("~1api~1items~1{id}/patch", 403), R"(["auth.forbidden","csrf.refused"])");
}

TEST(OpenApi, SaysOfTheServersLimitWhereItHolds) {
  AppOptions options;
  options.rate_limit_max = 100;
  TestApp app(mount, options);
  const auto doc = app->get("/openapi.json");
  EXPECT_TRUE(doc.has("/paths/~1api~1items/get/responses/429"));
  EXPECT_FALSE(doc.has("/paths/~1health/get/responses/429"));
}

TEST(OpenApi, ShowsRepliesInTheirEnvelopes) {
  TestApp app(mount);
  const auto doc = app->get("/openapi.json");
  const std::string created = "/paths/~1api~1items/post/responses/201/content/application~1json";
  EXPECT_EQ(doc.at(created + "/schema/properties/data/$ref"), "#/components/schemas/Item");
  EXPECT_TRUE(doc.has(created + "/example/data/id"));
  const std::string page = "/paths/~1api~1items/get/responses/200/content/application~1json";
  EXPECT_EQ(doc.at(page + "/schema/properties/data/items/$ref"), "#/components/schemas/Item");
  EXPECT_EQ(doc.at(page + "/schema/required"), R"(["data","pagination"])");
  EXPECT_TRUE(doc.has("/paths/~1api~1items~1{id}/delete/responses/204"));
  EXPECT_FALSE(doc.has("/paths/~1api~1items~1{id}/delete/responses/204/content"));
  EXPECT_EQ(doc.at("/paths/~1health/get/responses/200/content/application~1json/schema/$ref"),
            "#/components/schemas/ById");
}

TEST(DocsPage, ServesItsOwnFilesAndNothingOfOthers) {
  TestApp app(mount);
  const auto page = app->get("/docs");
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.header("Content-Type"), "text/html; charset=utf-8");
  EXPECT_THAT(page.header("Content-Security-Policy"), HasSubstr("script-src 'self'"));
  EXPECT_THAT(page.body, Not(HasSubstr("https://")));
  EXPECT_THAT(page.body, Not(HasSubstr("http://")));
  std::size_t files = 0;
  for (std::size_t at = page.body.find("\"/docs/"); at != std::string::npos; at = page.body.find("\"/docs/", at + 1)) {
    const std::string path = page.body.substr(at + 1, page.body.find('"', at + 1) - at - 1);
    EXPECT_EQ(app->get(path).status, 200) << path;
    EXPECT_GT(app->get(path).body.size(), 100U) << path;
    ++files;
  }
  EXPECT_EQ(files, 4U);
}

TEST(DocsPage, IsNotThereWhenItIsNotWanted) {
  TestApp app([](Routes& routes) { mount_docs(routes, DocsPage::no); });
  EXPECT_EQ(app->get("/openapi.json").status, 200);
  EXPECT_EQ(app->get("/docs").status, 404);
  EXPECT_EQ(app->get("/docs/docs.js").status, 404);
}

}  // namespace
}  // namespace ashlar::web
