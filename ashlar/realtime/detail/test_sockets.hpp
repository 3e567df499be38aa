// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/clock.hpp"
#include "ashlar/http/server.hpp"
#include "ashlar/realtime/sockets.hpp"
#include "ashlar/realtime/websocket_upgrade.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <chrono>
#include <exception>
#include <functional>
#include <future>
#include <stdexcept>
#include <string>

// For the tests of sockets: a server of WebSockets on a manual clock.
namespace ashlar::realtime::detail {

// /echo returns what it reads; some texts are commands. /flood sends until the socket takes no more.
class SocketTestServer final : http::Handler {
 public:
  explicit SocketTestServer(SocketOptions options = {})
      : server_({.host = "127.0.0.1", .port = 0, .loops = 1}, *this), sockets_(server_.loop(0), clock_, options) {
    server_.start();
  }
  ~SocketTestServer() override { stop(); }

  [[nodiscard]] std::uint16_t port() const { return server_.port(); }
  Ending ended() { return wait(ended_); }  // of the first socket that ends
  Socket::Sent flooded() { return wait(flooded_); }
  void stop() { server_.stop(std::chrono::milliseconds(0)); }

  void on_loop(std::function<void(Sockets&)> act) {
    std::promise<void> done;
    boost::asio::post(server_.loop(0), [&] {
      act(sockets_);
      done.set_value();
    });
    done.get_future().wait();
  }
  void advance(std::chrono::milliseconds by) {
    clock_.advance(by);
    on_loop([](Sockets& sockets) { sockets.sweep(); });
  }
  [[nodiscard]] SocketsStatistics statistics() {
    SocketsStatistics out;
    on_loop([&out](Sockets& sockets) { out = sockets.statistics(); });
    return out;
  }

 private:
  template <class T>
  static T wait(std::promise<T>& promise) {
    auto future = promise.get_future();
    if (future.wait_for(std::chrono::seconds(10)) != std::future_status::ready) throw std::runtime_error("no signal");
    return future.get();
  }

  Task<> handle(http::Request& request, http::Response& response) override {
    constexpr std::string_view protocols[] = {"test.v1"};
    const auto upgrade = accept_upgrade(request, response, protocols);
    if (!upgrade) co_return;
    const bool floods = request.path == "/flood";
    response.tunnel = [this, floods, compression = upgrade->compression](http::Tunnel& tunnel) {
      return serve(tunnel, compression, floods ? &SocketTestServer::flood : &SocketTestServer::echo);
    };
  }
  void reject(int, const Error&, const http::Request&, http::Response&) override {}

  using User = Task<> (*)(SocketTestServer& self, Socket& socket);
  Task<> serve(http::Tunnel& tunnel, Compression compression, User use) {
    const auto before = sockets_.statistics().ended;
    std::exception_ptr failure;
    try {
      co_await sockets_.serve(tunnel, compression, [this, use](Socket& socket) { return use(*this, socket); });
    } catch (...) {
      failure = std::current_exception();
    }
    const auto& after = sockets_.statistics().ended;
    const auto changed = std::ranges::mismatch(before, after).in1 - before.begin();
    if (!std::exchange(has_ended_, true)) ended_.set_value(static_cast<Ending>(changed));
    if (failure) std::rethrow_exception(failure);
  }

  static Task<> echo(SocketTestServer& self, Socket& socket) {
    while (const auto message = co_await socket.receive()) {
      const std::string text(message->payload);
      if (text == "throw") throw std::runtime_error("a test");
      if (text == "return") {
        socket.send("bye");
        co_return;
      }
      if (text.starts_with("burst ")) {
        for (int i = 0; i < std::stoi(text.substr(6)); ++i) socket.send(std::to_string(i));
      } else if (text == "shut down while sending") {
        for (int i = 0; i < 100; ++i) socket.send(std::to_string(i) + " " + std::string(10'000, 's'));
        self.sockets_.close_all(CloseCode::going_away, "restart");
      } else if (message->kind == OutgoingMessage::Kind::text) {
        socket.send(text);
      } else {
        socket.send(OutgoingMessage::binary(text));
      }
    }
  }
  static Task<> flood(SocketTestServer& self, Socket& socket) {
    const auto message = OutgoingMessage::text(std::string(8'000, 'f'));
    Socket::Sent sent = Socket::Sent::queued;
    while ((sent = socket.send(message)) == Socket::Sent::queued)
      co_await boost::asio::post(self.server_.loop(0), boost::asio::use_awaitable_t<LoopExecutor>{});
    self.flooded_.set_value(sent);
    while (co_await socket.receive()) continue;
  }

  ManualClock clock_{Timestamp::from_milliseconds(1'700'000'000'000)};
  http::Server server_;
  Sockets sockets_;
  std::promise<Ending> ended_;
  std::promise<Socket::Sent> flooded_;
  bool has_ended_ = false;
};

}  // namespace ashlar::realtime::detail
