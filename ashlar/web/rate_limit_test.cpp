// SPDX-License-Identifier: Apache-2.0
#include "ashlar/api/rate_limit.hpp"

#include "ashlar/web/detail/test_app.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

namespace ashlar::web {
namespace {

using namespace std::chrono_literals;
using detail::TestApp;
using testing::HasSubstr;
using Algorithm = api::RateLimit::Algorithm;
using By = api::RateLimit::By;

Result<> nothing(api::Call&) { return {}; }
std::string tenant_of(const api::Call& call) { return std::string(call.field("X-Tenant")); }

TEST(RateLimit, RefusesLimitsThatMakeNoSense) {
  EXPECT_THAT(api::RateLimit{}.validate().value_or(""), HasSubstr("lets nothing through"));
  EXPECT_THAT((api::RateLimit{.requests = 1, .window = 0s}).validate().value_or(""), HasSubstr("lets nothing through"));
  EXPECT_THAT((api::RateLimit{.requests = 1, .window = -1s}).validate().value_or(""),
              HasSubstr("lets nothing through"));
  EXPECT_THAT((api::RateLimit{.requests = 100'000'001}).validate().value_or(""), HasSubstr("more than"));
  EXPECT_THAT((api::RateLimit{.requests = 1, .window = 32 * 24h}).validate().value_or(""), HasSubstr("more than"));
  EXPECT_THAT((api::RateLimit{.requests = 1, .burst = 2}).validate().value_or(""), HasSubstr("only a token bucket"));
  EXPECT_THAT((api::RateLimit{.requests = 1, .by = By::field}).validate().value_or(""), HasSubstr("field's name"));
  EXPECT_THAT((api::RateLimit{.requests = 1, .field = "X-Key"}).validate().value_or(""), HasSubstr("field's name"));
  EXPECT_THAT((api::RateLimit{.requests = 1, .by = By::function}).validate().value_or(""), HasSubstr("a function"));
  EXPECT_THAT((api::RateLimit{.requests = 1, .key = tenant_of}).validate().value_or(""), HasSubstr("a function"));
  EXPECT_FALSE((api::RateLimit{.requests = 1}).validate());
  EXPECT_FALSE((api::RateLimit{.requests = 1, .algorithm = Algorithm::token_bucket, .burst = 3}).validate());
  AppOptions options;
  options.rate_limit = api::RateLimit{.requests = 1, .by = By::field};
  EXPECT_THROW(TestApp([](Routes& routes) { routes.get("/x", nothing).open(); }, options), std::logic_error);
}

TEST(RateLimit, SaysItselfInAFewWords) {
  EXPECT_EQ((api::RateLimit{.requests = 5}).text(), "5/min");
  EXPECT_EQ((api::RateLimit{.requests = 5, .window = 10s, .by = By::account}).text(), "5/10s by account");
  EXPECT_EQ((api::RateLimit{.requests = 5, .algorithm = Algorithm::token_bucket, .by = By::field, .field = "X-Api-Key"})
                .text(),
            "5/min token bucket of 5 by X-Api-Key");
  EXPECT_EQ((api::RateLimit{.requests = 5, .algorithm = Algorithm::sliding_window}).text(), "5/min sliding");
}

TEST(RateLimit, CountsAnIpv6NetworkAsOneClientAndMappedAddressesAsThemselves) {
  const auto key = [](std::string_view address) { return api::RateLimitKey::of_address(address, 0); };
  EXPECT_EQ(key("2001:db8:1:2::1"), key("2001:db8:1:2:ffff:ffff:ffff:ffff"));
  EXPECT_NE(key("2001:db8:1:2::1"), key("2001:db8:1:3::1"));
  EXPECT_EQ(key("::ffff:192.0.2.1"), key("192.0.2.1"));
  EXPECT_NE(key("::ffff:192.0.2.1"), key("::ffff:192.0.2.2"));
  EXPECT_NE(key("192.0.2.1"), key("192.0.2.2"));
  EXPECT_NE(key("here"), key("there"));
  EXPECT_NE(key("192.0.2.1"), api::RateLimitKey::of_address("192.0.2.1", 1));
}

void mount(Routes& routes) {
  routes.get("/account", nothing).signed_in().limit(api::RateLimit{.requests = 1, .by = By::account});
  routes.get("/anybody", nothing).open().limit(api::RateLimit{.requests = 1, .by = By::account});
  routes.get("/key", nothing).open().limit(api::RateLimit{.requests = 1, .by = By::field, .field = "X-Api-Key"});
  routes.get("/tenant", nothing).open().limit(api::RateLimit{.requests = 1, .by = By::function, .key = tenant_of});
  routes.get("/bucket", nothing)
      .open()
      .limit(api::RateLimit{.requests = 60, .algorithm = Algorithm::token_bucket, .burst = 2});
}

TEST(RateLimit, CountsAnAccountFromAnyAddressAndOthersByTheirs) {
  TestApp app(mount);
  EXPECT_EQ(app->get("/account").status, 401);
  EXPECT_EQ(app->get("/account").status, 401) << "refused requests count against no limit";
  app->use_bearer(app.token_of("user"));
  EXPECT_EQ(app->get("/account").header("RateLimit-Remaining"), "0");
  app->use_peer_address("192.0.2.7");
  const auto refused = app->get("/account");
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.header("Retry-After"), "60");
  EXPECT_EQ(refused.header("RateLimit-Limit"), "1");
  app->use_bearer(app.token_of("user", {}, TestApp::other_id));
  EXPECT_EQ(app->get("/account").status, 204);

