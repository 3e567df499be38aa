// SPDX-License-Identifier: Apache-2.0
#include "ashlar/http/detail/connection.hpp"

#include "ashlar/http/detail/test_server.hpp"
#include "tests/support/memory.hpp"

#include <gtest/gtest.h>

#include <string>
#include <thread>

namespace ashlar::http::detail {
namespace {

using std::chrono::milliseconds;
using test::RawClient;
using test::RawResponse;

std::string get(std::string_view path, std::string_view headers = {}) {
  return "GET " + std::string(path) + " HTTP/1.1\r\nHost: a\r\n" + std::string(headers) + "\r\n";
}

TEST(Connection, RefusesOnceWithTheRightStatusAndCloses) {
  const Limits limits{.request_line_bytes_max = 100,
                      .header_bytes_max = 200,
                      .header_count_max = 5,
                      .chunk_extension_bytes_max = 10,
                      .trailer_bytes_max = 10,
                      .body_bytes_max = 50};
  TestServer server(limits);
  const std::string chunked = "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
  struct Case {
    int status;
    std::string code;
    std::string bytes;
  };
  const std::vector<Case> cases{
      {400, "request.malformed", "nonsense\r\n\r\n"},
      {400, "request.malformed", "GET / HTTP/1.1\r\n\r\n"},
      {400, "request.malformed", "GET / HTTP/1.1\nHost: a\n\n"},
      {400, "request.malformed_body", chunked + "x\r\n"},
      {400, "request.malformed_body", chunked + "1\r\nab\r\n"},
      {413, "request.body_too_large", "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 51\r\n\r\n"},
      {413, "request.body_too_large", chunked + "33\r\n"},
      {413, "request.body_too_large", chunked + "1;aaaaaaaaaaaaaaaaaaaaaaaa"},
      {413, "request.body_too_large", chunked + "0\r\nX: aaaaaaaaaaaaaaaaaaaaaaaa"},
      {414, "request.target_too_long", "GET /" + std::string(200, 'a')},
      {417, "request.expectation_failed", get("/", "Expect: x\r\n")},
      {431, "request.headers_too_large", get("/", "X: " + std::string(200, 'x') + "\r\n")},
      {431, "request.headers_too_large", get("/", "A: 1\r\nB: 1\r\nC: 1\r\nD: 1\r\nE: 1\r\n")},
      {501, "request.not_implemented", "CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n"},
      {505, "request.version_unsupported", "GET / HTTP/3.0\r\nHost: a\r\n\r\n"},
  };
  for (const Case& c : cases) {
    RawClient client = server.connect();
    // Whatever follows a malformed message is never parsed.
    client.send(get("/before") + c.bytes + get("/behind"));
    EXPECT_EQ(client.read_response().body, "you asked for /before") << c.bytes;
    const RawResponse refused = client.read_response();
    EXPECT_EQ(refused.status, c.status) << c.bytes;
    EXPECT_EQ(refused.body, std::to_string(c.status) + " " + c.code) << c.bytes;
    EXPECT_EQ(refused.header("Connection"), "close") << c.bytes;
    client.shut_down_sending();
    EXPECT_TRUE(client.closed_by_server()) << c.bytes;
  }
}

TEST(Connection, AHandlerThatThrowsIsA500AndTheEnd) {
  TestServer server;
  for (const auto* path : {"/throw", "/99"}) {
    RawClient client = server.connect();
    client.send(get(path) + get("/behind"));
    const RawResponse response = client.read_response();
    EXPECT_EQ(response.status, 500);
    EXPECT_EQ(response.body, "500 internal");
    client.shut_down_sending();
    EXPECT_TRUE(client.closed_by_server());
  }
}

TEST(Connection, StaysForTheNextRequest) {
  TestServer server;
  RawClient client = server.connect();
  for (int i = 0; i < 3; ++i) {
    const std::string target = "/" + std::to_string(i) + "?q";
    const RawResponse response = client.request("GET", target);
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.body, "you asked for " + target);
    EXPECT_EQ(response.count("Connection"), 0U);
    EXPECT_EQ(response.header("Date").size(), 29U);
  }
  EXPECT_EQ(server.server.connections(), 1U);
  EXPECT_EQ(client.request("GET", "/last", "Connection: close\r\n").header("Connection"), "close");
  EXPECT_TRUE(client.closed_by_server());
}

TEST(Connection, EndsAfterItsLastRequest) {
  TestServer server(Limits{.requests_per_connection_max = 2});
  RawClient client = server.connect();
  client.send(get("/1") + get("/2") + get("/3"));
  EXPECT_EQ(client.read_response().count("Connection"), 0U);
  EXPECT_EQ(client.read_response().header("Connection"), "close");
  client.shut_down_sending();
  EXPECT_TRUE(client.closed_by_server());
}

// A reset behind the last answer could take it away from a reader.
TEST(Connection, DoesNotResetAfterItsLastAnswerWhenMoreLiesUnread) {
  TestServer server;
  RawClient client = server.connect();
  const std::string bare = get("/last", "Connection: close\r\nX: \r\n");
  const std::string padding(BufferPool::buffer_bytes - bare.size(), 'x');  // what one read takes, to the byte
  client.send(get("/last", "Connection: close\r\nX: " + padding + "\r\n") + get("/behind"));
  EXPECT_EQ(client.read_response().body, "you asked for /last");
  EXPECT_TRUE(client.closed_by_server());
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(client.try_send("still sending"));
}

TEST(Connection, AnswersPipelinedRequestsInOrder) {
  TestServer server(Limits{.pipelined_requests_max = 7});
  RawClient client = server.connect();
  std::string all;
  for (int i = 0; i < 50; ++i) all += i % 5 == 3 ? get("/later") : get("/" + std::to_string(i));
  client.send(all);
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(client.read_response().body, i % 5 == 3 ? "later" : "you asked for /" + std::to_string(i));
  }
}

