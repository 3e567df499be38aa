// SPDX-License-Identifier: Apache-2.0
// Drives each refusal and failure through routes, and looks up its status and its code in the OpenAPI document.
#include "ashlar/http/errors.hpp"
#include "ashlar/web/detail/documented_problems.hpp"
#include "ashlar/web/detail/test_app.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace ashlar::web {
namespace {

using namespace std::chrono_literals;
using detail::TestApp;
using http::Method;

struct Item {
  Uuid id;
  Text<1, 20> name;
};
ASHLAR_DESCRIBE(Item, id, name)
struct NewItem {
  Text<1, 20> name;
};
ASHLAR_DESCRIBE(NewItem, name)
struct ById {
  Uuid id;
};
ASHLAR_DESCRIBE(ById, id)
struct Listing {
  Defaulted<Int<1, 100>, 20> limit;
};
ASHLAR_DESCRIBE(Listing, limit)
struct Health {
  std::string status;
};
ASHLAR_DESCRIBE(Health, status)

constexpr ErrorCode item_taken{ErrorKind::conflict, "item.taken"};
constexpr ErrorCode store_away{ErrorKind::unavailable, "store.away"};

Result<api::Created<Item>> create_item(api::Call& call, NewItem in) {
  if (in.name == Text<1, 20>::of("taken")) return fail(item_taken, "It is there already.");
  if (in.name == Text<1, 20>::of("away")) return fail(store_away, "The store is unreachable.");
  if (in.name == Text<1, 20>::of("broken")) throw std::runtime_error("a bug");
  return api::Created<Item>{{call.new_id(), in.name}};
}
Result<Item> get_item(api::Call&, ById in) { return Item{in.id, Text<1, 20>::of("lamp")}; }
Result<api::Page<Item>> list_items(api::Call&, Listing) { return api::Page<Item>{}; }
Result<> subscribe(api::Call&, NewItem) { return {}; }
Result<> ping(api::Call&) { return {}; }
Result<api::Bare<Health>> unwell(api::Call&) {
  return api::Bare<Health>{{"no"}, api::Bare<Health>::Service::unavailable};
}

void mount(Routes& routes) {
  routes.post("/items", create_item).permission("create:item").fails_with(item_taken);
  routes.get("/items", list_items).open().limit(50, 1min);
  routes.get("/items/{id}", get_item).open().etag();
  routes.post("/subscribe", subscribe).open().forms();
  routes.post("/ping", ping).open();
  routes.post("/recent", ping).signed_in().fresh(5min);
  routes.get("/ready", unwell).open().essential().may_be_unavailable();
  mount_docs(routes, DocsPage::no);
}

AppOptions options_of_tests() {
  AppOptions out;
  out.operation_errors = {store_away};
  return out;
}

// The operation's pointer below /paths of the document.
testing::AssertionResult is_documented(TestApp& app, const std::string& operation, int status,
                                       const std::string& code) {
  const auto doc = app->get("/openapi.json");
  std::string response = "/paths/" + operation + "/responses/" + std::to_string(status);
  if (!doc.has(response)) return testing::AssertionFailure() << operation << " lists no " << status;
  if (doc.has(response + "/$ref")) response = doc.at(response + "/$ref").substr(1);
  const std::string codes = doc.at(response + "/content/application~1problem+json/schema/allOf/1/properties/code/enum");
  if (codes.contains('"' + code + '"')) return testing::AssertionSuccess();
  return testing::AssertionFailure() << operation << ' ' << status << " lists " << codes << ", not " << code;
}

testing::AssertionResult is_documented(TestApp& app, const std::string& operation, const TestReply& reply) {
  return is_documented(app, operation, reply.status, reply.at("/code"));
}

const std::string id = "01234567-89ab-7def-8123-456789abcdef";
const std::string create = "~1items/post";
const std::string list = "~1items/get";
const std::string get = "~1items~1{id}/get";
const std::string subscribe_to = "~1subscribe/post";
const std::string ping_to = "~1ping/post";

TEST(OpenApiProblems, ListsEveryRefusalOfARoute) {
  TestApp app(mount, options_of_tests());
  const std::string token = app.token_of("user", {"create:item"});
  const std::pair<std::string, std::string> bearer{"Authorization", "Bearer " + token};
  const std::pair<std::string, std::string> other_site{"Sec-Fetch-Site", "cross-site"};
  struct Scenario {
    std::string operation;
    int status;
    std::string code;
    TestRequest request;
  };
  const std::vector<Scenario> scenarios = {
      {create, 401, "auth.not_signed_in", {Method::post, "/items", {}, "{}"}},
      {create, 401, "auth.token_invalid", {Method::post, "/items", {{"Authorization", "Bearer x"}}, "{}"}},
      {create,
       400,
       "auth.cookie_repeated",
       {Method::post, "/items", {{"Cookie", "accessToken=a; accessToken=b"}}, "{}"}},
      {"~1recent/post", 401, "auth.step_up_required", {Method::post, "/recent", {bearer}, {}}},
      {create,
       403,
       "auth.forbidden",
       {Method::post, "/items", {{"Authorization", "Bearer " + app.token_of("user")}}, "{}"}},
      {create, 403, "csrf.refused", {Method::post, "/items", {{"Cookie", "accessToken=" + token}, other_site}, "{}"}},
      {create, 406, "request.not_acceptable", {Method::post, "/items", {bearer, {"Accept-Encoding", "*;q=0"}}, "{}"}},
      {create, 400, "request.malformed_json", {Method::post, "/items", {bearer}, "{"}},
      {create, 400, "request.malformed_query", {Method::post, "/items?%zz", {bearer}, "{}"}},
      {create, 413, "request.body_too_large", {Method::post, "/items", {bearer}, std::string(100'000, ' ')}},
      {create, 415, "request.unsupported_media_type", {Method::post, "/items", {bearer}, "{}", "text/plain"}},
      {create,
       415,
       "request.unsupported_content_coding",
       {Method::post, "/items", {bearer, {"Content-Encoding", "gzip"}}, "{}"}},
      {create, 422, "request.invalid", {Method::post, "/items", {bearer}, "{}"}},
      {create, 409, "item.taken", {Method::post, "/items", {bearer}, R"({"name":"taken"})"}},
      {create, 503, "store.away", {Method::post, "/items", {bearer}, R"({"name":"away"})"}},
      {create, 500, "internal", {Method::post, "/items", {bearer}, R"({"name":"broken"})"}},
      {list, 400, "request.malformed_query", {Method::get, "/items?limit=%zz", {}, {}}},
      {list, 400, "request.body_not_expected", {Method::get, "/items", {}, "{}"}},
      {list, 422, "request.invalid", {Method::get, "/items?limit=0", {}, {}}},
      {list, 406, "request.not_acceptable", {Method::get, "/items", {{"Accept-Encoding", "*;q=0"}}, {}}},
      {get, 400, "request.malformed_path", {Method::get, "/items/%zz", {}, {}}},
      {get, 412, "request.precondition_failed", {Method::get, "/items/" + id, {{"If-Match", "\"other\""}}, {}}},
      {get, 422, "request.invalid", {Method::get, "/items/12", {}, {}}},
      {subscribe_to,
       400,
       "request.malformed_form",
       {Method::post, "/subscribe", {}, "name=%zz", "application/x-www-form-urlencoded"}},
      {subscribe_to,
       400,
       "request.malformed_multipart",
       {Method::post, "/subscribe", {}, "x", "multipart/form-data; boundary=b"}},
      {subscribe_to,
       403,
       "csrf.refused",
       {Method::post, "/subscribe", {{"Cookie", "refreshToken=" + token}, other_site}, R"({"name":"a"})"}},
      {ping_to, 400, "request.malformed_json", {Method::post, "/ping", {}, "{"}},
      {ping_to, 415, "request.unsupported_media_type", {Method::post, "/ping", {}, "x", "text/plain"}},
      {ping_to, 422, "request.invalid", {Method::post, "/ping?x=1", {}, {}}},
  };
  for (const auto& [operation, status, code, request] : scenarios) {
    const auto reply = app->send(request);
    EXPECT_EQ(reply.status, status) << operation << ' ' << code;
    EXPECT_EQ(reply.at("/code"), code) << operation;
    EXPECT_TRUE(is_documented(app, operation, reply));
  }
}

TEST(OpenApiProblems, ListsTheRefusalsUnderLoad) {
  AppOptions options = options_of_tests();
  bool full = false;
  options.overload.queues.push_back(
      {.name = "test", .waiting = [&full] { return std::size_t{full ? 2U : 0U}; }, .waiting_max = 1});
  TestApp app(mount, options);
  for (int i = 0; i < 50; ++i) EXPECT_EQ(app->get("/items").status, 200);
  const auto limited = app->get("/items");
  EXPECT_EQ(limited.status, 429);
  EXPECT_TRUE(is_documented(app, list, limited));
  full = true;
  app.clock.advance(1min);
  const auto overloaded = app->get("/items");
  EXPECT_EQ(overloaded.at("/code"), "server.overloaded");
  EXPECT_EQ(overloaded.status, 503);
  full = false;
  app.clock.advance(1min);
  EXPECT_TRUE(is_documented(app, list, overloaded));
  EXPECT_FALSE(is_documented(app, "~1ready/get", overloaded)) << "an essential route is never refused for overload";
}

TEST(OpenApiProblems, ListsWhatTheConnectionRefusesForEveryRoute) {
  TestApp app(mount, options_of_tests());
  for (const auto& [status, codes] : detail::connection_problems()) {
    for (const std::string_view code : codes) {
      for (const std::string& operation : {create, list, get, subscribe_to, ping_to})
        EXPECT_TRUE(is_documented(app, operation, status, std::string(code)));
    }
  }
  EXPECT_TRUE(is_documented(app, list, 414, std::string(http::errors::target_too_long.name)));
  EXPECT_TRUE(is_documented(app, list, 431, std::string(http::errors::headers_too_large.name)));
  EXPECT_TRUE(is_documented(app, list, 504, "server.deadline_exceeded"));
}

TEST(OpenApiProblems, HasNoSharedResponseThatNoRouteRefersTo) {
  TestApp app([](Routes& routes) {
    routes.get("/ready", unwell).open().essential().may_be_unavailable();
    mount_docs(routes, DocsPage::no);
  });
  const auto doc = app->get("/openapi.json");
  for (const auto& [status, codes] : detail::connection_problems()) {
    const std::string path = "/components/responses/http." + std::to_string(status);
    EXPECT_EQ(doc.has(path), doc.body.contains('#' + path)) << path;
  }
}

TEST(OpenApiProblems, ShowsTheReportOfAServiceThatIsUnavailable) {
  TestApp app(mount, options_of_tests());
  EXPECT_EQ(app->get("/ready").status, 503);
  EXPECT_EQ(app->get("/ready").at("/status"), "no");
  const auto doc = app->get("/openapi.json");
  EXPECT_EQ(doc.at("/paths/~1ready/get/responses/503/content/application~1json/schema/$ref"),
            "#/components/schemas/Health");
  EXPECT_FALSE(doc.has("/paths/~1items/get/responses/503/content/application~1json"));
}

TEST(OpenApiProblems, ShowsWhere201NamesWhatItCreated) {
  TestApp app(mount, options_of_tests());
  app->use_bearer(app.token_of("user", {"create:item"}));
  const auto created = app->post("/items", R"({"name":"lamp"})");
  EXPECT_EQ(created.status, 201);
  EXPECT_EQ(created.header("Location"), "/items/" + created.at("/data/id"));
  EXPECT_EQ(app->get(created.header("Location")).status, 200);
  EXPECT_EQ(app->get("/items/" + id).header("Location"), "");
  EXPECT_TRUE(app->get("/openapi.json").has("/paths/~1items/post/responses/201/headers/Location"));
}

}  // namespace
}  // namespace ashlar::web