  app->use_bearer({});
  EXPECT_EQ(app->get("/anybody").status, 204);
  EXPECT_EQ(app->get("/anybody").status, 429);
  app->use_peer_address("192.0.2.8");
  EXPECT_EQ(app->get("/anybody").status, 204);
}

TEST(RateLimit, CountsByAHeaderOrAFunctionAndByAddressWhereTheySayNothing) {
  TestApp app(mount);
  for (const auto& [target, header] : {std::pair("/key", "X-Api-Key"), std::pair("/tenant", "X-Tenant")}) {
    const auto with = [&](std::string value) {
      return app->send({http::Method::get, target, {{header, std::move(value)}}, {}}).status;
    };
    EXPECT_EQ(with("a"), 204);
    EXPECT_EQ(with("a"), 429);
    EXPECT_EQ(with("b"), 204);
    EXPECT_EQ(app->get(target).status, 204);
    EXPECT_EQ(with(""), 429) << "leaving it out is no way around";
  }
}

TEST(RateLimit, ReportsWhenTheNextRequestAndAllAreAccepted) {
  TestApp app(mount);
  EXPECT_EQ(app->get("/bucket").header("RateLimit-Limit"), "2");
  EXPECT_EQ(app->get("/bucket").status, 204);
  const auto refused = app->get("/bucket");
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.header("Retry-After"), "1");
  EXPECT_EQ(refused.header("RateLimit-Reset"), "2");
  EXPECT_EQ(refused.header("RateLimit-Remaining"), "0");
}

TEST(RateLimit, OfTheAppCanBeOfAnotherKindAndLeavesHealthAlone) {
  AppOptions options;
  options.rate_limit = api::RateLimit{.requests = 1, .window = 10s, .algorithm = Algorithm::sliding_window};
  TestApp app(
      [](Routes& routes) {
        routes.get("/x", nothing).open();
        routes.get("/health/live", nothing).open().essential();
      },
      options);
  EXPECT_EQ(app->get("/x").status, 204);
  EXPECT_EQ(app->get("/x").status, 429);
  EXPECT_EQ(app->get("/health/live").status, 204);
  EXPECT_EQ(app->get("/health/live").header("RateLimit-Limit"), "");
}

