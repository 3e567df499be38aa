// SPDX-License-Identifier: Apache-2.0
#include "ashlar/http/detail/http2_test_client.hpp"
#include "ashlar/http/detail/test_server.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace ashlar::http::detail {
namespace {

using Trailers = std::map<std::string, std::string>;

TEST(Trailers, AreNotSentAfterABodyThatBroke) {
  TestServer server;
  Http2TestClient client(server.server.port());
  const Http2Answer broken = client.fetch(1, "/trailers?fails");
  EXPECT_TRUE(broken.reset);
  EXPECT_EQ(broken.trailers, Trailers{});
  EXPECT_EQ(client.fetch(3, "/next").body, "you asked for /next");
}

TEST(Trailers, FollowEveryBodyOfHttp2) {
  TestServer server;
  Http2TestClient client(server.server.port());
  struct Case {
    std::string path;
    std::string body;
    Trailers trailers;
  };
  const std::vector<Case> cases{{"/trailers", "", {{"checksum", "17"}}},
                                {"/trailers?whole", "whole", {{"checksum", "17"}}},
                                {"/trailers?stream", "first second third", {{"checksum", "17"}}},
                                {"/trailers?late", "piece", {{"checksum", "18"}}},
                                {"/stream", "first second third", {}},
                                {"/any", "you asked for /any", {}}};
  std::int32_t stream = 1;
  for (const Case& c : cases) {
    const Http2Answer answer = client.fetch(stream, c.path);
    EXPECT_EQ(answer.status, 200) << c.path;
    EXPECT_EQ(answer.body, c.body);
    EXPECT_EQ(answer.trailers, c.trailers) << c.path;
    EXPECT_FALSE(answer.reset) << c.path;
    stream += 2;
  }
}

TEST(Trailers, FollowNoResponseToHead) {
  TestServer server;
  Http2TestClient client(server.server.port());
  client.send(Http2TestClient::headers(1, Http2TestClient::head("HEAD", "/trailers?whole"), NGHTTP2_FLAG_END_STREAM));
  EXPECT_EQ(client.answer(1).trailers, Trailers{});
}

TEST(Trailers, FollowTheChunksOfHttp1) {
  TestServer server;
  test::RawClient client(server.server.port());
  client.send(
      "GET /trailers?late HTTP/1.1\r\nHost: a\r\n\r\nGET /trailers?whole HTTP/1.1\r\nHost: a\r\nConnection: "
      "close\r\n\r\n");
  const std::string all = client.read_until_close();
  EXPECT_NE(all.find("5\r\npiece\r\n0\r\nKeep-Alive: no field of HTTP/2\r\nChecksum: 18\r\n\r\nHTTP/1.1 200 OK"),
            std::string::npos)
      << all;
  EXPECT_TRUE(all.ends_with("\r\n\r\nwhole")) << all;
}

}  // namespace
}  // namespace ashlar::http::detail
