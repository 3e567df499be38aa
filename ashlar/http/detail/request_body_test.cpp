// SPDX-License-Identifier: Apache-2.0
#include "ashlar/http/detail/request_body.hpp"

#include "ashlar/http/detail/http1_response.hpp"
#include "ashlar/http/detail/test_server.hpp"
#include "tests/support/memory.hpp"

#include <gtest/gtest.h>

#include <string>

namespace ashlar::http::detail {
namespace {

using test::RawClient;
using test::RawResponse;

std::string head(std::string_view path, std::string_view headers) {
  return "POST " + std::string(path) + " HTTP/1.1\r\nHost: a\r\n" + std::string(headers) + "\r\n";
}

// Not all the same byte, so that a piece that is lost, doubled or moved is seen.
std::string pattern(std::size_t size) {
  std::string out(size, '\0');
  for (std::size_t i = 0; i < size; ++i) out[i] = static_cast<char>('a' + (i * 7 + i / 251) % 26);
  return out;
}

std::string chunks(std::string_view body, std::size_t size) {
  std::string out;
  for (; !body.empty(); body.remove_prefix(std::min(size, body.size()))) {
    append_chunk_size(out, std::min(size, body.size()));
    out.append(body.substr(0, size)).append("\r\n");
  }
  return out + "0\r\n\r\n";
}

TEST(RequestBody, IsTheSameHoweverItComes) {
  TestServer server;
  for (const std::size_t size :
       {std::size_t{1}, std::size_t{100}, std::size_t{15'000}, std::size_t{16'500}, std::size_t{1'000'000}}) {
    const std::string body = pattern(size);
    const std::string sized = "Content-Length: " + std::to_string(size) + "\r\n";
    RawClient client = server.connect();
    client.send(head("/echo", sized) + body);
    EXPECT_TRUE(client.read_response().body == body) << size << " at once";
    client.send(head("/echo", sized));
    client.send(body.substr(0, size / 2));
    client.send(body.substr(size / 2));
    EXPECT_TRUE(client.read_response().body == body) << size << " in three parts";
    for (const std::size_t chunk : {std::size_t{1}, std::size_t{1000}, std::size_t{70'000}}) {
      if (chunk == 1 && size > 20'000) continue;
      client.send(head("/echo", "Transfer-Encoding: chunked\r\n") + chunks(body, chunk));
      EXPECT_TRUE(client.read_response().body == body) << size << " in chunks of " << chunk;
    }
    client.send(head("/count", sized) + body + head("/count", "Transfer-Encoding: chunked\r\n") + chunks(body, 999));
    EXPECT_EQ(client.read_response().body, std::to_string(size));
    EXPECT_EQ(client.read_response().body, std::to_string(size));
  }
}

TEST(RequestBody, MayFollowAHeadThatFillsTheBuffer) {
  TestServer server;
  RawClient client = server.connect();
  for (const std::size_t header : {std::size_t{14'000}, std::size_t{16'200}, std::size_t{30'000}}) {
    const std::string body = pattern(40'000);
    const std::string fields = "X: " + std::string(header, 'x') + "\r\nContent-Length: 40000\r\n";
    client.send(head("/echo", fields));
    client.send(body);
    EXPECT_TRUE(client.read_response().body == body) << header;
    client.send(head("/count", fields) + body + head("/echo", "Content-Length: 2\r\n") + "ok");
    EXPECT_EQ(client.read_response().body, "40000") << header;
    EXPECT_EQ(client.read_response().body, "ok") << header;
  }
}

TEST(RequestBody, IsRequestedWhenTheClientExpectsContinue) {
  TestServer server;
  RawClient client = server.connect();
  client.send(head("/echo", "Content-Length: 3\r\nExpect: 100-continue\r\n"));
  EXPECT_EQ(client.read_response().status, 100);
  client.send("abc");
  EXPECT_EQ(client.read_response().body, "abc");
  // A client that does not wait is not asked.
  client.send(head("/echo", "Content-Length: 3\r\nExpect: 100-continue\r\n") + "abc");
  EXPECT_EQ(client.read_response().body, "abc");
  // A handler that does not want the body answers at once; whether the body arrives is unknown then, so the connection
  // ends.
  client.send(head("/ignored", "Content-Length: 3\r\nExpect: 100-continue\r\n"));
  EXPECT_EQ(client.read_response().header("Connection"), "close");
  client.shut_down_sending();
  EXPECT_TRUE(client.closed_by_server());
}

TEST(RequestBody, AnUnreadOneIsSkippedUpToTheLimit) {
  TestServer server(Limits{.discarded_body_bytes_max = 30'000, .body_bytes_buffered_max = 0});
  RawClient client = server.connect();
  client.send(head("/1", "Content-Length: 30000\r\n"));
  EXPECT_EQ(client.read_response().body, "you asked for /1");
  client.send(pattern(30'000) + head("/2", "Transfer-Encoding: chunked\r\n") + chunks(pattern(20'000), 5'000) +
              head("/3", "Content-Length: 30001\r\n"));
  EXPECT_EQ(client.read_response().body, "you asked for /2");
  const RawResponse last = client.read_response();
  EXPECT_EQ(last.body, "you asked for /3");
  EXPECT_EQ(last.header("Connection"), "close");
  client.shut_down_sending();
  EXPECT_TRUE(client.closed_by_server());
}

TEST(RequestBody, AnAnswerReachesAClientThatIsStillSending) {
  TestServer server(Limits{.body_bytes_max = 1'000'000});
  RawClient client = server.connect();
  client.send(head("/echo", "Content-Length: 8000000\r\n"));
  const std::string part = pattern(100'000);
  for (int i = 0; i < 80; ++i) EXPECT_TRUE(client.try_send(part)) << "reset at part " << i;
  EXPECT_EQ(client.read_response().status, 413);
}

TEST(RequestBody, AnUploadTakesNoMoreMemoryThanItsPieces) {
  TestServer server(Limits{.body_bytes_max = 100'000'000});
  RawClient client = server.connect();
  const std::string piece = pattern(64 * 1024);
  client.send(head("/count", "Content-Length: " + std::to_string(512 * piece.size()) + "\r\n"));
  const std::size_t before = test::memory_peak();
  for (int i = 0; i < 512; ++i) client.send(piece);
  EXPECT_EQ(client.read_response().body, std::to_string(512 * piece.size()));
  EXPECT_LT(test::memory_peak() - before, test::peak_growth_max);
}

TEST(RequestBody, AClientThatLeavesInTheMiddleIsAnError) {
  TestServer server(Limits{.body_bytes_buffered_max = 0});
  RawClient client = server.connect();
  client.send(head("/count", "Content-Length: 100\r\n") + "abc");
  client.close();
  EXPECT_EQ(server.handler.body_error.wait(), "connection.closed");
}

TEST(RequestBody, AHandlersOwnLimitIsTheHandlersToAnswer) {
  TestServer server;
  RawClient client = server.connect();
  const std::string body = pattern(5 * 1024 * 1024);  // /echo takes four
  client.send(head("/echo", "Content-Length: " + std::to_string(body.size()) + "\r\n") + body.substr(0, 64 * 1024));
  EXPECT_EQ(client.read_response().body, "request.body_too_large");
  RawClient chunked = server.connect();
  chunked.send(head("/echo", "Transfer-Encoding: chunked\r\n"));
  (void)chunked.try_send(chunks(body, 100'000));
  const RawResponse refused = chunked.read_response();
  EXPECT_EQ(refused.status, 422);
  EXPECT_EQ(refused.body, "request.body_too_large");
}

}  // namespace
}  // namespace ashlar::http::detail