TEST(RateLimit, OfTheAppCountsWhatMatchesNoRoute) {
  AppOptions options;
  options.rate_limit = api::RateLimit{.requests = 4};
  const auto routes = [](Routes& table) { table.get("/x", nothing).open(); };
  TestApp app(routes, options);
  const auto options_of = [&](std::vector<std::pair<std::string, std::string>> headers) {
    return app->send({http::Method::options, "/x", std::move(headers), {}});
  };
  const auto missing = app->get("/none");
  EXPECT_EQ(missing.status, 404);
  EXPECT_EQ(missing.header("RateLimit-Remaining"), "3");
  const auto wrong_method = app->post("/x", "{}");
  EXPECT_EQ(wrong_method.status, 405);
  EXPECT_EQ(wrong_method.header("Allow"), "GET, HEAD, OPTIONS");
  EXPECT_EQ(options_of({}).status, 204);
  EXPECT_EQ(app->get("/x").header("RateLimit-Remaining"), "0");
  for (const auto& reply : {app->get("/none"), app->post("/x", "{}"), options_of({}), app->get("/x")}) {
    EXPECT_EQ(reply.status, 429);
    EXPECT_EQ(reply.at("/code"), "rate_limit.exceeded");
    EXPECT_EQ(reply.header("Retry-After"), "60");
  }
  app->use_peer_address("192.0.2.7");
  EXPECT_EQ(app->get("/none").status, 404);

  TestApp without(routes);
  EXPECT_EQ(without->get("/none").header("RateLimit-Limit"), "");
}

TEST(RateLimit, OfTheAppCountsPreflights) {
  AppOptions options;
  options.rate_limit = api::RateLimit{.requests = 1};
  options.cors.origins = {"https://app.example"};
  TestApp app([](Routes& table) { table.get("/x", nothing).open(); }, options);
  const TestRequest preflight{
      http::Method::options, "/x", {{"Origin", "https://app.example"}, {"Access-Control-Request-Method", "GET"}}, {}};
  EXPECT_EQ(app->send(preflight).status, 204);
  EXPECT_EQ(app->send(preflight).status, 429);
}

// As one that asks a server: it decides on another turn of the loop.
class AskingStore final : public api::RateLimitStore {
 public:
  std::optional<api::RateLimitDecision> try_take(const api::RateLimitKey&, const api::RateLimit&,
                                                 Clock::Steady) override {
    return std::nullopt;
  }
  Task<api::RateLimitDecision> take_later(api::RateLimitKey key, const api::RateLimit& limit, Clock::Steady) override {
    co_await boost::asio::post(boost::asio::use_awaitable_t<LoopExecutor>());
    keys.push_back(key);
    const auto taken = static_cast<std::uint32_t>(std::ranges::count(keys, key));
    co_return api::RateLimitDecision{.allowed = taken <= limit.requests,
                                     .limit = limit.requests,
                                     .remaining = limit.requests - std::min(taken, limit.requests),
                                     .reset_after = 9s,
                                     .retry_after = 7s};
  }
  Task<> give_back(api::RateLimitKey key, const api::RateLimit&, Clock::Steady) override {
    if (const auto last = std::ranges::find(keys, key); last != keys.end()) keys.erase(last);
    co_return;
  }
  std::vector<api::RateLimitKey> keys;
};

TEST(RateLimit, WaitsForAStoreThatHasToAsk) {
  AskingStore store;
  AppOptions options;
  options.rate_limit = api::RateLimit{.requests = 3};
  options.rate_limit_store = &store;
  TestApp app(mount, options);
  app->use_bearer(app.token_of("user"));
  const auto first = app->get("/account");
  EXPECT_EQ(first.status, 204);
  EXPECT_EQ(first.header("RateLimit-Remaining"), "0") << "the account's";
  ASSERT_EQ(store.keys.size(), 2U);
  EXPECT_NE(store.keys[0].limit, store.keys[1].limit);
  const auto refused = app->get("/account");
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.header("Retry-After"), "7");
  EXPECT_EQ(app->get("/none").status, 404);
  EXPECT_EQ(app->get("/none").status, 429) << "the App's own";
  EXPECT_EQ(app->get("/bucket").status, 429) << "the App's own";
}

}  // namespace
}  // namespace ashlar::web
