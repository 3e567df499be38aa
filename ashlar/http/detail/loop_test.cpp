// SPDX-License-Identifier: Apache-2.0
#include "ashlar/http/detail/loop.hpp"

#include "ashlar/http/detail/standing_loop.hpp"
#include "ashlar/http/detail/test_server.hpp"
#include "tests/support/memory.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <gtest/gtest.h>

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <limits>
#include <string_view>
#include <vector>

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

// Without free descriptors, a recently used one is kept.
TEST(Loop, EndsOnlyThoseThatHaveBeenIdleForSoLong) {
  TestHandler handler;
  StandingLoop standing(Limits{}, handler);
  boost::asio::io_context context;
  tcp::acceptor acceptor(context, tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0));
  RawClient client(acceptor.local_endpoint().port());
  standing.serve(acceptor.accept().release());
  client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  standing.go_round();
  EXPECT_EQ(client.read_response().status, 200);
  EXPECT_FALSE(standing.loop().end_longest_waiting(std::chrono::seconds{1}));
  EXPECT_TRUE(standing.loop().end_longest_waiting(std::chrono::milliseconds{0}));
  EXPECT_FALSE(standing.loop().end_longest_waiting(std::chrono::milliseconds{0})) << "it has ended";
  standing.go_round();
  EXPECT_TRUE(client.closed_by_server());
  EXPECT_EQ(standing.connections(), 0U);
}

// 10,000 of them are to fit into 40 MB, and what the heap's own bookkeeping adds.
TEST(Loop, AnIdleConnectionHoldsLittle) {
  constexpr std::size_t count = 200;
  const auto most =
      test::under_sanitizer ? std::numeric_limits<std::ptrdiff_t>::max() : 4'096;  // its malloc does not report usage
  TestHandler handler;
  StandingLoop standing(Limits{.header_time_max = std::chrono::milliseconds{40},  // so a sweep each five
                               .idle_memory_time_max = std::chrono::milliseconds{1}},
                        handler);
  std::vector<int> clients;
  const auto connect = [&] {
    std::array<int, 2> ends{};
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
    clients.push_back(ends[0]);
    standing.serve(ends[1]);
  };
  const auto held_by_each = [&](auto&& begin) {
    const auto before = static_cast<std::ptrdiff_t>(test::memory_held());
    begin();
    standing.loop().context().run_for(std::chrono::milliseconds{100});
    return (static_cast<std::ptrdiff_t>(test::memory_held()) - before) / static_cast<std::ptrdiff_t>(count);
  };
  connect();  // what the loop keeps for the next
  clients.reserve(count + 1);
  const auto silent = held_by_each([&] {
    for (std::size_t i = 0; i < count; ++i) connect();
  });
  EXPECT_LT(silent, most);
  const auto grown = held_by_each([&] {
    for (const int client : clients) {
      constexpr std::string_view request = "GET /echo HTTP/1.1\r\nHost: a\r\nAccept: */*\r\n\r\n";
      ASSERT_EQ(::send(client, request.data(), request.size(), 0), static_cast<ssize_t>(request.size()));
      standing.go_round();
    }
  });
  EXPECT_LT(silent + grown, most) << "after a request";
  for (const int client : clients) ::close(client);
  standing.go_round();
  EXPECT_EQ(standing.connections(), 0U);
}

}  // namespace
}  // namespace ashlar::http::detail