TEST(Connection, GathersTheAnswersOfManyConnections) {
  TestServer server(Limits{.gathering_answers_per_second_min = 0});
  std::vector<RawClient> clients;
  for (int i = 0; i < 50; ++i) clients.push_back(server.connect());
  for (int round = 0; round < 20; ++round) {
    const std::string target = "/" + std::to_string(round);
    for (RawClient& client : clients) client.send(get(target));
    for (RawClient& client : clients) EXPECT_EQ(client.read_response().body, "you asked for " + target);
  }
}

TEST(Connection, GatheredAnswersOfASlowReaderComeWhole) {
  TestServer server(Limits{.gathering_answers_per_second_min = 0});
  RawClient client(server.server.port(), {.receive_buffer_bytes = 4096});
  int asked = 0;
  do {  // until the server's socket takes no more and so the next request is not read
    client.send(get("/joined"));
    ++asked;
  } while (server.handler.joined.try_acquire_for(milliseconds{200}) && asked < 2'000);
  ASSERT_LT(asked, 2'000);
  for (int i = 0; i < asked; ++i) EXPECT_EQ(client.read_response().body.size(), 16'000U);
}

TEST(Connection, AnAnswerThatIsGatheredIsSentBeforeTheEnd) {
  TestServer server(Limits{.gathering_answers_per_second_min = 0, .idle_time_max = milliseconds{40}});
  RawClient client = server.connect();
  client.send(get("/one") + get("/two", "Connection: close\r\n"));
  EXPECT_EQ(client.read_response().body, "you asked for /one");
  EXPECT_EQ(client.read_response().body, "you asked for /two");
  EXPECT_TRUE(client.closed_by_server());
  RawClient idle = server.connect();
  idle.send(get("/kept"));
  EXPECT_EQ(idle.read_response().body, "you asked for /kept");
  EXPECT_TRUE(idle.closed_by_server());
}

TEST(Connection, TakesARequestByteByByte) {
  TestServer server;
  RawClient client = server.connect();
  const std::string bytes =
      "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3;x\r\nabc\r\n2\r\nde\r\n0\r\nT: v\r\n\r\n";
  for (const char c : bytes) client.send({&c, 1});
  EXPECT_EQ(client.read_response().body, "abcde");
}

TEST(Connection, SpeaksHttp10) {
  TestServer server;
  RawClient stays = server.connect();
  stays.send("GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_EQ(stays.read_response().header("Connection"), "keep-alive");
  stays.send("GET /stream HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  const RawResponse streamed = stays.read_response();  // its end is the connection's
  EXPECT_EQ(streamed.header("Connection"), "close");
  EXPECT_EQ(streamed.count("Transfer-Encoding"), 0U);
  EXPECT_EQ(streamed.body, "first second third");

  RawClient goes = server.connect();
  goes.send("GET /a HTTP/1.0\r\n\r\n");
  EXPECT_EQ(goes.read_response().body, "you asked for /a");
  EXPECT_TRUE(goes.closed_by_server());
}

TEST(Connection, HeadIsGetWithoutTheBody) {
  TestServer server;
  RawClient client = server.connect();
  EXPECT_EQ(client.request("HEAD", "/abc").header("Content-Length"), "18");
  EXPECT_EQ(client.request("HEAD", "/large").header("Content-Length"), "1000000");
  EXPECT_EQ(client.request("HEAD", "/stream").count("Content-Length"), 0U);
  EXPECT_EQ(client.request("HEAD", "/sized").header("Content-Length"), "18");
  EXPECT_EQ(client.request("GET", "/204").status, 204);
  EXPECT_EQ(client.request("GET", "/abc").body, "you asked for /abc");
}

TEST(Connection, AHalfClosedClientGetsItsAnswers) {
  TestServer server;
  RawClient client = server.connect();
  client.send(get("/1") + get("/later") + get("/large"));
  client.shut_down_sending();
  EXPECT_EQ(client.read_response().body, "you asked for /1");
  EXPECT_EQ(client.read_response().body, "later");
  EXPECT_EQ(client.read_response().body.size(), 1'000'000U);
  EXPECT_TRUE(client.closed_by_server());
}

TEST(Connection, StreamsAreChunkedOrHaveTheirLength) {
  TestServer server;
  RawClient client = server.connect();
  const RawResponse chunked = client.request("GET", "/stream");
  EXPECT_EQ(chunked.header("Transfer-Encoding"), "chunked");
  EXPECT_EQ(chunked.body, "first second third");
  const RawResponse sized = client.request("GET", "/sized");
  EXPECT_EQ(sized.header("Content-Length"), "18");
  EXPECT_EQ(sized.body, "first second third");
}

TEST(Connection, AStreamThatFailsIsNeverTakenForAWholeOne) {
  TestServer server;
  for (const auto* path : {"/breaks", "/promised-more", "/promised-less"}) {
    RawClient client = server.connect();
    client.send(get(path));
    EXPECT_EQ(client.read_head().status, 200) << path;
    const std::string rest = client.read_until_close();
    EXPECT_FALSE(rest.ends_with("0\r\n\r\n")) << path;
    EXPECT_NE(rest.size(), 100U) << path;
    EXPECT_LT(rest.size(), std::string_view(path) == "/promised-less" ? 7U : 100U) << path;
  }
  RawClient client = server.connect();
  client.send(get("/fails"));  // before the first byte: there is time to say so
  EXPECT_EQ(client.read_response().body, "500 internal");
  EXPECT_TRUE(client.closed_by_server());
}

TEST(Connection, LargeResponsesTakeNoMoreMemoryThanTheirPieces) {
  TestServer server;
  (void)server.connect().request("GET", "/stream");
  const std::size_t before = test::memory_peak();
  RawClient client = server.connect();
  client.send(get("/much"));
  (void)client.read_head();
  std::size_t bytes = 0;
  while (bytes < std::size_t{32} * 1024 * 1024) {
    ASSERT_EQ(client.read(7), "10000\r\n");
    bytes += client.read(64 * 1024).size();
    ASSERT_EQ(client.read(2), "\r\n");
  }
  EXPECT_EQ(client.read(5), "0\r\n\r\n");
  EXPECT_LT(test::memory_peak() - before, test::peak_growth_max);
}

TEST(Connection, ASlowReaderIsCutOff) {
  TestServer server(Limits{.write_time_max = milliseconds{50}});
  RawClient client(server.server.port(), {.receive_buffer_bytes = 4096});
  client.send(get("/endless"));
  EXPECT_EQ(server.handler.write_error.wait(), "connection.closed");
}

TEST(Connection, AClientThatLeavesEndsTheStream) {
  TestServer server;
  RawClient client = server.connect();
  client.send(get("/endless"));
  (void)client.read(100'000);
  client.close();
  EXPECT_EQ(server.handler.write_error.wait(), "connection.closed");
}

TEST(Connection, AClientThatLeavesCancelsTheHandler) {
  for (const auto leave : {&RawClient::close, &RawClient::reset}) {
    TestServer server;
    RawClient client = server.connect();
    client.send(get("/gate"));
    (void)server.handler.entered.wait();
    (client.*leave)();
    EXPECT_EQ(server.handler.left.wait(), "cancelled");
  }
}

TEST(Connection, ALateHandlerIsCancelledAndTheConnectionContinues) {
  TestServer server(Limits{.write_time_max = milliseconds{40}});
  RawClient client = server.connect();
  client.send(get("/gate?ms=20") + get("/later?ms=20"));
  EXPECT_EQ(client.read_response().body, "late");
  EXPECT_EQ(server.handler.left.wait(), "late");
  EXPECT_EQ(client.read_response().body, "later") << "what comes next has its own time, and may wait again";
  EXPECT_EQ(client.request("POST", "/count", "", "12345").body, "5");
}

TEST(Connection, AClientThatLeavesCancelsTheHandlerAfterOneThatWasLate) {
  TestServer first(Limits{.write_time_max = milliseconds{40}});
  RawClient client = first.connect();
  client.send(get("/gate?ms=20"));
  EXPECT_EQ(client.read_response().body, "late");
  client.send(get("/endless"));
  (void)client.read(1'000);
  client.close();
  EXPECT_EQ(first.handler.write_error.wait(), "connection.closed");
}

TEST(Connection, TheTimeThatABodyTakesIsNotTheHandlers) {
  const Limits limits{
      .body_idle_time_max = milliseconds{10'000}, .body_bytes_buffered_max = 0, .write_time_max = milliseconds{40}};
  TestServer server(limits);
  RawClient slow = server.connect();
  slow.send("POST /count?ms=20 HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n12345");
  RawClient other = server.connect();
  other.send(get("/gate?ms=20"));
  EXPECT_EQ(other.read_response().body, "late");  // so more than its time has passed
  slow.send("67890");
  EXPECT_EQ(slow.read_response().body, "10");
}

TEST(Connection, AStreamIsNotCounted) {
  TestServer server(Limits{.write_time_max = milliseconds{40}});
  RawClient client = server.connect();
  client.send(get("/endless?ms=20"));
  RawClient other = server.connect();
  other.send(get("/gate?ms=20"));
  (void)client.read(50'000);
  EXPECT_EQ(other.read_response().body, "late");
  (void)client.read(50'000);
}

TEST(Connection, TimesOutAHeadThatDoesNotCome) {
  TestServer server(Limits{.header_time_max = milliseconds{50}, .linger_time_max = milliseconds{50}});
  RawClient client = server.connect();
  client.send("GET / HTTP/1.1\r\n");
  EXPECT_EQ(client.read_response().body, "408 request.timeout");
  EXPECT_TRUE(client.closed_by_server());
}

TEST(Connection, TimesOutABodyThatDoesNotCome) {
  const Limits limits{
      .body_idle_time_max = milliseconds{50}, .body_bytes_buffered_max = 0, .linger_time_max = milliseconds{50}};
  TestServer server(limits);
  for (const auto* path : {"/echo", "/ignored"}) {
    RawClient client = server.connect();
    client.send("POST " + std::string(path) + " HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nabc");
    if (std::string_view(path) == "/echo") {
      EXPECT_EQ(client.read_response().body, "408 request.body_timeout");
    } else {
      EXPECT_EQ(client.read_response().status, 200);  // answered already; then the rest of the body did not come
    }
    EXPECT_TRUE(client.closed_by_server());
  }
}

TEST(Connection, ClosesAnIdleOneInSilence) {
  TestServer server(Limits{.idle_time_max = milliseconds{50}});
  RawClient fresh = server.connect();
  EXPECT_TRUE(fresh.closed_by_server());
  RawClient used = server.connect();
  (void)used.request("GET", "/");
  EXPECT_TRUE(used.closed_by_server());
}

TEST(Connection, AnIdleOneWithoutMemoryWakesUp) {
  TestServer server(Limits{.header_time_max = milliseconds{100}, .idle_memory_time_max = milliseconds{10}});
  RawClient client = server.connect();
  (void)client.request("GET", "/1");
  RawClient other = server.connect();  // its time passes, and with it the first one's
  other.send("GET");
  EXPECT_EQ(other.read_response().status, 408);
  EXPECT_EQ(client.request("GET", "/2").body, "you asked for /2");
  EXPECT_EQ(client.request("POST", "/echo", {}, std::string(50'000, 'b')).body.size(), 50'000U);
}

}  // namespace
}  // namespace ashlar::http::detail
