// SPDX-License-Identifier: Apache-2.0
#include "ashlar/web/test_client.hpp"

#include "ashlar/async/blocking_pool.hpp"
#include "ashlar/web/detail/test_app.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

namespace ashlar::web {
namespace {

using detail::TestApp;

struct Told {
  std::string text;
};
ASHLAR_DESCRIBE(Told, text)

Result<Told> about(api::Call& call) {
  return Told{std::string(call.client_address()) + ' ' + std::string(call.client_agent())};
}
Task<Result<Told>> elsewhere(api::Call&, async::BlockingPool& pool) {
  auto text = co_await pool.run([] { return std::string("from another thread"); });
  if (!text) co_return std::unexpected(std::move(text.error()));
  co_return Told{std::move(*text)};
}
Task<Result<>> write_pieces(http::BodyWriter& out) {
  for (const char* piece : {"one,", "two,", "three"}) {
    if (auto written = co_await out.write(piece); !written) co_return written;
  }
  co_return Result<>{};
}
Task<Result<>> stream(api::Call&, http::Request&, http::Response& response) {
  response.headers.add("Content-Type", "text/csv");
  response.stream = write_pieces;
  co_return Result<>{};
}

struct Mounted {
  async::BlockingPool& pool;
  void operator()(Routes& routes) const {
    routes.get("/about", about).open();
    routes.get("/elsewhere", elsewhere, pool).open();
    routes.raw(http::Method::get, "/stream", stream).set_guard(api::open());
  }
};

struct Client : testing::Test {
  async::BlockingPool pool;
  TestApp app{Mounted{pool}};
};

TEST_F(Client, ThrowsForAPointerToNothing) {
  const auto reply = app->get("/about");
  EXPECT_THROW((void)reply.at("/nothing"), std::out_of_range);
  const TestReply no_json = {.status = 200, .headers = {}, .body = "no JSON"};
  EXPECT_THROW((void)no_json.at("/x"), std::out_of_range);
  EXPECT_FALSE(reply.has("/nothing"));
  EXPECT_TRUE(reply.has("/data/text"));
}

TEST_F(Client, PassesOnWhatAServerWouldKnow) {
  app->use_peer_address("192.0.2.9");
  const auto reply = app->send({http::Method::get, "/about", {{"User-Agent", "probe/1"}}, {}});
  EXPECT_EQ(reply.at("/data/text"), "192.0.2.9 probe/1");
  const auto cut = app->send({http::Method::get, "/about", {{"User-Agent", std::string(600, 'x')}}, {}});
  EXPECT_EQ(cut.at("/data/text").size(), std::string("192.0.2.9 ").size() + 512);
}

TEST_F(Client, WaitsForWorkOnOtherThreads) {
  EXPECT_EQ(app->get("/elsewhere").at("/data/text"), "from another thread");
}

TEST_F(Client, CollectsAStreamedBody) {
  const auto reply = app->get("/stream");
  EXPECT_EQ(reply.body, "one,two,three");
  EXPECT_EQ(reply.header("content-type"), "text/csv");
  EXPECT_EQ(app->send({http::Method::head, "/stream", {}, {}}).body, "");
}

TEST(TestCookieJar, SendsWhatABrowserWould) {
  using namespace std::chrono_literals;
  using http::Scheme;
  ManualClock clock{Timestamp::from_milliseconds(1'800'000'000'000)};
  TestCookieJar jar(clock);
  jar.take("a=1; Path=/; HttpOnly", Scheme::http);
  jar.take("b=2; Path=/api/auth; Max-Age=60", Scheme::http);
  jar.take("c=3; Path=/; Secure", Scheme::https);
  jar.take("d=4; Path=/; Secure", Scheme::http);  // not over http
  EXPECT_EQ(jar.field_for("/", Scheme::http), "a=1");
  EXPECT_EQ(jar.field_for("/", Scheme::https), "a=1; c=3");
  EXPECT_EQ(jar.field_for("/api/auth/refresh", Scheme::http), "b=2; a=1");
  EXPECT_EQ(jar.field_for("/api/authors", Scheme::http), "a=1");
  jar.take("a=9; Path=/", Scheme::http);
  EXPECT_EQ(jar.find("a"), "9");
  clock.advance(60s);
  EXPECT_EQ(jar.find("b"), std::nullopt);
  jar.take("a=; Path=/; Max-Age=0", Scheme::http);
  EXPECT_EQ(jar.field_for("/api/auth", Scheme::http), "");
}

}  // namespace
}  // namespace ashlar::web
