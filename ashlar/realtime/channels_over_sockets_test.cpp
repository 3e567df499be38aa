// SPDX-License-Identifier: Apache-2.0
// All layers together, as a server would connect them: sockets on two loops, one hub, the messages of ashlar.v1.
#include "ashlar/http/server.hpp"
#include "ashlar/realtime/hub.hpp"
#include "ashlar/realtime/protocol.hpp"
#include "ashlar/realtime/sockets.hpp"
#include "ashlar/realtime/websocket_upgrade.hpp"
#include "tests/support/websocket_client.hpp"

#include <boost/asio/this_coro.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

namespace ashlar::realtime {
namespace {

using test::WebSocketClient;
using test::WebSocketOver;
using testing::HasSubstr;
using testing::StartsWith;

// What a client's connection has subscribed to. It belongs to the frame of the socket's user.
class Connection final : public Subscriber {
 public:
  Connection(Socket& socket, Hub& hub, HubLoop& loop) : socket_(socket), hub_(hub), loop_(loop) {}

  void take(std::string_view text) {
    auto message = protocol::read(text);
    if (!message) return answer(message.error());
    std::visit([this](const auto& one) { act(one); }, *message);
  }

  void deliver(std::string_view /*channel*/, const Published& event) override { socket_.send(event.message); }
  void deliver_presence(std::string_view /*channel*/, const OutgoingMessage& change) override {
    socket_.send(change.payload());
  }
  void lost(std::string_view channel) override { subscriptions_.erase(std::string(channel)); }

 private:
  void answer(const protocol::ServerMessage& message) { socket_.send(protocol::write(message)); }

  void act(const protocol::Subscribe& request) {
    auto subscribed = loop_.subscribe(request.channel.view(), *this, request.after);
    if (!subscribed) return answer(protocol::failure(request.id.str(), subscribed.error()));
    answer(protocol::Subscribed{.id = request.id.str(),
                                .channel = request.channel.str(),
                                .position = subscribed->position,
                                .recovered = subscribed->recovered});
    for (const auto& event : subscribed->missed) socket_.send(event->message);
    subscriptions_[request.channel.str()] = std::move(subscribed->subscription);
  }
  void act(const protocol::Unsubscribe& request) { subscriptions_.erase(request.channel.str()); }
  void act(const protocol::Publish& request) {
    const auto position = hub_.publish(request.channel.view(), [&](std::string_view channel, const Position& at) {
      return protocol::write(protocol::Event{.channel = std::string(channel),
                                             .position = at,
                                             .event = "message",
                                             .data = request.payload,
                                             .at = Timestamp::from_milliseconds(0)});
    });
    if (!position) return answer(protocol::failure(request.id.str(), position.error()));
    answer(protocol::PublishedAt{.id = request.id.str(), .channel = request.channel.str(), .position = *position});
  }
  void act(const protocol::CallOperation& request) {
    answer(protocol::CallResult{.id = request.id.str(), .data = request.input});
  }
  void act(const protocol::Ping& request) {
    protocol::Pong pong;
    if (request.id) pong.id = request.id->str();
    answer(pong);
  }

  Socket& socket_;
  Hub& hub_;
  HubLoop& loop_;
  std::map<std::string, Subscription> subscriptions_;
};

class RealtimeServer final : http::Handler {
 public:
  // The slow consumer of a slow run is not disconnected by HTTP's own limit.
  RealtimeServer()
      : server_({.host = "127.0.0.1", .port = 0, .loops = 2, .limits = {.write_time_max = std::chrono::minutes(5)}},
                *this) {
    for (std::size_t i = 0; i < server_.loops(); ++i)
      loops_.push_back(std::make_unique<Loop>(hub_, server_.loop(i), clock_));
    server_.start();
  }
  ~RealtimeServer() override { server_.stop(std::chrono::milliseconds(0)); }

  [[nodiscard]] std::uint16_t port() const { return server_.port(); }
  Hub& hub() { return hub_; }

 private:
  struct Loop {
    Loop(Hub& hub, boost::asio::io_context& the_loop, const Clock& clock)
        : hub_loop(hub, the_loop), sockets(the_loop, clock, options) {}
    // The clients of these tests answer no pings, and may be slow to close.
    static constexpr SocketOptions options{.queue_bytes_max = 200'000,
                                           .ping_after = std::chrono::milliseconds(0),
                                           .close_time_max = std::chrono::minutes(5)};
    HubLoop hub_loop;
    Sockets sockets;
  };

  Task<> handle(http::Request& request, http::Response& response) override {
    constexpr std::string_view protocols[] = {protocol::subprotocol};
    const auto upgrade = accept_upgrade(request, response, protocols);
    if (!upgrade) co_return;
    const LoopExecutor executor = co_await boost::asio::this_coro::executor;
    for (const auto& loop : loops_) {
      if (&loop->sockets.loop() != &executor.context()) continue;
      response.tunnel = [this, &here = *loop, compression = upgrade->compression](http::Tunnel& tunnel) {
        return here.sockets.serve(tunnel, compression, [this, &here](Socket& socket) { return use(socket, here); });
      };
    }
  }
  Task<> use(Socket& socket, Loop& loop) {
    Connection connection(socket, hub_, loop.hub_loop);
    while (const auto message = co_await socket.receive()) connection.take(message->payload);
  }
  void reject(int, const Error&, const http::Request&, http::Response&) override {}

