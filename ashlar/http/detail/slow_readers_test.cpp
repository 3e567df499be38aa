// SPDX-License-Identifier: Apache-2.0
// Clients that ask for much and read little: what they may hold, and for how long.
#include "ashlar/http/detail/http2_test_client.hpp"
#include "ashlar/http/detail/test_server.hpp"
#include "tests/support/test_certificate.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace ashlar::http::detail {
namespace {

using std::chrono::milliseconds;
using test::RawClient;
using test::RawClientOptions;
using Client = Http2TestClient;

constexpr std::size_t impossible_rate = 1'000'000'000'000;
const std::string get_huge = "GET /huge HTTP/1.1\r\nHost: a\r\n\r\n";

// Time passes for the server, too: a hundred round trips.
void go_round(RawClient& other) {
  for (int i = 0; i < 100; ++i) EXPECT_EQ(other.request("GET", "/other").status, 200);
}

TEST(SlowReader, IsCutOffHoweverItTrickles) {
  TestServer server(Limits{.write_time_max = milliseconds{100}, .response_bytes_per_second_min = impossible_rate});
  RawClient other = server.connect();
  RawClient slow(server.server.port(), {.receive_buffer_bytes = 4096});
  slow.send(get_huge);
  (void)slow.read_head();
  std::size_t bytes = 0;
  try {
    for (; bytes < TestHandler::huge_bytes; bytes += 20'000) {
      (void)slow.read(20'000);
      go_round(other);
    }
  } catch (const std::runtime_error&) {  // it was closed
  }
  EXPECT_LT(bytes, TestHandler::huge_bytes);

  // Below the rate, but within the time that every response has.
  TestServer patient(Limits{.response_bytes_per_second_min = impossible_rate});
  RawClient quick = patient.connect();
  quick.send(get_huge);
  EXPECT_EQ(quick.read_response().body.size(), TestHandler::huge_bytes);
}

TEST(SlowReader, AStreamIsResetHoweverItsWindowTrickles) {
  TestServer server(Limits{.write_time_max = milliseconds{100}, .response_bytes_per_second_min = impossible_rate});
  RawClient other = server.connect();
  Client slow(server.server.port());
  slow.gives_window = false;
  slow.send(Client::get(1, "/huge"));
  for (int i = 0; i < 1'000 && !slow.so_far(1).reset; ++i) {
    go_round(other);
    slow.send(Client::window(0, 100) + Client::window(1, 100) + Client::ping());
    (void)slow.read(NGHTTP2_PING);
  }
  EXPECT_EQ(slow.so_far(1).reset, NGHTTP2_CANCEL);
  slow.gives_window = true;
  EXPECT_EQ(slow.fetch(3, "/next").body, "you asked for /next");
}

// A response in memory, and one whose producer keeps as much.
constexpr const char* large_responses[] = {"/huge", "/endless?held"};

TEST(SlowReader, TheOneThatHasHeldBytesForTheLongestMakesRoom) {
  const test::TestCertificate certificate;
  for (const bool tls : {false, true}) {
    for (const auto* path : large_responses) {
      SCOPED_TRACE(std::string(path) + (tls ? " over TLS" : ""));
      std::optional<TlsOptions> options;
      if (tls) options = TlsOptions{certificate.certificate_file(), certificate.key_file()};
      TestServer server(Limits{.unsent_bytes_max = 2 * TestHandler::huge_bytes + 1'000'000}, std::move(options));
      RawClientOptions slow{.receive_buffer_bytes = 4096};
      RawClientOptions quick;
      if (tls) slow.tls = quick.tls = RawClientOptions::Tls{};
      std::vector<RawClient> readers;
      for (int i = 0; i < 3; ++i) {
        readers.emplace_back(server.server.port(), slow);
        readers.back().send("GET " + std::string(path) + " HTTP/1.1\r\nHost: a\r\n\r\n");
        (void)readers.back().read_head();
      }
      EXPECT_LT(readers[0].read_until_close().size(), TestHandler::huge_bytes);
      RawClient honest(server.server.port(), quick);
      honest.send(get_huge);
      EXPECT_EQ(honest.read_response().body.size(), TestHandler::huge_bytes);
      EXPECT_LT(readers[1].read_until_close().size(), TestHandler::huge_bytes);
      EXPECT_EQ(readers[2].read(TestHandler::huge_bytes).size(), TestHandler::huge_bytes);
    }
  }
}

TEST(SlowReader, OverHttp2TheOneThatHasHeldBytesForTheLongestMakesRoom) {
  for (const auto* path : large_responses) {
    SCOPED_TRACE(path);
    TestServer server(Limits{.unsent_bytes_max = 2 * TestHandler::huge_bytes + 1'000'000});
    std::vector<std::unique_ptr<Client>> readers;
    for (int i = 0; i < 3; ++i) {
      readers.push_back(std::make_unique<Client>(server.server.port()));
      readers.back()->gives_window = false;
      readers.back()->send(Client::get(1, path));
      (void)readers.back()->read(NGHTTP2_DATA);
    }
    EXPECT_NE(readers[0]->farewell(), std::nullopt);
    Client honest(server.server.port());
    EXPECT_EQ(honest.fetch(1, "/huge").body.size(), TestHandler::huge_bytes);
    EXPECT_NE(readers[1]->farewell(), std::nullopt);
    EXPECT_EQ(readers[2]->fetch(3, "/204").status, 204);
  }
}

TEST(SlowReader, AConnectionHoldsOnlySoMuch) {
  TestServer server(Limits{.unsent_bytes_per_connection_max = TestHandler::huge_bytes + 1'000'000});
  Client client(server.server.port(), {{NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, 1'000}});
  client.gives_window = false;
  client.send(Client::get(1, "/huge") + Client::get(3, "/huge") + Client::get(5, "/small"));
  EXPECT_EQ(client.answer(3).body, "503 connection.unread_responses");
  EXPECT_EQ(client.answer(5).body, "you asked for /small");
  client.send(Client::reset(1));
  client.send(Client::get(7, "/huge"));
  while (client.so_far(7).status == 0) (void)client.read();
  EXPECT_EQ(client.so_far(7).status, 200) << "what was reset is not held";
}

TEST(SlowReader, TheOnlyResponseMayBeOfAnySize) {
  TestServer server(Limits{.unsent_bytes_max = 1'000, .unsent_bytes_per_connection_max = 1'000});
  RawClient client = server.connect();
  client.send(get_huge);
  EXPECT_EQ(client.read_response().body.size(), TestHandler::huge_bytes);
  Client http2(server.server.port());
  EXPECT_EQ(http2.fetch(1, "/huge").body.size(), TestHandler::huge_bytes);
}

}  // namespace
}  // namespace ashlar::http::detail
