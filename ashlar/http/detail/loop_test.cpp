// SPDX-License-Identifier: Apache-2.0
#include "ashlar/http/detail/loop.hpp"

#include "ashlar/http/detail/standing_loop.hpp"
#include "ashlar/http/detail/test_server.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <gtest/gtest.h>

namespace ashlar::http::detail {
namespace {

using boost::asio::ip::tcp;
using test::RawClient;

TEST(Loop, DrainingAnswersARequestThatHasComeUnread) {
  TestHandler handler;
  StandingLoop standing(Limits{.drain_notice_time = std::chrono::milliseconds{0}}, handler);
  boost::asio::io_context context;
  tcp::acceptor acceptor(context, tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0));
  const auto connect = [&] {
    RawClient client(acceptor.local_endpoint().port());
    standing.serve(acceptor.accept().release());
    return client;
  };
  RawClient idle = connect();
  RawClient fresh = connect();
  RawClient kept = connect();
  kept.send("GET /before HTTP/1.1\r\nHost: a\r\n\r\n");
  standing.go_round();
  EXPECT_EQ(kept.read_response().body, "you asked for /before");
  for (RawClient* const client : {&fresh, &kept}) client->send("GET /late HTTP/1.1\r\nHost: a\r\n\r\n");
  standing.loop().drain();
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
