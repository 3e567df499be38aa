// SPDX-License-Identifier: Apache-2.0
// The code of docs/guide/streaming.md and of the second half of testing.md, compiled and run.
#include "ashlar/api/stream.hpp"
#include "ashlar/web/cookie.hpp"
#include "ashlar/web/detail/test_app.hpp"
#include "ashlar/web/upload.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gtest/gtest.h>

#include <charconv>

namespace ashlar::web {
namespace {

using namespace std::chrono_literals;
using detail::TestApp;

struct Watch {
  Int<1, 1000> count;
  std::optional<Int<0, 1'000'000>> last_event_id;  // of the last event that the client has
};
ASHLAR_DESCRIBE(Watch, count, last_event_id)
struct Price {
  std::int64_t number = 0;
  Money amount;
};
ASHLAR_DESCRIBE(Price, number, amount)

// A service: lives as long as the server.
class Market {
 public:
  // The price of that number, once it is there.
  Task<Price> wait_for(std::int64_t number) {
    co_await boost::asio::post(boost::asio::use_awaitable_t<LoopExecutor>{});
    co_return Price{number, Money::of_minor_units(100 * number)};
  }
};

Task<Result<>> send_prices(api::EventWriter<Price>& out, std::int64_t first, std::int64_t count, Market& market) {
  for (std::int64_t number = first; number < first + count; ++number) {
    const Price price = co_await market.wait_for(number);
    if (auto sent = co_await out.send(price, {.id = std::to_string(number), .event = "price"}); !sent) co_return sent;
  }
  co_return Result<>{};
}

Result<api::EventStream<Price>> watch_prices(api::Call&, Watch in, Market& market) {
  const std::int64_t last = in.last_event_id ? in.last_event_id->value() : 0;
  return api::EventStream<Price>::from(send_prices, last + 1, in.count.value(), market);
}

Task<Result<>> write_history(api::RowWriter<Price>& out, std::int64_t count, Market& market) {
  for (std::int64_t number = 1; number <= count; ++number) {
    if (auto written = co_await out.write(co_await market.wait_for(number)); !written) co_return written;
  }
  co_return Result<>{};
}

Result<api::Rows<Price>> price_history(api::Call&, Watch in, Market& market) {
  return api::Rows<Price>::from(write_history, in.count.value(), market);
}

void mount_prices(Routes& routes, Market& market) {
  routes.get("/prices", watch_prices, market).open().from_header("Last-Event-ID", &Watch::last_event_id);
  routes.get("/prices/history", price_history, market).signed_in();
}

TEST(Guide, Events) {
  Market market;
  TestApp app{[&](Routes& routes) { mount_prices(routes, market); }};
  auto stream = app->open({.method = http::Method::get, .target = "/prices?count=1000", .headers = {}, .body = {}});
  EXPECT_EQ(stream.header("Content-Type"), "text/event-stream");
  EXPECT_EQ(stream.next_event()->data, R"({"number":1,"amount":"1.00"})");
  EXPECT_EQ(stream.next_event()->id, "2");
  stream.leave();  // as a client that closes the page; the producer has ended then
}

TEST(Guide, EventsContinue) {
  Market market;
  TestApp app{[&](Routes& routes) { mount_prices(routes, market); }};
  auto stream = app->open(
      {.method = http::Method::get, .target = "/prices?count=1", .headers = {{"Last-Event-ID", "41"}}, .body = {}});
  EXPECT_EQ(stream.next_event()->id, "42");
  EXPECT_FALSE(stream.next_event());
}

TEST(Guide, Rows) {
  Market market;
  TestApp app{[&](Routes& routes) { mount_prices(routes, market); }};
  app->use_bearer(app.token_of("user"));
  EXPECT_EQ(app->get("/prices/history?count=3").at("/2/amount"), "3.00");
}

struct Note {
  Text<1, 80> title;
  Upload<1_MiB, "text/plain"> text;
};
ASHLAR_DESCRIBE(Note, title, text)
struct Kept {
  std::string title;
  std::int64_t bytes = 0;
};
ASHLAR_DESCRIBE(Kept, title, bytes)
Result<Kept> keep_note(api::Call&, Note in) { return Kept{in.title.str(), static_cast<std::int64_t>(in.text.size())}; }

TEST(Guide, TestsSendForms) {
  TestApp app{[](Routes& routes) { routes.post("/notes", keep_note).open(); }};
  const auto reply = app->post_multipart(
      "/notes", {{.name = "title", .content = "list"},
                 {.name = "text", .content = "bread", .file_name = "list.txt", .content_type = "text/plain"}});
  EXPECT_EQ(reply.at("/data/bytes"), "5");
}

Task<Result<>> sign_in(api::Call&, http::Request&, http::Response& response) {
  set_cookie({.name = "__Host-session", .value = "ada", .max_age = 1h}, response.headers);
  co_return Result<>{};
}
Task<Result<>> say_who(api::Call&, http::Request& request, http::Response& response) {
  response.body = RequestCookies(request.headers).find("__Host-session").value_or("nobody");
  co_return Result<>{};
}

TEST(Guide, TestsKeepCookies) {
  TestApp app{[](Routes& routes) {
    routes.raw(http::Method::post, "/session", sign_in).set_guard(api::open());
    routes.raw(http::Method::get, "/who", say_who).set_guard(api::open());
  }};
  app->use_scheme(http::Scheme::https);  // the cookie is Secure
  auto& cookies = app->keep_cookies(app.clock);
  app->post("/session", "");
  EXPECT_EQ(cookies.find("__Host-session"), "ada");
  EXPECT_EQ(app->get("/who").body, "ada");
  app.clock.advance(1h);
  EXPECT_EQ(app->get("/who").body, "nobody");
}

}  // namespace
}  // namespace ashlar::web
