// SPDX-License-Identifier: Apache-2.0
#include "ashlar/web/app.hpp"

#include "ashlar/http/errors.hpp"
#include "ashlar/web/detail/test_app.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <thread>

namespace ashlar::web {
namespace {

using detail::TestApp;
using http::Method;
using testing::HasSubstr;
using testing::Not;

struct Thing {
  Uuid id;
  std::string name;
};
ASHLAR_DESCRIBE(Thing, id, name)
struct ById {
  Uuid id;
};
ASHLAR_DESCRIBE(ById, id)
struct Listing {
  Defaulted<Int<1, 1000>, 1> page;
};
ASHLAR_DESCRIBE(Listing, page)

constexpr ErrorCode thing_taken{ErrorKind::conflict, "thing.taken"};
constexpr ErrorCode store_away{ErrorKind::unavailable, "store.away"};

Result<Thing> get_thing(api::Call&, ById in) { return Thing{in.id, "lamp \"x\""}; }
Result<api::Created<Thing>> make_thing(api::Call& call) { return api::Created<Thing>{{call.new_id(), "lamp"}}; }
Result<api::Accepted<Thing>> queue_thing(api::Call& call) { return api::Accepted<Thing>{{call.new_id(), "lamp"}}; }
Result<> drop_thing(api::Call&, ById) { return {}; }
Task<Result<api::Page<Thing>>> list_things(api::Call& call, Listing in) {
  co_return api::Page<Thing>{
      .items = {{call.new_id(), "a"}, {call.new_id(), "b"}}, .page = in.page.value(), .limit = 2, .total = 5};
}
Result<api::Bare<Listing>> bare(api::Call&) { return api::Bare<Listing>{{}, api::Bare<Listing>::Service::unavailable}; }
Result<Thing> conflict(api::Call&) { return fail(thing_taken, "There is one already."); }
Task<Result<Thing>> away(api::Call&) {
  co_return std::unexpected(
      Error(store_away, "Try again.").with_retry_after(std::chrono::seconds(7)).with_cause("no route to db1"));
}
Result<Thing> throws(api::Call&) { throw std::runtime_error("secret detail"); }
Task<Result<Thing>> throws_later(api::Call&) {
  throw std::runtime_error("secret detail");
  co_return Thing{};
}
Result<Thing> throws_oddly(api::Call&) { throw 7; }

void mount(Routes& routes) {
  routes.get("/things", list_things).open();
  routes.post("/things", make_thing).open();
  routes.get("/things/{id}", get_thing).open();
  routes.remove("/things/{id}", drop_thing).open();
  routes.post("/queue", queue_thing).open();
  routes.get("/bare", bare).open();
  routes.get("/conflict", conflict).open();
  routes.get("/away", away).open();
  routes.get("/throws", throws).open();
  routes.get("/throws-later", throws_later).open();
  routes.get("/throws-oddly", throws_oddly).open();
  mount_metrics(routes);
}

TEST(App, AnswersEveryKindOfErrorAsAProblem) {
  TestApp app(mount);
  struct Case {
    Method method;
    std::string target;
    int status;
    std::string code, title;
  };
  const std::vector<Case> cases = {
      {Method::get, "/nothing", 404, "route.not_found", "Not Found"},
      {Method::get, "/things/", 404, "route.not_found", "Not Found"},
      {Method::get, "//things", 404, "route.not_found", "Not Found"},
      {Method::put, "/things", 405, "route.method_not_allowed", "Method Not Allowed"},
      {Method::trace, "/things", 405, "route.method_not_allowed", "Method Not Allowed"},
      {Method::other, "/things", 405, "route.method_not_allowed", "Method Not Allowed"},
      {Method::get, "/things/12", 422, "request.invalid", "Unprocessable"},
      {Method::get, "/things/%zz", 400, "request.malformed_path", "Bad Request"},
      {Method::get, "/things/%00", 400, "request.malformed_path", "Bad Request"},
      {Method::get, "/things?page=%f", 400, "request.malformed_query", "Bad Request"},
      {Method::get, "/conflict", 409, "thing.taken", "Conflict"},
      {Method::get, "/away", 503, "store.away", "Service Unavailable"},
      {Method::get, "/throws", 500, "internal", "Internal Server Error"},
      {Method::get, "/throws-later", 500, "internal", "Internal Server Error"},
      {Method::get, "/throws-oddly", 500, "internal", "Internal Server Error"},
  };
  for (const auto& c : cases) {
    const auto reply = app->send({c.method, c.target, {{"X-Request-Id", "r-1"}}, {}});
    EXPECT_EQ(reply.status, c.status) << c.target;
    EXPECT_EQ(reply.header("Content-Type"), "application/problem+json") << c.target;
    EXPECT_EQ(reply.at("/code"), c.code) << c.target;
    EXPECT_EQ(reply.at("/status"), std::to_string(c.status));
    EXPECT_THAT(reply.at("/title"), HasSubstr(c.title)) << c.target;
    EXPECT_EQ(reply.at("/type"), "about:blank");
    EXPECT_EQ(reply.at("/instance"), c.target.substr(0, c.target.find('?')));
    EXPECT_EQ(reply.at("/requestId"), "r-1");
    EXPECT_FALSE(reply.at("/detail").empty());
    EXPECT_EQ(reply.header("X-Content-Type-Options"), "nosniff") << "errors carry the security headers, too";
  }
}

TEST(App, ShowsNothingOfTheInsideButLogsIt) {
  TestApp app(mount);
  for (const std::string target : {"/throws", "/throws-later", "/throws-oddly", "/away"}) {
    const auto reply = app->get(target);
    EXPECT_THAT(reply.body, Not(HasSubstr("secret detail")));
    EXPECT_THAT(reply.body, Not(HasSubstr("db1")));
  }
  EXPECT_THAT(app.log_lines(), HasSubstr("secret detail"));
  EXPECT_THAT(app.log_lines(), HasSubstr("no route to db1"));
  EXPECT_EQ(app->get("/away").header("Retry-After"), "7");
}

TEST(App, NamesTheMethodsThatAPathTakes) {
  TestApp app(mount);
  EXPECT_EQ(app->send({Method::put, "/things", {}, {}}).header("Allow"), "GET, HEAD, POST, OPTIONS");
  const auto options = app->send({Method::options, "/things/1", {}, {}});
  EXPECT_EQ(options.status, 204);
  EXPECT_EQ(options.header("Allow"), "GET, HEAD, DELETE, OPTIONS");
  EXPECT_EQ(options.body, "");
  EXPECT_EQ(app->send({Method::options, "*", {}, {}}).status, 204);
  EXPECT_EQ(app->send({Method::options, "/nothing", {}, {}}).status, 404);
}

TEST(App, AnswersHeadAsGetWithoutTheBody) {
  TestApp app(mount);
  const auto head = app->send({Method::head, "/things", {}, {}});
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.header("Content-Type"), "application/json");
  EXPECT_EQ(head.body, "");
  EXPECT_EQ(app->send({Method::head, "/nothing", {}, {}}).status, 404);
}

TEST(App, WordsEachKindOfReply) {
  TestApp app(mount);
  const std::string id = TestApp::user_id.to_string();
  EXPECT_EQ(app->get("/things/" + id).body, R"({"data":{"id":")" + id + R"(","name":"lamp \"x\""}})");
  EXPECT_EQ(app->get("/things/" + id).header("Content-Type"), "application/json");
  EXPECT_EQ(app->post("/things", {}).status, 201);
  EXPECT_EQ(app->post("/things", {}).at("/data/name"), "lamp");
  EXPECT_EQ(app->post("/queue", {}).status, 202);

  const auto list = app->get("/things?page=2");
  EXPECT_EQ(list.status, 200);
  EXPECT_EQ(list.at("/data/1/name"), "b");
  EXPECT_EQ(list.at("/pagination"), R"({"page":2,"limit":2,"total":5,"pages":3})");

  const auto none = app->remove("/things/" + id);
  EXPECT_EQ(none.status, 204);
  EXPECT_EQ(none.body, "");
  EXPECT_EQ(none.header("Content-Type"), "");

  const auto plain = app->get("/bare");
  EXPECT_EQ(plain.status, 503);
  EXPECT_EQ(plain.body, R"({"page":1})");
}

