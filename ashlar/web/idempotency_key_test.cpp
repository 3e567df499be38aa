// SPDX-License-Identifier: Apache-2.0
#include "ashlar/web/detail/test_app.hpp"

#include <gtest/gtest.h>

namespace ashlar::web {
namespace {

using detail::TestApp;

struct Payment {
  Int<1, 100> amount;
};
ASHLAR_DESCRIBE(Payment, amount)
struct Paid {
  std::string key;
};
ASHLAR_DESCRIBE(Paid, key)

Result<Paid> pay(api::Call& call, Payment) { return Paid{std::string(call.idempotency_key())}; }
Result<Paid> close_account(api::Call& call) { return Paid{std::string(call.idempotency_key())}; }

void mount(Routes& routes) {
  routes.post("/pay", pay).open().idempotency_key();
  routes.post("/pay-once-more", pay).open();
  routes.post("/close", close_account).open().idempotency_key();
}

using Headers = std::vector<std::pair<std::string, std::string>>;

TestReply post(TestApp& app, std::string path, std::string body, Headers headers) {
  return app->send({.method = http::Method::post,
                    .target = std::move(path),
                    .headers = std::move(headers),
                    .body = std::move(body)});
}

TEST(IdempotencyKey, MalformedIsAFaultOfTheInput) {
  TestApp app(mount);
  struct Case {
    Headers headers;
    std::string code;
  };
  const std::vector<Case> cases{
      {{{"Idempotency-Key", ""}}, "too_short"},
      {{{"Idempotency-Key", std::string(256, 'k')}}, "too_long"},
      {{{"Idempotency-Key", "a b"}}, "text"},
      {{{"Idempotency-Key", "a\tb"}}, "text"},
      {{{"Idempotency-Key", "caf\xc3\xa9"}}, "text"},
      {{{"Idempotency-Key", "a"}, {"idempotency-key", "a"}}, "duplicate_member"},
  };
  for (const auto& [headers, code] : cases) {
    const auto reply = post(app, "/pay", R"({"amount": 1})", headers);
    EXPECT_EQ(reply.status, 422) << code;
    EXPECT_EQ(reply.at("/errors/0/path"), "Idempotency-Key");
    EXPECT_EQ(reply.at("/errors/0/code"), code);
    EXPECT_EQ(post(app, "/close", "", headers).status, 422) << "without a body, too";
  }
  const auto both = post(app, "/pay", R"({"amount": 0})", {{"Idempotency-Key", "a b"}});
  EXPECT_EQ(both.at("/errors/0/path"), "Idempotency-Key");
  EXPECT_EQ(both.at("/errors/1/path"), "/amount") << "all faults in one answer";
}

TEST(IdempotencyKey, ReachesTheOperationsThatAskForIt) {
  TestApp app(mount);
  const Headers named{{"idempotency-KEY", "\"8e03978e-40d5-43dd-bc93-6894a57f9324\""}};
  EXPECT_EQ(post(app, "/pay", R"({"amount": 1})", named).at("/data/key"), named[0].second);
  EXPECT_EQ(post(app, "/pay", R"({"amount": 1})", {{"Idempotency-Key", std::string(255, 'k')}}).status, 200);
  EXPECT_EQ(post(app, "/pay", R"({"amount": 1})", {}).at("/data/key"), "");
  EXPECT_EQ(post(app, "/pay-once-more", R"({"amount": 1})", named).at("/data/key"), "");
  EXPECT_EQ(post(app, "/pay-once-more", R"({"amount": 1})", {{"Idempotency-Key", "a b"}}).status, 200);
}

TEST(IdempotencyKey, IsInTheDescription) {
  TestApp app(mount);
  const TestReply document{.status = 200, .headers = {}, .body = app.app().openapi()};
  EXPECT_EQ(document.at("/paths/~1pay/post/parameters/0/name"), "Idempotency-Key");
  EXPECT_EQ(document.at("/paths/~1pay/post/parameters/0/in"), "header");
  EXPECT_EQ(document.at("/paths/~1pay/post/parameters/0/required"), "false");
  EXPECT_EQ(document.at("/paths/~1pay/post/parameters/0/schema/maxLength"), "255");
  EXPECT_TRUE(document.has("/paths/~1close/post/responses/422"));
  EXPECT_FALSE(document.has("/paths/~1pay-once-more/post/parameters"));
}

}  // namespace
}  // namespace ashlar::web
