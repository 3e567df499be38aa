// SPDX-License-Identifier: Apache-2.0
#include "ashlar/http/detail/loop.hpp"

#include "ashlar/http/detail/connection.hpp"
#include "ashlar/http/detail/test_server.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <gtest/gtest.h>

namespace ashlar::http::detail {
namespace {

using boost::asio::ip::tcp;
using test::RawClient;

// A loop that goes round when it is told to, so that a test can do something between two of its steps.
class StandingLoop {
 public:
  explicit StandingLoop(const Limits& limits)
      : shared_(limits, handler_, nullptr, ProxyProtocol{}),
        loop(shared_),
        acceptor_(loop.context(), tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0)) {}

  RawClient connect() {
    RawClient client(acceptor_.local_endpoint().port());
    Socket socket(loop.context());
    tcp::endpoint peer;
    acceptor_.accept(socket, peer);
    socket.non_blocking(true);
    Connection::start(loop, std::move(socket), peer, ConnectionPermit::take(shared_), Preface::none);
    go_round();
    return client;
  }
  void go_round() {
    loop.context().restart();
    loop.context().poll();
  }

 private:
  TestHandler handler_;
  ServerShared shared_;

 public:
  Loop loop;

 private:
  boost::asio::basic_socket_acceptor<tcp, LoopExecutor> acceptor_;
};

TEST(Loop, DrainingAnswersARequestThatHasComeUnread) {
  StandingLoop standing(Limits{.drain_notice_time = std::chrono::milliseconds{0}});
  RawClient idle = standing.connect();
  RawClient fresh = standing.connect();
  RawClient kept = standing.connect();
  kept.send("GET /before HTTP/1.1\r\nHost: a\r\n\r\n");
  standing.go_round();
  EXPECT_EQ(kept.read_response().body, "you asked for /before");
  for (RawClient* const client : {&fresh, &kept}) client->send("GET /late HTTP/1.1\r\nHost: a\r\n\r\n");
  standing.loop.drain();
  standing.go_round();
  EXPECT_TRUE(idle.closed_by_server());
  for (RawClient* const client : {&fresh, &kept}) {
    const test::RawResponse response = client->read_response();
    EXPECT_EQ(response.body, "you asked for /late");
    EXPECT_EQ(response.header("Connection"), "close");
    EXPECT_TRUE(client->closed_by_server());
  }
}

}  // namespace
}  // namespace ashlar::http::detail
