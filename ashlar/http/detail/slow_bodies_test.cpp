// SPDX-License-Identifier: Apache-2.0
// Clients that send bodies slowly, over both versions of HTTP: what they may hold, and for how long.
#include "ashlar/http/detail/http2_test_client.hpp"
#include "ashlar/http/detail/test_server.hpp"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

namespace ashlar::http::detail {
namespace {

using std::chrono::milliseconds;
using test::RawClient;

constexpr std::size_t impossible_rate = 1'000'000'000;

std::string post(std::string_view path, std::string_view headers) {
  return "POST " + std::string(path) + " HTTP/1.1\r\nHost: a\r\n" + std::string(headers) + "\r\n";
}

// Rounds of the server's loop, in which it has seen whatever was sent before.
void go_round(RawClient& other) {
  for (int i = 0; i < 5; ++i) EXPECT_EQ(other.request("GET", "/other").status, 200);
}

TEST(SlowBody, IsWaitedForBeforeTheHandlerRuns) {
  TestServer server;
  RawClient other = server.connect();
  const std::vector<std::string> heads{
      post("/echo", "Content-Length: 4\r\n") + "ab",
      post("/echo", "Content-Length: 4\r\n"),
      post("/echo", "Transfer-Encoding: chunked\r\n") + "2\r\nab\r\n",
      post("/count", "Content-Length: 60000\r\n") + std::string(59'990, 'x'),
      post("/count", "Content-Length: 1000000\r\n") + std::string(60'000, 'x'),
  };
  for (const std::string& head : heads) {
    RawClient slow = server.connect();
    slow.send(head);
    server.handler.handled = 0;
    go_round(other);
    EXPECT_EQ(server.handler.handled, 5) << head.substr(0, 80);
  }
  for (const char* const length : {"", "4"}) {
    Http2Fields more;
    if (*length != '\0') more.emplace_back("content-length", length);
    Http2TestClient slow(server.server.port());
    slow.send(Http2TestClient::post(1, "/echo", more) + Http2TestClient::data(1, "ab", 0));
    EXPECT_EQ(slow.fetch(3, "/other").status, 200);
    server.handler.handled = 0;
    EXPECT_EQ(slow.fetch(5, "/other").status, 200);
    EXPECT_EQ(server.handler.handled, 1) << "length: " << length;
    slow.send(Http2TestClient::data(1, "cd"));
    EXPECT_EQ(slow.answer(1).body, "abcd");
  }
}

TEST(SlowBody, ComesWholeAfterTheWait) {
  TestServer server(Limits{.body_bytes_buffered_max = 40'000});
  RawClient other = server.connect();
  for (const std::size_t size : {std::size_t{10}, std::size_t{17'000}, std::size_t{39'999}, std::size_t{200'000}}) {
    std::string body(size, '\0');
    for (std::size_t i = 0; i < size; ++i) body[i] = static_cast<char>('a' + i % 23);
    for (const auto* path : {"/echo", "/count"}) {
      RawClient slow = server.connect();
      slow.send(post(path, "Content-Length: " + std::to_string(size) + "\r\n"));
      for (std::size_t at = 0; at < size; at += size / 3 + 1) {
        go_round(other);
        slow.send(std::string_view(body).substr(at, size / 3 + 1));
      }
      const std::string got = slow.read_response().body;
      EXPECT_TRUE(got == (std::string_view(path) == "/echo" ? body : std::to_string(size))) << path << ' ' << size;
      EXPECT_EQ(slow.request("GET", "/next").body, "you asked for /next");
    }
  }
}

TEST(SlowBody, ABodyThatIsLargerThanWhatIsWaitedForIsItsHandlers) {
  TestServer server(Limits{.body_bytes_buffered_max = 1'000});
  RawClient client = server.connect();
  client.send(post("/ignored", "Content-Length: 60000\r\n") + std::string(1'000, 'x'));
  EXPECT_EQ(client.read_response().status, 200);
  Http2TestClient http2(server.server.port());
  http2.send(Http2TestClient::post(1, "/ignored") + Http2TestClient::data(1, std::string(1'000, 'x'), 0));
  EXPECT_EQ(http2.answer(1).status, 200);
}

TEST(SlowBody, AHandlerMayReadItAsItArrives) {
  for (const std::string_view framing : {"Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\n"}) {
    TestServer server;
    RawClient live = server.connect();
    live.send(post("/count?live", framing));
    while (server.handler.handled == 0) continue;
    live.send(framing.starts_with('C') ? "12345" : "5\r\n12345\r\n0\r\n\r\n");
    EXPECT_EQ(live.read_response().body, "5");
  }
  TestServer server;
  Http2TestClient live(server.server.port());
  live.send(Http2TestClient::post(1, "/count?live"));
  while (server.handler.handled == 0) continue;
  live.send(Http2TestClient::data(1, "12345"));
  EXPECT_EQ(live.answer(1).body, "5");
}

struct TooSlow {
  const char* what;
  Limits limits;
};
std::vector<TooSlow> too_slow() {
  const Limits idle_only{.body_idle_time_max = milliseconds{60'000},
                         .body_bytes_per_second_min = 0,
                         .body_time_max = milliseconds{0},
                         .linger_time_max = milliseconds{20}};
  std::vector<TooSlow> out(4, {"", idle_only});
  for (const std::size_t i : {std::size_t{0}, std::size_t{1}}) {
    out[i].what = "under the rate";
    out[i].limits.body_grace_time = milliseconds{50};
    out[i].limits.body_bytes_per_second_min = impossible_rate;
    out[i + 2].what = "over the whole time";
    out[i + 2].limits.body_time_max = milliseconds{50};
  }
  out[1].limits.body_bytes_buffered_max = out[3].limits.body_bytes_buffered_max = 0;  // the handler waits itself
  return out;
}

// Every byte used to restart the body's whole time limit.
TEST(SlowBody, IsRefusedHoweverItTrickles) {
  for (const TooSlow& c : too_slow()) {
    for (const auto* length : {"Content-Length: 10000000\r\n", "Transfer-Encoding: chunked\r\n"}) {
      TestServer server(c.limits);
      RawClient client = server.connect();
      client.send(post("/count", length));
      const std::string_view piece = length[0] == 'C' ? "x" : "1\r\nx\r\n";
      std::thread trickle([&] {
        while (client.try_send(piece)) continue;
      });
      EXPECT_EQ(client.read_response().body, "408 request.body_timeout") << c.what << ", " << length;
      trickle.join();
    }
  }
}

TEST(SlowBody, IsRefusedHoweverItTricklesOverHttp2) {
  for (const TooSlow& c : too_slow()) {
    TestServer server(c.limits);
    Http2TestClient client(server.server.port());
    client.send(Http2TestClient::post(1, "/count"));
    for (int i = 0; i < 60'000 && client.so_far(1).status == 0; ++i) {
      client.send(Http2TestClient::data(1, "x", 0) + (i % 100 == 0 ? Http2TestClient::ping() : std::string{}));
      if (i % 100 == 0) (void)client.read(NGHTTP2_PING);
    }
    EXPECT_EQ(client.answer(1).body, "408 request.body_timeout") << c.what;
    EXPECT_EQ(client.fetch(3, "/next").body, "you asked for /next") << c.what;
  }
}

TEST(SlowBody, OneAddressHoldsOnlySoMany) {
  TestServer server(Limits{.awaited_bodies_per_address_max = 2});
  const std::string head = post("/echo", "Content-Length: 4\r\n") + "ab";
  RawClient one = server.connect(), two = server.connect(), other = server.connect();
  one.send(head);
  two.send(head);
  go_round(other);
  for (const std::string_view expectation : {"", "Expect: 100-continue\r\n"}) {
    RawClient three = server.connect();
    three.send(post("/echo", "Content-Length: 4\r\n" + std::string(expectation)));
    EXPECT_EQ(three.read_response().body, "429 request.too_many_bodies") << expectation;
  }
  one.send("cd");
  EXPECT_EQ(one.read_response().body, "abcd");
  RawClient four = server.connect();
  four.send(head);
  go_round(other);
  four.send("cd");
  EXPECT_EQ(four.read_response().body, "abcd") << "a place was given back";
  two.close();
  for (bool free = false; !free;) {  // as soon as the server has noticed
    RawClient five = server.connect(), six = server.connect();
    five.send(head);
    six.send(head);
    go_round(other);
    free = five.try_send("cd") && six.try_send("cd") && five.read_response().status == 200 &&
           six.read_response().status == 200;
  }
}

TEST(SlowBody, OneAddressHoldsOnlySoManyOverHttp2) {
  for (const std::size_t buffered : {std::size_t{0}, std::size_t{1'000}}) {
    TestServer server(Limits{.body_bytes_buffered_max = buffered, .awaited_bodies_per_address_max = 2});
    Http2TestClient client(server.server.port());
    for (std::int32_t id = 1; id < 11; id += 2) {
      client.send(Http2TestClient::post(id, "/echo") + Http2TestClient::data(id, "a", 0));
    }
    int refused = 0;
    while (refused < 3) {
      refused = 0;
      for (std::int32_t id = 1; id < 11; id += 2) refused += client.so_far(id).status == 429 ? 1 : 0;
      if (refused < 3) (void)client.read();
    }
    int answered = 0;
    for (std::int32_t id = 1; id < 11; id += 2) {
      if (client.so_far(id).status == 429) continue;
      client.send(Http2TestClient::data(id, "b"));
      EXPECT_EQ(client.answer(id).body, "ab");
      ++answered;
    }
    EXPECT_EQ(answered, 2);
  }
}

// RFC 9110 section 6.4: content is what is left when the framing is taken away.
TEST(EmptyBody, IsNoContentHoweverItsEndIsSignalled) {
  TestServer server;
  for (const auto* method : {"GET", "DELETE", "POST", "PUT", "PATCH", "OPTIONS"}) {
    const std::string line = std::string(method) + " /present HTTP/1.1\r\nHost: a\r\n";
    const std::string chunked = line + "Transfer-Encoding: chunked\r\n\r\n";
    const std::vector<std::pair<std::string, std::string>> cases{
        {line + "\r\n", "no content, 0"},
        {line + "Content-Length: 0\r\n\r\n", "no content, 0"},
        {chunked + "0\r\n\r\n", "no content, 0"},
        {chunked + "0;x=y\r\nA: b\r\n\r\n", "no content, 0"},
        {line + "Content-Length: 1\r\n\r\nx", "content, 1"},
        {chunked + "1\r\nx\r\n0\r\n\r\n", "content, 1"},
    };
    for (const auto& [bytes, expected] : cases) {
      RawClient client = server.connect();
      client.send(bytes);
      EXPECT_EQ(client.read_response().body, expected) << bytes;
      for (const char& c : bytes) client.send({&c, 1});
      EXPECT_EQ(client.read_response().body, expected) << "in single bytes: " << bytes;
    }
    using Client = Http2TestClient;
    const std::string open = Client::headers(1, Client::head(method, "/present"), 0);
    const Http2Fields zero = Client::head(method, "/present", {{"content-length", "0"}});
    const std::vector<std::pair<std::string, std::string>> frames{
        {Client::headers(1, Client::head(method, "/present"), NGHTTP2_FLAG_END_STREAM), "no content, 0"},
        {open + Client::data(1, ""), "no content, 0"},
        {open + Client::data(1, "", 0) + Client::data(1, ""), "no content, 0"},
        {open + Client::headers(1, {{"trailer", "x"}}, NGHTTP2_FLAG_END_STREAM), "no content, 0"},
        {Client::headers(1, zero, 0) + Client::data(1, ""), "no content, 0"},
        {open + Client::data(1, "x"), "content, 1"},
    };
    for (const auto& [bytes, expected] : frames) {
      Client client(server.server.port());
      for (const char& c : bytes) client.raw().send({&c, 1});
      EXPECT_EQ(client.answer(1).body, expected) << method;
    }
  }
}

}  // namespace
}  // namespace ashlar::http::detail