  const SystemClock clock_;
  SystemRandom random_;
  Hub hub_{clock_,
           random_,
           [](std::string_view) {
             return ChannelOptions{.history = {.messages_max = 100'000, .bytes_max = 64UL * 1024 * 1024}};
           },
           [](std::string_view, const Member&, PresenceChange) { return std::string(); },
           {.history_bytes_max = 1024UL * 1024 * 1024}};
  http::Server server_;
  std::vector<std::unique_ptr<Loop>> loops_;
};

class ChannelsOverSockets : public testing::TestWithParam<WebSocketOver> {
 protected:
  [[nodiscard]] WebSocketClient connect() const { return {server_.port(), GetParam()}; }
  static void say(WebSocketClient& client, const std::string& text) { client.send(Opcode::text, text); }
  // Returns the answer.
  static std::string subscribe(WebSocketClient& client, const std::string& after = {}) {
    const std::string from = after.empty() ? "" : R"(,"after":")" + after + "\"";
    say(client, R"({"type":"subscribe","id":"s","channel":"room:a")" + from + "}");
    return client.next();
  }
  void publish(const std::string& text) {
    (void)server_.hub().publish(
        "room:a", [&text](std::string_view, const Position& position) { return position.to_string() + " " + text; });
  }

  RealtimeServer server_;
};

INSTANTIATE_TEST_SUITE_P(Http, ChannelsOverSockets, testing::Values(WebSocketOver::http1, WebSocketOver::http2),
                         [](const auto& info) { return info.param == WebSocketOver::http1 ? "1" : "2"; });

TEST_P(ChannelsOverSockets, ReachSubscribersOfAllLoops) {
  std::vector<std::unique_ptr<WebSocketClient>> clients;
  for (int i = 0; i < 16; ++i) {
    clients.push_back(std::make_unique<WebSocketClient>(server_.port(), GetParam()));
    EXPECT_THAT(subscribe(*clients.back()), StartsWith(R"(text {"type":"subscribed","id":"s","channel":"room:a")"));
  }
  WebSocketClient publisher = connect();
  say(publisher, R"({"type":"publish","id":"p","channel":"room:a","payload":{"x":1}})");
  EXPECT_THAT(publisher.next(), StartsWith(R"(text {"type":"published","id":"p","channel":"room:a","position":")"));
  for (auto& client : clients) EXPECT_THAT(client->next(), HasSubstr(R"("event":"message","data":{"x":1})"));
}

TEST_P(ChannelsOverSockets, AnswerEachRequest) {
  WebSocketClient client = connect();
  say(client, "{");
  EXPECT_THAT(client.next(), HasSubstr(R"("type":"error","code":"request.malformed_json")"));
  say(client, R"({"type":"dance","id":"1"})");
  EXPECT_THAT(client.next(), HasSubstr(R"("type":"error","id":"1","code":"request.invalid","message":"/type: )"));
  say(client, R"({"type":"call","id":"2","operation":"getOrder","input":{"id":"7"}})");
  EXPECT_EQ(client.next(), R"(text {"type":"result","id":"2","data":{"id":"7"}})");
  say(client, R"({"type":"ping","id":"3"})");
  EXPECT_EQ(client.next(), R"(text {"type":"pong","id":"3"})");
}

TEST_P(ChannelsOverSockets, ResumeAfterAnAbruptDisconnect) {
  std::string last;
  {
    WebSocketClient client = connect();
    (void)subscribe(client);
    publish("one");
    last = client.next().substr(5, 18);
    client.reset();
  }
  publish("two");
  publish("three");
  WebSocketClient client = connect();
  EXPECT_THAT(subscribe(client, last), HasSubstr(R"("position":")" + last + R"(","recovered":true)"));
  publish("four");
  for (const char* text : {"two", "three", "four"}) EXPECT_THAT(client.next(), testing::EndsWith(text));
  EXPECT_THAT(subscribe(client, "0000000000000005:7"), HasSubstr(R"("recovered":false)"));
}

TEST_P(ChannelsOverSockets, CloseASlowConsumerWhichResumesWithoutAGap) {
  WebSocketClient fast = connect();
  auto slow = std::make_unique<WebSocketClient>(server_.port(), GetParam(),
                                                test::WebSocketClientOptions{.receive_buffer_bytes = 4 * 1024});
  (void)subscribe(fast);
  (void)subscribe(*slow);
  constexpr int events = 1'000;
  const std::string padding(8'000, 'x');
  for (int i = 0; i < events; ++i) {
    publish(std::to_string(i) + " " + padding);
    const std::string text = fast.next();
    ASSERT_THAT(text.substr(0, 40), HasSubstr(" " + std::to_string(i) + " ")) << "a slow consumer delays no other";
  }
  // The backlog is longer than a queue, so that it takes several connections; each advances.
  int seen = 0;
  int connections = 1;
  for (std::string last; seen < events; ++connections) {
    std::string text;
    while (seen < events && (text = slow->next()).starts_with("text ")) {
      last = text.substr(5, text.find(' ', 5) - 5);
      ASSERT_THAT(text.substr(0, 40), HasSubstr(" " + std::to_string(seen++) + " "));
    }
    if (seen == events) break;
    ASSERT_EQ(text, "close 1013 slow_consumer");
    slow = std::make_unique<WebSocketClient>(server_.port(), GetParam());
    ASSERT_THAT(subscribe(*slow, last), HasSubstr(R"("recovered":true)"));
  }
  EXPECT_GT(connections, 1);
}

}  // namespace
}  // namespace ashlar::realtime