TEST(App, EchoesARequestIdThatIsWellFormedAndMakesOneOtherwise) {
  TestApp app(mount);
  const auto id_for = [&](std::string offered) {
    return app->send({Method::get, "/things", {{"X-Request-Id", std::move(offered)}}, {}}).header("X-Request-Id");
  };
  EXPECT_EQ(id_for("Ab-9._z"), "Ab-9._z");
  EXPECT_EQ(id_for(std::string(128, 'x')), std::string(128, 'x'));
  for (const std::string wrong : {"", "a b", "a\"b", "<script>", "\xc3\xa9", "a/b"})
    EXPECT_EQ(id_for(wrong).size(), 32U) << wrong;
  EXPECT_EQ(id_for(std::string(129, 'x')).size(), 32U);
  EXPECT_NE(app->get("/things").header("X-Request-Id"), app->get("/things").header("X-Request-Id"));
}

TEST(App, SetsTheSecurityHeaders) {
  TestApp app(mount);
  for (const auto& reply : {app->get("/things"), app->get("/nothing"), app->get("/throws"), app->get("/metrics")}) {
    EXPECT_THAT(reply.header("Content-Security-Policy"), HasSubstr("default-src 'self'"));
    EXPECT_EQ(reply.header("X-Frame-Options"), "DENY");
    EXPECT_EQ(reply.header("X-Content-Type-Options"), "nosniff");
    EXPECT_EQ(reply.header("Referrer-Policy"), "no-referrer");
    EXPECT_EQ(reply.header("Strict-Transport-Security"), "") << "not over plain HTTP";
    EXPECT_EQ(std::ranges::count(reply.headers, "X-Frame-Options", [](const auto& field) { return field.first; }), 1);
  }
}

