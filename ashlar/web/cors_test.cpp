// SPDX-License-Identifier: Apache-2.0
#include "ashlar/web/cors.hpp"

#include "ashlar/web/detail/test_app.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

namespace ashlar::web {
namespace {

using detail::TestApp;
using http::Method;
using testing::HasSubstr;
using Credentials = CorsOptions::Credentials;

constexpr const char* shop = "https://shop.example";

struct Thing {
  std::string name;
};
ASHLAR_DESCRIBE(Thing, name)
Result<Thing> get_thing(api::Call&) { return Thing{"lamp"}; }
Result<Thing> make_thing(api::Call&) { return Thing{"lamp"}; }
Result<Thing> throws(api::Call&) { throw std::runtime_error("inside"); }

void mount(Routes& routes) {
  routes.get("/things", get_thing).open();
  routes.post("/things", make_thing).open();
  routes.get("/throws", throws).open();
  routes.get("/mine", get_thing).signed_in();
  routes.get("/public", get_thing).open().cors({.origins = {"*"}});
  routes.get("/private", get_thing).open().cors({});
  routes.get("/partner", get_thing).open().cors({.origins = {"https://partner.example"}});
}

AppOptions for_shop(Credentials credentials = Credentials::yes) {
  AppOptions options;
  options.cors.origins = {shop, "http://localhost:5173"};
  options.cors.credentials = credentials;
  return options;
}

TestReply get(TestApp& app, std::string target, std::string origin) {
  return app->send({Method::get, std::move(target), {{"Origin", std::move(origin)}}, {}});
}
TestReply preflight(TestApp& app, std::string target, std::string origin, std::string method) {
  return app->send({Method::options,
                    std::move(target),
                    {{"Origin", std::move(origin)},
                     {"Access-Control-Request-Method", std::move(method)},
                     {"Access-Control-Request-Headers", "x-secret-header"}},
                    {}});
}
std::string cors_fields(const TestReply& reply) {
  std::string out;
  for (const auto& [name, value] : reply.headers)
    if (name.starts_with("Access-Control-")) out += name + ": " + value + '\n';
  return out;
}

TEST(Cors, RefusesOptionsThatAreUnsafeOrNoOrigins) {
  const auto fault = [](CorsOptions options) { return CorsPolicy::validate(options).value_or(""); };
  EXPECT_THAT(fault({.origins = {"*"}, .credentials = Credentials::yes}), HasSubstr("with credentials"));
  EXPECT_THAT(fault({.origins = {"*", shop}}), HasSubstr("remove the others"));
  EXPECT_THAT(fault({.origins = {"null"}}), HasSubstr("any page can have"));
  for (const std::string wrong : {"",
                                  "shop.example",
                                  "https://",
                                  "https://shop.example/",
                                  "https://shop.example/app",
                                  "https://Shop.example",
                                  "HTTPS://shop.example",
                                  "https://shop.example:443",
                                  "http://shop.example:80",
                                  "https://shop.example:",
                                  "https://shop.example:0443",
                                  "https://shop.example:x",
                                  "https://*.shop.example",
                                  "https://a@shop.example",
                                  "https://shop.example, https://b.example",
                                  "https://shop.example\r\nX: y",
                                  "//shop.example",
                                  "https://[::1",
                                  "https://[::1]x",
                                  "https://sh\xc3\xb6p.example"})
    EXPECT_THAT(fault({.origins = {wrong}}), HasSubstr("is not an origin")) << wrong;
  EXPECT_THAT(fault({.origins = {shop}, .headers_allowed = {"*"}}), HasSubstr("name each"));
  EXPECT_THAT(fault({.origins = {shop}, .headers_exposed = {"a b"}}), HasSubstr("not a header name"));
  EXPECT_THAT(fault({.origins = {shop}, .preflight_age_max = std::chrono::seconds(-1)}), HasSubstr("negative"));
  for (const std::string right : {"https://shop.example", "http://localhost:5173", "https://shop.example:8443",
                                  "http://127.0.0.1:3000", "https://[::1]:8443", "capacitor://localhost"})
    EXPECT_EQ(fault({.origins = {right}}), "") << right;
}

TEST(Cors, IsCheckedAtStartWithTheLine) {
  AppOptions everybody;
  everybody.cors = {.origins = {"*"}, .credentials = Credentials::yes};
  EXPECT_THROW(TestApp(mount, everybody), std::logic_error);
  try {
    TestApp app([](Routes& routes) { routes.get("/x", get_thing).open().cors({.origins = {"null"}}); });
    FAIL() << "it was taken";
  } catch (const std::logic_error& error) {
    EXPECT_THAT(error.what(), HasSubstr("GET /x: cors: "));
  }
}

TEST(Cors, NeverReflectsAnOriginThatIsNotAllowed) {
  TestApp app(mount, for_shop());
  for (const std::string origin :
       {"https://evil.example", "null", "https://shop.example.evil.example", "https://evilshop.example",
        "http://shop.example", "https://shop.example:444", "https://SHOP.example", "https://shop.example/", "*",
        "https://shop.exampl", "https://sub.shop.example", "https://shop.example https://evil.example"}) {
    const auto reply = get(app, "/things", origin);
    EXPECT_EQ(reply.status, 200) << "the browser refuses, not the server";
    EXPECT_EQ(cors_fields(reply), "") << origin;
    EXPECT_EQ(reply.header("Vary"), "Origin") << "a cache must not give the shop this answer";
    const auto asked = preflight(app, "/things", origin, "POST");
    EXPECT_EQ(asked.status, 204);
    EXPECT_EQ(cors_fields(asked), "") << origin;
  }
}

TEST(Cors, IsAbsentByDefault) {
  TestApp app([](Routes& routes) { routes.get("/things", get_thing).open(); });
  const auto reply = get(app, "/things", shop);
  EXPECT_EQ(cors_fields(reply), "");
  EXPECT_EQ(reply.header("Vary"), "");
  EXPECT_EQ(cors_fields(preflight(app, "/things", shop, "GET")), "");
}

TEST(Cors, LetsAnAllowedOriginReadEveryAnswerErrorsToo) {
  TestApp app(mount, for_shop());
  for (const std::string target : {"/things", "/throws", "/nothing", "/mine"}) {
    const auto reply = get(app, target, shop);
    EXPECT_EQ(reply.header("Access-Control-Allow-Origin"), shop) << target;
    EXPECT_EQ(reply.header("Access-Control-Allow-Credentials"), "true") << target;
    EXPECT_THAT(reply.header("Access-Control-Expose-Headers"), HasSubstr("X-Request-Id")) << target;
    EXPECT_THAT(reply.header("Access-Control-Expose-Headers"), HasSubstr("RateLimit-Remaining")) << target;
    EXPECT_EQ(reply.header("Vary"), "Origin") << target;
    EXPECT_EQ(
        std::ranges::count(reply.headers, "Access-Control-Allow-Origin", [](const auto& field) { return field.first; }),
        1)
        << target;
  }
  EXPECT_EQ(get(app, "/things", "http://localhost:5173").header("Access-Control-Allow-Origin"),
            "http://localhost:5173");
  const auto without = app->get("/things");
  EXPECT_EQ(cors_fields(without), "");
  EXPECT_EQ(without.header("Vary"), "Origin");
}

TEST(Cors, AnswersAPreflightWithTheMethodsOfThePath) {
  TestApp app(mount, for_shop());
  app.client().use_bearer("not a token");
  const auto reply = preflight(app, "/things", shop, "POST");
  EXPECT_EQ(reply.status, 204);
  EXPECT_EQ(reply.header("Access-Control-Allow-Origin"), shop);
  EXPECT_EQ(reply.header("Access-Control-Allow-Credentials"), "true");
  EXPECT_EQ(reply.header("Access-Control-Allow-Methods"), "GET, HEAD, POST, OPTIONS");
  EXPECT_THAT(reply.header("Access-Control-Allow-Headers"), HasSubstr("Authorization"));
  EXPECT_THAT(reply.header("Access-Control-Allow-Headers"), testing::Not(HasSubstr("x-secret")));
  EXPECT_EQ(reply.header("Access-Control-Max-Age"), "600");
  EXPECT_EQ(reply.header("Vary"), "Origin, Access-Control-Request-Method, Access-Control-Request-Headers");

  EXPECT_EQ(preflight(app, "/mine", shop, "GET").status, 204) << "a preflight never carries a token";
  EXPECT_EQ(preflight(app, "/things", shop, "DELETE").header("Access-Control-Allow-Methods"),
            "GET, HEAD, POST, OPTIONS")
      << "a method that is not there: the browser sees that";
  EXPECT_EQ(preflight(app, "/nothing", shop, "GET").status, 404);
  const auto plain = app->send({Method::options, "/things", {{"Origin", shop}}, {}});
  EXPECT_EQ(plain.header("Allow"), "GET, HEAD, POST, OPTIONS") << "an OPTIONS that is no preflight";
  EXPECT_EQ(plain.header("Access-Control-Allow-Origin"), shop);
}

TEST(Cors, IsOverriddenByALine) {
  TestApp app(mount, for_shop());
  const auto open = get(app, "/public", "https://anybody.example");
  EXPECT_EQ(open.header("Access-Control-Allow-Origin"), "*");
  EXPECT_EQ(open.header("Access-Control-Allow-Credentials"), "");
  EXPECT_EQ(open.header("Vary"), "") << "the same for all";
  EXPECT_EQ(preflight(app, "/public", "https://anybody.example", "GET").header("Access-Control-Allow-Origin"), "*");
  EXPECT_EQ(cors_fields(get(app, "/private", shop)), "");
  EXPECT_EQ(cors_fields(preflight(app, "/private", shop, "GET")), "");
  EXPECT_EQ(cors_fields(get(app, "/partner", shop)), "");
  EXPECT_EQ(get(app, "/partner", "https://partner.example").header("Access-Control-Allow-Origin"),
            "https://partner.example");
}

TEST(Cors, WorksOnALineWhenTheAppHasNone) {
  TestApp app(mount);
  EXPECT_EQ(cors_fields(get(app, "/things", "https://partner.example")), "");
  EXPECT_EQ(get(app, "/partner", "https://partner.example").header("Access-Control-Allow-Origin"),
            "https://partner.example");
  EXPECT_EQ(preflight(app, "/partner", "https://partner.example", "GET").header("Access-Control-Allow-Origin"),
            "https://partner.example");
}

}  // namespace
}  // namespace ashlar::web
