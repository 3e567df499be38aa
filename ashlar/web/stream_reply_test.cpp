// SPDX-License-Identifier: Apache-2.0
#include "ashlar/api/stream.hpp"
#include "ashlar/http/server.hpp"
#include "ashlar/web/detail/test_app.hpp"
#include "tests/support/raw_client.hpp"

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace ashlar::web {
namespace {

using namespace std::chrono_literals;
using detail::TestApp;
using testing::HasSubstr;
using testing::Not;

struct Tick {
  std::int64_t number = 0;
  std::string text;
};
ASHLAR_DESCRIBE(Tick, number, text)
struct Count {
  Defaulted<Int<0, 1'000'000>, 3> to;
  std::optional<std::int64_t> last_event_id;
};
ASHLAR_DESCRIBE(Count, to, last_event_id)

// What became of the producers.
struct Producers {
  std::atomic<int> begun{0}, ended{0}, sent{0};
};
struct Alive {
  explicit Alive(Producers& its) : producers(its) { ++producers.begun; }
  ~Alive() { ++producers.ended; }
  Alive(const Alive&) = delete;
  Alive& operator=(const Alive&) = delete;
  Producers& producers;
};
constexpr ErrorCode source_lost{ErrorKind::unavailable, "source.lost"};

Task<Result<>> produce_ticks(api::EventWriter<Tick>& out, std::int64_t from, std::int64_t to, Producers& producers) {
  const Alive alive(producers);
  for (std::int64_t i = from; i < to; ++i) {
    if (auto sent = co_await out.send({i, "line\nbreak"}, {.id = std::to_string(i), .event = "tick"}); !sent)
      co_return sent;
    ++producers.sent;
  }
  co_return Result<>{};
}
Result<api::EventStream<Tick>> ticks(api::Call&, Count in, Producers& producers) {
  const std::int64_t from = in.last_event_id ? *in.last_event_id + 1 : 0;
  return api::EventStream<Tick>::from(produce_ticks, from, in.to.value().value(), producers);
}

Task<> wait_for_ever() {
  using Timer = boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                                  boost::asio::wait_traits<std::chrono::steady_clock>, LoopExecutor>;
  Timer timer(co_await boost::asio::this_coro::executor, Timer::time_point::max());
  co_await timer.async_wait(boost::asio::use_awaitable_t<LoopExecutor>{});
}

Task<Result<>> produce_nothing(api::EventWriter<Tick>&, Producers& producers) {
  const Alive alive(producers);
  co_await wait_for_ever();
  co_return Result<>{};
}
Result<api::EventStream<Tick>> silence(api::Call&, Producers& producers) {
  return api::EventStream<Tick>::from(produce_nothing, producers);
}

Task<Result<>> produce_bad_id(api::EventWriter<Tick>& out) {
  co_return co_await out.send({}, {.id = "1\ndata: forged"});
}
Result<api::EventStream<Tick>> bad_id(api::Call&) { return api::EventStream<Tick>::from(produce_bad_id); }

Task<Result<>> produce_rows(api::RowWriter<Tick>& out, std::int64_t to) {
  for (std::int64_t i = 0; i < to; ++i) {
    if (auto written = co_await out.write({i, {}}); !written) co_return written;
  }
  co_return Result<>{};
}
Result<api::Rows<Tick>> rows(api::Call&, Count in) {
  return api::Rows<Tick>::from(produce_rows, in.to.value().value());
}

Task<Result<>> produce_broken_rows(api::RowWriter<Tick>& out, std::int64_t after) {
  for (std::int64_t i = 0; i < after; ++i) {
    if (auto written = co_await out.write({i, std::string(1000, 'x')}); !written) co_return written;
  }
  co_return std::unexpected(Error(source_lost, "The source is unavailable.").with_cause("disk on fire"));
}
Result<api::Rows<Tick>> broken_rows(api::Call&, Count in) {
  return api::Rows<Tick>::from(produce_broken_rows, in.to.value().value());
}
Result<api::EventStream<Tick>> refused(api::Call&) { return fail(source_lost, "No."); }

struct StreamTest : testing::Test {
  Producers producers;
  TestApp app{[this](Routes& routes) {
                routes.get("/ticks", ticks, producers).open().from_header("Last-Event-ID", &Count::last_event_id);
                routes.get("/silence", silence, producers).open();
                routes.get("/bad-id", bad_id).open();
                routes.get("/refused", refused).open();
                routes.get("/rows", rows).open();
                routes.get("/broken-rows", broken_rows).open();
              },
              {.streams = {.heartbeat = 1ms, .pending_bytes_max = 4'000}}};
};

TEST_F(StreamTest, EventsAreWrittenAsTheStandardHasThem) {
  auto stream = app->open({.method = http::Method::get, .target = "/ticks?to=2", .headers = {}, .body = {}});
  const std::string body = stream.rest();
  EXPECT_EQ(stream.status(), 200);
  EXPECT_EQ(stream.header("Content-Type"), "text/event-stream");
  EXPECT_EQ(stream.header("Cache-Control"), "no-store");
  EXPECT_EQ(stream.header("X-Accel-Buffering"), "no");
  EXPECT_EQ(body,
            "id: 0\nevent: tick\ndata: {\"number\":0,\"text\":\"line\\nbreak\"}\n\n"
            "id: 1\nevent: tick\ndata: {\"number\":1,\"text\":\"line\\nbreak\"}\n\n");
  EXPECT_TRUE(stream.whole());
}

TEST_F(StreamTest, AReconnectingClientContinuesWhereItWas) {
  auto stream =
      app->open({.method = http::Method::get, .target = "/ticks", .headers = {{"Last-Event-ID", "1"}}, .body = {}});
  const auto event = stream.next_event();
  ASSERT_TRUE(event);
  EXPECT_EQ(event->id, "2");
  EXPECT_EQ(event->event, "tick");
  EXPECT_FALSE(stream.next_event());
}

TEST_F(StreamTest, ASilentStreamSendsComments) {
  auto stream = app->open({.method = http::Method::get, .target = "/silence", .headers = {}, .body = {}});
  EXPECT_EQ(stream.read(), ":\n\n");
  EXPECT_EQ(stream.read(), ":\n\n");
}

TEST_F(StreamTest, AClientThatLeavesEndsTheProducer) {
  auto stream = app->open({.method = http::Method::get, .target = "/silence", .headers = {}, .body = {}});
  EXPECT_TRUE(stream.read());
  EXPECT_EQ(producers.begun, 1);
  EXPECT_EQ(producers.ended, 0);
  stream.leave();
  EXPECT_EQ(producers.ended, 1);
}

TEST_F(StreamTest, AReaderThatReadsNothingStopsTheProducer) {
  auto stream = app->open({.method = http::Method::get, .target = "/ticks?to=1000000", .headers = {}, .body = {}});
  EXPECT_TRUE(stream.read());
  EXPECT_TRUE(stream.read());
  EXPECT_LT(producers.sent, 1000);  // of a million: what fits into the pieces and the buffer
  stream.leave();
  EXPECT_EQ(producers.ended, 1);
}

TEST_F(StreamTest, AFieldWithALineBreakIsRefusedAndLogged) {
  auto stream = app->open({.method = http::Method::get, .target = "/bad-id", .headers = {}, .body = {}});
  EXPECT_EQ(stream.rest(), "");
  EXPECT_FALSE(stream.whole());
  EXPECT_THAT(app.log_lines(), HasSubstr("a streamed reply was aborted"));
}

TEST_F(StreamTest, AnErrorBeforeTheStreamIsAnOrdinaryRefusal) {
  const auto reply = app->get("/refused");
  EXPECT_EQ(reply.status, 503);
  EXPECT_EQ(reply.at("/code"), "source.lost");
}

TEST_F(StreamTest, RowsAreOneArray) {
  EXPECT_EQ(app->get("/rows?to=0").body, "[]");
  EXPECT_EQ(app->get("/rows?to=2").body, R"([{"number":0,"text":""},{"number":1,"text":""}])");
  const auto many = app->get("/rows?to=10000");
  EXPECT_EQ(many.header("Content-Type"), "application/json");
  EXPECT_EQ(many.at("/9999/number"), "9999");
}

TEST_F(StreamTest, RowsThatBreakOffAreNoWholeArray) {
  auto stream = app->open({.method = http::Method::get, .target = "/broken-rows?to=10", .headers = {}, .body = {}});
  EXPECT_THAT(stream.rest(), Not(testing::EndsWith("]")));
  EXPECT_FALSE(stream.whole());
  const std::string log = app.log_lines();
  EXPECT_THAT(log, HasSubstr("source.lost"));
  EXPECT_THAT(log, HasSubstr("disk on fire"));
}

TEST_F(StreamTest, OverASocketAStreamThatBreaksOffHasNoEnd) {
  http::Server server({.host = "127.0.0.1", .port = 0, .loops = 1}, app.app());
  server.start();
  test::RawClient client(server.port());
  client.send("GET /broken-rows?to=10 HTTP/1.1\r\nHost: a\r\n\r\n");
  const std::string broken = client.read_until_close();
  EXPECT_THAT(broken, HasSubstr("\"number\":9"));
  EXPECT_THAT(broken, Not(testing::EndsWith("0\r\n\r\n")));

  test::RawClient other(server.port());
  other.send("GET /rows?to=2 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(other.read_until_close(), testing::EndsWith("0\r\n\r\n"));

  test::RawClient at_once(server.port());
  at_once.send("GET /broken-rows?to=0 HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_THAT(at_once.read_until_close(), HasSubstr("HTTP/1.1 500"));
  server.stop(1s);
}

TEST_F(StreamTest, OverASocketAClientThatLeavesEndsTheProducer) {
  http::Server server({.host = "127.0.0.1", .port = 0, .loops = 1}, app.app());
  server.start();
  {
    test::RawClient client(server.port());
    client.send("GET /silence HTTP/1.1\r\nHost: a\r\n\r\n");
    client.read_head();
    EXPECT_EQ(client.read(8), "3\r\n:\n\n\r\n");
  }
  while (producers.ended == 0) std::this_thread::yield();
  EXPECT_EQ(producers.begun, 1);
  server.stop(1s);
}

TEST_F(StreamTest, OverASocketAServerThatStopsEndsTheProducer) {
  http::Server server({.host = "127.0.0.1", .port = 0, .loops = 1}, app.app());
  server.start();
  test::RawClient client(server.port());
  client.send("GET /silence HTTP/1.1\r\nHost: a\r\n\r\n");
  client.read_head();
  EXPECT_EQ(client.read(8), "3\r\n:\n\n\r\n");
  server.stop(0ms);
  EXPECT_EQ(producers.ended, 1);
}

TEST_F(StreamTest, OpenApiShowsStreams) {
  const TestReply document{.status = 200, .headers = {}, .body = app.app().openapi()};
  const std::string events = "/paths/~1ticks/get/responses/200/content/text~1event-stream/";
  EXPECT_EQ(document.at(events + "schema/type"), "string");
  const std::string data = events + "schema/contentSchema/items/properties/data/";
  EXPECT_EQ(document.at(data + "contentMediaType"), "application/json");
  EXPECT_EQ(document.at(data + "contentSchema/$ref"), "#/components/schemas/Tick");
  EXPECT_EQ(document.at("/paths/~1ticks/get/parameters/2/name"), "Last-Event-ID");
  const std::string array = "/paths/~1rows/get/responses/200/content/application~1json/";
  EXPECT_EQ(document.at(array + "schema/type"), "array");
  EXPECT_EQ(document.at(array + "schema/items/$ref"), "#/components/schemas/Tick");
}

TEST(Streams, HaveNoETag) {
  EXPECT_THROW(TestApp([](Routes& routes) { routes.get("/rows", rows).open().etag(); }), std::logic_error);
}

}  // namespace
}  // namespace ashlar::web