TEST(App, ShapesWhatNeverBecameARequest) {
  AppOptions options;
  options.cors.origins = {"https://shop.example"};
  options.trusted_proxies.networks = {"10.0.0.0/8"};
  TestApp app(mount, options);
  http::Request request;
  request.peer_address = "10.0.0.1";
  request.headers.add("Origin", "https://shop.example");
  request.headers.add("X-Forwarded-For", "192.0.2.7");
  http::Response response;
  app.app().reject(431, Error(http::errors::headers_too_large, "The header lines are too long."), request, response);
  EXPECT_EQ(response.headers.find("Access-Control-Allow-Origin"), "https://shop.example");
  EXPECT_EQ(response.headers.find("Vary"), "Origin");
  EXPECT_THAT(app.log_lines(), HasSubstr(R"("address":"192.0.2.7")"));
  EXPECT_EQ(response.status, 431);
  EXPECT_THAT(response.body, HasSubstr(R"("code":"request.headers_too_large")"));
  EXPECT_EQ(response.headers.find("Content-Type"), "application/problem+json");
  EXPECT_EQ(response.headers.find("X-Request-Id").value_or("").size(), 32U);
  EXPECT_THAT(app.log_lines(), HasSubstr("request.headers_too_large"));
}

TEST(App, LimitsRequestsByClientAndRoute) {
  AppOptions options;
  options.rate_limit_max = 3;
  TestApp app(
      [](Routes& routes) {
        mount(routes);
        routes.get("/health", bare).open().essential();
        routes.get("/health/live", bare).open().essential();
        routes.get("/healthy", bare).open();
        routes.get("/rare", bare).open().limit(1, std::chrono::seconds(10));
      },
      options);
  EXPECT_EQ(app->get("/things").header("RateLimit-Remaining"), "2");
  EXPECT_EQ(app->get("/rare").header("RateLimit-Remaining"), "0") << "the tighter of the two";
  const auto own = app->get("/rare");
  EXPECT_EQ(own.status, 429);
  EXPECT_EQ(own.at("/code"), "rate_limit.exceeded");
  EXPECT_EQ(own.header("Retry-After"), "10");
  EXPECT_EQ(own.header("RateLimit-Limit"), "1");

  const auto refused = app->get("/things");
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.header("RateLimit-Limit"), "3");
  EXPECT_EQ(refused.header("RateLimit-Remaining"), "0");
  EXPECT_EQ(refused.header("RateLimit-Reset"), "60");
  EXPECT_EQ(app->get("/healthy").status, 429);
  for (const std::string health : {"/health", "/health/live"}) {
    EXPECT_EQ(app->get(health).status, 503) << "what the operation says";
    EXPECT_EQ(app->get(health).header("RateLimit-Limit"), "") << "never counted";
  }
  app->use_peer_address("192.0.2.7");
  EXPECT_EQ(app->get("/things").status, 200) << "another client";
  app->use_peer_address("127.0.0.1");
  app.clock.advance(std::chrono::milliseconds(59'999));
  EXPECT_EQ(app->get("/things").status, 429);
  app.clock.advance(std::chrono::milliseconds(1));
  EXPECT_EQ(app->get("/things").status, 200);
}

TEST(App, ServesManyLoopsAtOnce) {
  AppOptions options;
  options.rate_limit_max = 1'000'000;
  TestApp app(mount, options);
  std::atomic<int> right = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      TestClient client(app.app());
      for (int i = 0; i < 50; ++i) {
        right += client.get("/things").status == 200 ? 1 : 0;
        right += client.get("/nothing").status == 404 ? 1 : 0;
        right += client.get("/throws-later").status == 500 ? 1 : 0;
        right += client.get("/metrics").status == 200 ? 1 : 0;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(right, 4 * 50 * 4);
  EXPECT_THAT(app->get("/metrics").body, HasSubstr("route=\"/things\",status=\"2xx\"} 200\n"));
}

}  // namespace
}  // namespace ashlar::web
