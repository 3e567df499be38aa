// SPDX-License-Identifier: Apache-2.0
#include "tests/security/shapes.hpp"

#include "ashlar/http/server.hpp"
#include "tests/support/raw_client.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>

namespace ashlar::test {
namespace {

using http::BodyReader;
using http::Request;
using http::Response;

constexpr std::string_view honest = "GET /honest HTTP/1.1\r\nHost: a\r\n\r\n";
constexpr std::string_view smuggled = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";
constexpr std::string_view next = "GET /next HTTP/1.1\r\nHost: a\r\n\r\n";

// Small, so that what is over them stays small, too. Nothing here waits for a time limit.
constexpr http::Limits limits{.request_line_bytes_max = 256,
                              .header_bytes_max = 512,
                              .header_count_max = 8,
                              .chunk_extension_bytes_max = 64,
                              .trailer_bytes_max = 64,
                              .body_bytes_max = 1000};

class EchoHandler final : public http::Handler {
 public:
  std::atomic<int> smuggled_requests = 0;

  Task<> handle(Request& request, Response& response) override {
    if (request.path == "/smuggled") ++smuggled_requests;
    response.body.append(request.method_name).append(" ").append(request.path).append(" ").append(request.authority);
    if (!request.query.empty()) response.body.append("?").append(request.query);
    if (const auto x = request.headers.find("X")) response.body.append(" X=").append(*x);
    const Result<std::string_view> body = co_await request.body->read_all(limits.body_bytes_max);
    if (body && !body->empty()) response.body.append(" [").append(*body).append("]");
  }
  void reject(int, const Error& error, const Request&, Response& response) override { response.body = error.message(); }
};

struct EchoServer {
  EchoHandler handler;
  http::Server server{{.host = "127.0.0.1", .port = 0, .loops = 1, .limits = limits}, handler};
  EchoServer() { server.start(); }
};

enum class Feed : unsigned char { whole, single_bytes };
constexpr Feed feeds[] = {Feed::whole, Feed::single_bytes};

void send(RawClient& client, std::string_view bytes, Feed feed) {
  if (feed == Feed::whole) {
    (void)client.try_send(bytes);
    return;
  }
  for (const char& c : bytes) {
    if (!client.try_send({&c, 1})) return;
  }
}

RawResponse final_response(RawClient& client) {
  RawResponse response = client.read_response();
  if (response.status == 100) response = client.read_response();
  return response;
}

std::string name(std::string_view what, std::string_view section, const std::string& bytes, Feed feed) {
  std::string out(what);
  out.append(" (").append(section).append(feed == Feed::whole ? "):\n" : "), in single bytes:\n");
  return out + ::testing::PrintToString(bytes);
}

void check(EchoServer& server, const Refused& shape, Feed feed) {
  RawClient client(server.server.port());
  const std::string_view before = feed == Feed::whole ? honest : std::string_view{};
  send(client, std::string(before).append(shape.bytes).append(smuggled), feed);
  if (!before.empty()) ASSERT_EQ(client.read_response().body, "GET /honest a");
  const RawResponse refusal = final_response(client);
  EXPECT_EQ(refusal.status, shape.status) << refusal.body;
  EXPECT_EQ(refusal.header("Connection"), "close");
  EXPECT_EQ(client.read_until_close(), "");
  EXPECT_EQ(server.handler.smuggled_requests, 0);
}

void check(EchoServer& server, const Taken& shape, Feed feed) {
  RawClient client(server.server.port());
  send(client, std::string(shape.bytes).append(next), feed);
  const RawResponse response = final_response(client);
  EXPECT_EQ(response.status, 200) << response.body;
  EXPECT_EQ(response.body, shape.echo);
  if (shape.after == After::closes) {
    EXPECT_EQ(client.read_until_close(), "");
  } else {
    EXPECT_EQ(client.read_response().body, "GET /next a");
  }
}

template <class Shape>
void check_all(const std::vector<Shape>& shapes) {
  EchoServer server;
  for (const Shape& shape : shapes) {
    for (const Feed feed : feeds) {
      SCOPED_TRACE(name(shape.what, shape.section, shape.bytes, feed));
      ASSERT_NO_THROW(check(server, shape, feed));
    }
  }
}

}  // namespace

void check(const std::vector<Refused>& shapes) { check_all(shapes); }
void check(const std::vector<Taken>& shapes) { check_all(shapes); }

std::string with_nul(std::string_view text) {
  std::string out(text);
  std::ranges::replace(out, '~', '\0');
  return out;
}

std::string get(std::string_view fields) { return std::string("GET / HTTP/1.1\r\n").append(fields).append("\r\n"); }
std::string get_with_host(std::string_view more) { return get(std::string("Host: a\r\n").append(more)); }
std::string post(std::string_view fields) {
  return std::string("POST /echo HTTP/1.1\r\nHost: a\r\n").append(fields).append("\r\n");
}
std::string chunked(std::string_view body) { return post("Transfer-Encoding: chunked\r\n").append(body); }
std::string line(std::string_view request_line) { return std::string(request_line).append("\r\nHost: a\r\n\r\n"); }

}  // namespace ashlar::test
