// SPDX-License-Identifier: Apache-2.0
#include "ashlar/web/detail/body_bound.hpp"

#include "ashlar/schema/json.hpp"
#include "ashlar/web/detail/test_app.hpp"

#include <gtest/gtest.h>

namespace ashlar::web {
namespace {

using detail::body_bytes_bound;
using detail::TestApp;

struct SignIn {
  Email email;
  Password password;
};
ASHLAR_DESCRIBE(SignIn, email, password)

struct Line {
  Uuid product_id;
  Int<1, 99> quantity;
};
ASHLAR_DESCRIBE(Line, product_id, quantity)

struct Basket {
  Text<1, 20> name;
  Array<Line, 1, 50> lines;
  std::optional<Text<0, 100>> note;
};
ASHLAR_DESCRIBE(Basket, name, lines, note)

struct Unbounded {
  std::string text;
};
ASHLAR_DESCRIBE(Unbounded, text)

struct Endless {
  std::vector<Int<0, 9>> digits;
};
ASHLAR_DESCRIBE(Endless, digits)

struct Foreign {  // may have members that are not known
  static constexpr auto unknown_members = schema::UnknownMembers::ignored;
  Text<1, 20> name;
};
ASHLAR_DESCRIBE(Foreign, name)

struct Answer {
  std::int64_t count = 0;
};
ASHLAR_DESCRIBE(Answer, count)

Result<Answer> sign_in(api::Call&, SignIn) { return Answer{1}; }
Result<Answer> fill(api::Call&, Basket in) { return Answer{static_cast<std::int64_t>(in.lines.size())}; }
Result<Answer> take(api::Call&, Unbounded in) { return Answer{static_cast<std::int64_t>(in.text.size())}; }

void mount(Routes& routes) {
  routes.post("/sign-in", sign_in).open();
  routes.post("/basket", fill).open();
  routes.post("/text", take).open();
  routes.post("/wide", sign_in).open().body_bytes_max(200'000);
}

std::string padded(std::size_t bytes) {
  std::string out = R"({"email":"ada@example.com","password":"a long password"})";
  return out + std::string(bytes - out.size(), ' ');
}

TEST(BodyBound, RefusesABodyThatNoInputOfTheOperationCanHave) {
  TestApp app(mount);
  const auto reply = app->post("/sign-in", padded(100'000));
  EXPECT_EQ(reply.status, 413);
  EXPECT_EQ(reply.at("/code"), "request.body_too_large");
  EXPECT_EQ(app->post("/sign-in", padded(10'000)).status, 200);
  EXPECT_EQ(app->post("/wide", padded(100'000)).status, 200) << "the line's own limit counts";
  EXPECT_EQ(app->post("/wide", padded(300'000)).status, 413);
  EXPECT_EQ(app->post("/text", "{\"text\":\"" + std::string(1'000'000, 'x') + "\"}").status, 200);
}

TEST(BodyBound, TheAppsLimitHoldsWhereItIsSmaller) {
  TestApp app(mount, {.body_bytes_max = 1'000});
  EXPECT_EQ(app->post("/sign-in", padded(1'001)).status, 413);
  EXPECT_EQ(app->post("/sign-in", padded(1'000)).status, 200);
}

TEST(BodyBound, ATextThatIsSomewhatTooLongIsAFaultOfTheInput) {
  TestApp app(mount);
  const auto reply =
      app->post("/sign-in", R"({"email":"ada@example.com","password":")" + std::string(5'000, 'x') + "\"}");
  EXPECT_EQ(reply.status, 422);
  EXPECT_EQ(reply.at("/errors/0/code"), "too_long");
}

// The longest that is valid, with everything escaped.
TEST(BodyBound, TakesTheLongestInputThatThereIs) {
  TestApp app(mount);
  const auto escaped = [](std::size_t code_points) {
    std::string out;
    for (std::size_t i = 0; i < code_points; ++i) out += "\\uD83D\\uDCDD";
    return out;
  };
  std::string body =
      "{\n\t\"\\u006eame\": \"" + escaped(20) + "\",\n\t\"note\": \"" + escaped(100) + "\",\n\t\"lines\": [";
  for (int i = 0; i < 50; ++i) {
    body += i == 0 ? "\n" : ",\n";
    body += "\t\t{\n\t\t\t\"productId\": \"01234567-89ab-7def-8123-456789abcdef\",\n\t\t\t\"quantity\": 99\n\t\t}";
  }
  const auto reply = app->post("/basket", body + "\n\t]\n}\n");
  EXPECT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(reply.at("/data/count"), "50");
}

TEST(BodyBound, FollowsFromTheType) {
  EXPECT_FALSE(body_bytes_bound(schema::type_of<Unbounded>()));
  EXPECT_FALSE(body_bytes_bound(schema::type_of<Endless>()));
  EXPECT_FALSE(body_bytes_bound(schema::type_of<Foreign>()));
  EXPECT_LT(body_bytes_bound(schema::type_of<SignIn>()).value(), 32'000U);
  EXPECT_GT(body_bytes_bound(schema::type_of<Basket>()).value(), detail::body_slack_bytes + 50 * (36 + 2));
  EXPECT_GT(body_bytes_bound(schema::type_of<Basket>()).value(), body_bytes_bound(schema::type_of<Line>()).value());
}

}  // namespace
}  // namespace ashlar::web
