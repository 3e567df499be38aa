// SPDX-License-Identifier: Apache-2.0
// Sockets on both kinds of tunnel, over the real server.
#include "ashlar/realtime/socket.hpp"

#include "ashlar/realtime/detail/test_sockets.hpp"
#include "tests/support/websocket_client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace ashlar::realtime {
namespace {

using namespace std::chrono_literals;
using detail::SocketTestServer;
using test::WebSocketClient;
using test::WebSocketOver;
using testing::StartsWith;

class SocketOverTunnel : public testing::TestWithParam<WebSocketOver> {
 protected:
  [[nodiscard]] WebSocketClient connect(const SocketTestServer& server, const std::string& path = "/echo") const {
    return {server.port(), GetParam(), {.path = path}};
  }
};

INSTANTIATE_TEST_SUITE_P(Http, SocketOverTunnel, testing::Values(WebSocketOver::http1, WebSocketOver::http2),
                         [](const auto& info) { return info.param == WebSocketOver::http1 ? "1" : "2"; });

TEST_P(SocketOverTunnel, CarriesMessagesBothWays) {
  SocketTestServer server;
  WebSocketClient client = connect(server);
  client.send(Opcode::text, "hello");
  EXPECT_EQ(client.next(), "text hello");
  client.send(Opcode::binary, std::string(50'000, 'b'));
  EXPECT_EQ(client.next(), "binary " + std::string(50'000, 'b'));
  client.send_close(CloseCode::normal, "done");
  EXPECT_EQ(client.next(), "close 1000");
  EXPECT_EQ(server.ended(), Ending::by_client);
  EXPECT_TRUE(client.ended());
  const SocketStatistics all = server.statistics().closed;
  EXPECT_EQ(all.messages_received, 2);
  EXPECT_EQ(all.messages_sent, 2);
  EXPECT_EQ(all.messages_dropped, 0);
}

TEST_P(SocketOverTunnel, JoinsFragmentsAroundControlFrames) {
  SocketTestServer server;
  WebSocketClient client = connect(server);
  client.send_frame(0x01, "one ");
  client.send_frame(0x89, "are you there");  // ping
  client.send_frame(0x00, "two ");
  client.send_frame(0x80, "three");
  EXPECT_EQ(client.next(), "pong are you there");
  EXPECT_EQ(client.next(), "text one two three");
}

TEST_P(SocketOverTunnel, AnswersMalformedFramesWithACloseFrame) {
  const std::string too_many(200, 'x');
  struct Case {
    unsigned first;
    std::string payload;
    const char* answer;
  };
  for (const Case& bad : {Case{0x83, "", "close 1002"},          // an unknown opcode
                          Case{0x80, "", "close 1002"},          // a continuation of nothing
                          Case{0x09, "", "close 1002"},          // a fragmented ping
                          Case{0xC1, "", "close 1002"},          // RSV1, which was not negotiated
                          Case{0x89, too_many, "close 1002"},    // a ping of more than 125 bytes
                          Case{0x81, "\xFF", "close 1007"},      // not UTF-8
                          Case{0x88, "\x03\xED", "close 1002"},  // 1005, which is never sent
                          Case{0x82, std::string(3'000, 'x'), "close 1009"}}) {
    SocketTestServer server({.message = {.message_bytes_max = 2'000}});
    WebSocketClient client = connect(server);
    client.send_frame(bad.first, bad.payload);
    EXPECT_EQ(client.next(), bad.answer) << bad.first;
    EXPECT_TRUE(client.ended());
    EXPECT_EQ(server.ended(), Ending::protocol);
  }
}

TEST_P(SocketOverTunnel, LimitsFragments) {
  SocketTestServer server({.message = {.fragments_max = 3}});
  WebSocketClient client = connect(server);
  client.send_frame(0x01, "1");
  for (int i = 0; i < 3; ++i) client.send_frame(0x00, "2");
  EXPECT_EQ(client.next(), "close 1008");
  EXPECT_EQ(server.ended(), Ending::protocol);
}

TEST_P(SocketOverTunnel, NoticesThatTheClientHasGone) {
  SocketTestServer server;
  WebSocketClient client = connect(server);
  client.send(Opcode::text, "a");
  EXPECT_EQ(client.next(), "text a");
  client.send_frame(0x01, "half a message");
  client.reset();
  EXPECT_EQ(server.ended(), Ending::disconnected);
}

TEST_P(SocketOverTunnel, NoticesThatTheClientSendsNoMore) {
  SocketTestServer server;
  WebSocketClient client = connect(server);
  client.end_sending();
  EXPECT_EQ(server.ended(), Ending::disconnected);
  EXPECT_TRUE(client.ended());
}

TEST_P(SocketOverTunnel, ClosesWhenItsUserReturns) {
  SocketTestServer server;
  WebSocketClient client = connect(server);
  client.send(Opcode::text, "return");
  EXPECT_EQ(client.next(), "text bye");
  EXPECT_EQ(client.next(), "close 1000");
  client.send(Opcode::text, "discarded");
  client.send_close(CloseCode::normal, {});
  EXPECT_EQ(server.ended(), Ending::by_server);
  EXPECT_TRUE(client.ended());
}

TEST_P(SocketOverTunnel, ClosesWith1011WhenItsUserThrows) {
  SocketTestServer server;
  WebSocketClient client = connect(server);
  client.send(Opcode::text, "throw");
  EXPECT_EQ(client.next(), "close 1011");
  client.send_close(CloseCode::internal_error, {});
  EXPECT_EQ(server.ended(), Ending::failed);
}

TEST_P(SocketOverTunnel, DoesNotWaitLongForAClientsCloseFrame) {
  SocketTestServer server({.close_time_max = 5s});
  WebSocketClient client = connect(server);
  client.send(Opcode::text, "return");
  EXPECT_EQ(client.next(), "text bye");
  EXPECT_EQ(client.next(), "close 1000");
  server.advance(4'999ms);
  server.on_loop([](Sockets& sockets) { EXPECT_EQ(sockets.size(), 1U); });
  server.advance(1ms);
  EXPECT_EQ(server.ended(), Ending::close_timeout);
  EXPECT_TRUE(client.ended());
}

TEST_P(SocketOverTunnel, PingsAnIdleClient) {
  SocketTestServer server({.ping_after = 25s, .pong_time_max = 10s});
  WebSocketClient client = connect(server);
  client.send(Opcode::text, "a");
  EXPECT_EQ(client.next(), "text a");
  server.advance(24s);
  client.send(Opcode::text, "b");
  EXPECT_EQ(client.next(), "text b");
  server.advance(24s);  // nothing is due
  server.advance(1s);
  EXPECT_EQ(client.next(), "ping ");
  client.send_frame(0x8A, "");
  client.send(Opcode::text, "c");  // its answer shows that the pong has arrived
  EXPECT_EQ(client.next(), "text c");
  server.advance(20s);
  client.send(Opcode::text, "d");
  EXPECT_EQ(client.next(), "text d");
}

TEST_P(SocketOverTunnel, DisconnectsAClientThatDoesNotAnswerAPing) {
  SocketTestServer server({.ping_after = 25s, .pong_time_max = 10s});
  WebSocketClient client = connect(server);
  client.send(Opcode::text, "a");
  EXPECT_EQ(client.next(), "text a");
  server.advance(25s);
  EXPECT_EQ(client.next(), "ping ");
  server.advance(10s);
  EXPECT_EQ(server.ended(), Ending::no_pong);
  EXPECT_TRUE(client.ended());
}

TEST_P(SocketOverTunnel, ClosesASlowConsumerWith1013) {
  SocketTestServer server({.queue_bytes_max = 200'000});
  WebSocketClient client(server.port(), GetParam(), {.path = "/flood", .receive_buffer_bytes = 4 * 1024});
  EXPECT_EQ(server.flooded(), Socket::Sent::slow);
  std::string last;
  while (!last.starts_with("close")) last = client.next();
  EXPECT_EQ(last, "close 1013 slow_consumer");
  client.send_close(CloseCode::try_again_later, {});
  EXPECT_EQ(server.ended(), Ending::slow);
  EXPECT_GT(server.statistics().closed.messages_dropped, 0U);
}

TEST_P(SocketOverTunnel, ResetsASlowConsumerThatReadsNothing) {
  SocketTestServer server({.queue_bytes_max = 200'000, .close_time_max = 5s});
  const WebSocketClient client(server.port(), GetParam(), {.path = "/flood", .receive_buffer_bytes = 4 * 1024});
  EXPECT_EQ(server.flooded(), Socket::Sent::slow);
  server.on_loop([](Sockets& sockets) { EXPECT_EQ(sockets.size(), 1U); });
  server.advance(5s);
  EXPECT_EQ(server.ended(), Ending::slow);
}

TEST_P(SocketOverTunnel, CountsMessagesOfTheQueue) {
  SocketTestServer server({.queue_messages_max = 10});
  WebSocketClient client = connect(server);
  client.send(Opcode::text, "burst 10");  // in one turn of the loop, before anything is written
  for (int i = 0; i < 10; ++i) EXPECT_EQ(client.next(), "text " + std::to_string(i));
  client.send(Opcode::text, "burst 11");
  for (int i = 0; i < 10; ++i) EXPECT_EQ(client.next(), "text " + std::to_string(i)) << "what fits is not lost";
  EXPECT_EQ(client.next(), "close 1013 slow_consumer");
}

TEST_P(SocketOverTunnel, AcceptsOneLongMessage) {
  SocketTestServer server({.queue_bytes_max = 1'000});
  WebSocketClient client = connect(server);
  client.send(Opcode::text, std::string(50'000, 'l'));
  EXPECT_EQ(client.next(), "text " + std::string(50'000, 'l'));
}

TEST_P(SocketOverTunnel, ShutsDownWith1001BehindWhatItSends) {
  SocketTestServer server;
  WebSocketClient client = connect(server);
  client.send(Opcode::text, "shut down while sending");
  for (int i = 0; i < 100; ++i) EXPECT_THAT(client.next(), StartsWith("text " + std::to_string(i) + " "));
  EXPECT_EQ(client.next(), "close 1001 restart");
  client.send_close(CloseCode::going_away, {});
  EXPECT_EQ(server.ended(), Ending::by_server);
  WebSocketClient late = connect(server);
  EXPECT_EQ(late.next(), "close 1001 restart");
}

TEST_P(SocketOverTunnel, IsCancelledWithTheServer) {
  SocketTestServer server;
  WebSocketClient client = connect(server);
  client.send(Opcode::text, "a");
  EXPECT_EQ(client.next(), "text a");
  server.stop();
  EXPECT_THAT(server.ended(), testing::AnyOf(Ending::cancelled, Ending::disconnected));
}

TEST_P(SocketOverTunnel, CompressesWhatWasNegotiated) {
  SocketTestServer server;
  WebSocketClient client(server.port(), GetParam(), {.path = "/echo", .extensions = "permessage-deflate"});
  const std::string text(10'000, 'z');
  client.send(Opcode::text, text);
  EXPECT_EQ(client.next(), "text " + text);
  client.send_close(CloseCode::normal, {});
  EXPECT_EQ(client.next(), "close 1000");
  EXPECT_EQ(server.ended(), Ending::by_client);
  EXPECT_LT(server.statistics().closed.bytes_sent, 200U);
}

TEST(SocketUpgrade, RefusesWhatIsNoHandshake) {
  SocketTestServer server;
  const auto status = [&](const std::string& fields) {
    test::RawClient client(server.port());
    client.send("GET /echo HTTP/1.1\r\nHost: a\r\n" + fields + "Content-Length: 0\r\n\r\n");
    return client.read_response().status;
  };
  const std::string upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\n";
  const std::string key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
  const std::string version = "Sec-WebSocket-Version: 13\r\n";
  EXPECT_EQ(status(""), 426);
  EXPECT_EQ(status(key + version), 426);
  EXPECT_EQ(status(upgrade + key), 426);
  EXPECT_EQ(status(upgrade + key + "Sec-WebSocket-Version: 8\r\n"), 426);
  EXPECT_EQ(status(upgrade + version), 400);
  EXPECT_EQ(status(upgrade + version + key + key), 400);
  EXPECT_EQ(status(upgrade + version + "Sec-WebSocket-Key: short\r\n"), 400);
  EXPECT_EQ(status(upgrade + version + key + "Sec-WebSocket-Protocol: a, a\r\n"), 400);
}

TEST(SocketUpgrade, SelectsASubprotocol) {
  SocketTestServer server;
  test::RawClient client(server.port());
  client.send(
      "GET /echo HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: WebSocket\r\nSec-WebSocket-Version: 13\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: other, test.v1\r\n"
      "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\r\n");
  const auto head = client.read_head();
  EXPECT_EQ(head.status, 101);
  EXPECT_EQ(head.header("Sec-WebSocket-Accept"), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  EXPECT_EQ(head.header("Sec-WebSocket-Protocol"), "test.v1");
  EXPECT_THAT(head.header("Sec-WebSocket-Extensions"), StartsWith("permessage-deflate"));
}

}  // namespace
}  // namespace ashlar::realtime
