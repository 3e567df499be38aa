// SPDX-License-Identifier: Apache-2.0
// Servers that do everything wrong, on the loopback interface.
#include "ashlar/http/client/detail/client_fixture.hpp"

namespace ashlar::http {
namespace {

using detail::ScriptedServer;
using detail::ServerPeer;

class HttpClientHostileServer : public detail::ClientFixture {
 protected:
  static ClientOptions small() {
    return {.response_head_bytes_max = 1'000,
            .response_fields_max = 10,
            .response_body_bytes_max = 1'000,
            .chunk_extension_bytes_max = 100,
            .trailer_bytes_max = 100};
  }
  // Sends `start`, then `piece` until the client closes. The client has to end by itself.
  static test::ServerScript endless(std::string start, std::string piece) {
    return [=](ServerPeer& peer) {
      if (!peer.read_request() || !peer.write(start)) return;
      while (peer.write(piece)) {
      }
    };
  }
};

TEST_F(HttpClientHostileServer, WithoutEnd) {
  struct Case {
    const char* what;
    std::string start, piece;
    const char* expected;
  };
  const std::string ok = "HTTP/1.1 200 OK\r\n";
  for (const auto& [what, start, piece, expected] : std::vector<Case>{
           {"status line", "HTTP/1.1 200 ", "a", "http_client.response_too_large"},
           {"field value", ok + "A: ", "aaaa", "http_client.response_too_large"},
           {"fields", ok, "A: b\r\n", "http_client.response_too_large"},
           {"interim responses", "", "HTTP/1.1 100 Continue\r\n\r\n", "http_client.malformed_response"},
           {"early hints", "", "HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n", "http_client.malformed_response"},
           {"body until close", ok + "\r\n", "body", "http_client.response_too_large"},
           {"chunks", ok + "Transfer-Encoding: chunked\r\n\r\n", "5\r\nhello\r\n", "http_client.response_too_large"},
           {"chunk extension", ok + "Transfer-Encoding: chunked\r\n\r\n5;", "a", "http_client.response_too_large"},
           {"chunk extensions", ok + "Transfer-Encoding: chunked\r\n\r\n", "1;abcdefgh\r\nx\r\n",
            "http_client.response_too_large"},
           {"chunk size", ok + "Transfer-Encoding: chunked\r\n\r\n", "0", "http_client.malformed_response"},
           {"trailers", ok + "Transfer-Encoding: chunked\r\n\r\n0\r\n", "A: b\r\n", "http_client.response_too_large"},
           {"blank lines", "", "\r\n", "http_client.malformed_response"},
           {"another protocol", "", "SSH-2.0-OpenSSH\r\n", "http_client.malformed_response"},
           {"zeros", "", std::string(100, '\0'), "http_client.malformed_response"},
       }) {
    const ScriptedServer server(endless(start, piece));
    Client client({&loop_}, small());
    EXPECT_EQ(outcome(client, to(server.url())), expected) << what;
    EXPECT_EQ(server.accepted(), 1) << what;
    EXPECT_EQ(client.figures().idle_connections, 0U) << what;
  }
}

TEST_F(HttpClientHostileServer, WithALengthOverTheLimit) {
  for (const char* field : {"Content-Length: 1001", "Content-Length: 18446744073709551615"}) {
    const ScriptedServer server(test::answer_once_with("HTTP/1.1 200 OK\r\n" + std::string(field) + "\r\n\r\n"));
    Client client({&loop_}, small());
    EXPECT_EQ(outcome(client, to(server.url())), "http_client.response_too_large") << field;
  }
  const ScriptedServer chunked(
      test::answer_once_with("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\n"));
  Client client({&loop_}, small());
  EXPECT_EQ(outcome(client, to(chunked.url())), "http_client.response_too_large");
}

TEST_F(HttpClientHostileServer, TheRequestsOwnLimitCounts) {
  const ScriptedServer server(test::answer_with(detail::response_with(std::string(2'000, 'a'))));
  Client client({&loop_}, small());
  EXPECT_EQ(outcome(client, to(server.url())), "http_client.response_too_large");
  ClientRequest request = to(server.url());
  request.response_body_bytes_max = 2'000;
  EXPECT_EQ(outcome(client, request), "200 " + std::string(2'000, 'a'));
  request.response_body_bytes_max = 1'999;
  EXPECT_EQ(outcome(client, request), "http_client.response_too_large");
}

TEST_F(HttpClientHostileServer, ClosesTooEarly) {
  for (const char* bytes :
       {"", "H", "HTTP/1.1 200 OK", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n", "HTTP/1.1 100 Continue\r\n\r\n"}) {
    const ScriptedServer server(test::answer_once_with(bytes));
    Client client({&loop_}, {});
    EXPECT_EQ(outcome(client, to(server.url())), "http_client.connection_lost") << bytes;
    EXPECT_EQ(server.accepted(), 1);
  }
}

TEST_F(HttpClientHostileServer, ResetsTheConnection) {
  const ScriptedServer server([](ServerPeer& peer) {
    peer.read_request();
    peer.write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe");
    peer.reset();
  });
  Client client({&loop_}, {});
  EXPECT_EQ(outcome(client, to(server.url())), "http_client.connection_lost");
}

TEST_F(HttpClientHostileServer, SendsTwoReadingsOfOneMessage) {
  for (const char* fields :
       {"Content-Length: 5\r\nContent-Length: 6", "Content-Length: 5\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: gzip", "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
        "Content-Length: 5\r\n folded", "Content-Length : 5", "Content-Length: 5\nX: y", "Content-Length: 0x5"}) {
    const ScriptedServer server(test::answer_once_with("HTTP/1.1 200 OK\r\n" + std::string(fields) + "\r\n\r\nhello"));
    Client client({&loop_}, {});
    EXPECT_EQ(outcome(client, to(server.url())), "http_client.malformed_response") << fields;
  }
}

TEST_F(HttpClientHostileServer, ByteByByteIsFine) {
  const ScriptedServer server([](ServerPeer& peer) {
    if (!peer.read_request()) return;
    for (const char c : std::string("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"))
      if (!peer.write({&c, 1})) return;
  });
  Client client({&loop_}, {});
  EXPECT_EQ(outcome(client, to(server.url())), "200 hello");
}

TEST_F(HttpClientHostileServer, ErrorsNameNoAddressToTheClient) {
  detail::FakeResolver resolver({{"hook.test", {{"10.1.2.3"}}}});
  Client client({&loop_}, {.resolver = &resolver});
  const auto refused = await(client.send({.url = "http://hook.test/"}));
  ASSERT_FALSE(refused);
  EXPECT_FALSE(refused.error().message().contains("10.1.2.3"));
  EXPECT_EQ(refused.error().cause(), "hook.test: 10.1.2.3 (private)");
}

}  // namespace
}  // namespace ashlar::http
