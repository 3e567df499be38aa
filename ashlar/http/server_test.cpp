// SPDX-License-Identifier: Apache-2.0
#include "ashlar/http/server.hpp"

#include "ashlar/http/detail/http2_test_client.hpp"
#include "ashlar/http/detail/test_server.hpp"
#include "tests/support/test_certificate.hpp"

#include <gtest/gtest.h>

#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>
#include <thread>

namespace ashlar::http {
namespace {

using detail::TestHandler;
using detail::TestServer;
using std::chrono::milliseconds;
using std::chrono::seconds;
using test::RawClient;
using test::RawResponse;

std::string get(std::string_view path) { return "GET " + std::string(path) + " HTTP/1.1\r\nHost: a\r\n\r\n"; }

std::size_t open_files() {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) ++count;
  return count;
}

// What the constructor throws, as text.
std::string refusal_of(ServerOptions options) {
  TestHandler handler;
  try {
    const Server server(std::move(options), handler);
  } catch (const std::exception& failed) {
    return failed.what();
  }
  return "nothing";
}

TEST(Server, SaysWhyItCannotListen) {
  const TestServer first;
  const std::string taken = refusal_of({.host = "127.0.0.1", .port = first.server.port(), .loops = 1});
  EXPECT_NE(taken.find("cannot listen on 127.0.0.1:" + std::to_string(first.server.port())), std::string::npos)
      << taken;
  EXPECT_NE(taken.find("in use"), std::string::npos) << taken;
  EXPECT_NE(refusal_of({.host = "192.0.2.1", .port = 0}).find("192.0.2.1"), std::string::npos);
  EXPECT_NE(refusal_of({.host = "localhost", .port = 0}).find("\"localhost\" is not a numeric IP address"),
            std::string::npos);
}

TEST(Server, SaysWhatIsWrongWithACertificate) {
  const test::TestCertificate one;
  const test::TestCertificate other;
  const auto with = [](std::string certificate, std::string key) {
    return refusal_of({.host = "127.0.0.1", .port = 0, .loops = 1, .tls = TlsOptions{certificate, key}});
  };
  EXPECT_NE(with("/nowhere.pem", one.key_file()).find("TLS certificate /nowhere.pem"), std::string::npos);
  EXPECT_NE(with(one.certificate_file(), one.certificate_file()).find("TLS private key"), std::string::npos);
  const std::string mixed = with(one.certificate_file(), other.key_file());
  EXPECT_NE(mixed.find("TLS private key"), std::string::npos) << mixed;
}

TEST(Server, ItsLoopsShareThePort) {
  TestServer server({}, std::nullopt, 3);
  EXPECT_EQ(server.server.loops(), 3U);
  std::vector<RawClient> clients;
  for (int i = 0; i < 30; ++i) clients.push_back(server.connect());
  for (RawClient& client : clients) EXPECT_EQ(client.request("GET", "/peer").body, "127.0.0.1 http");
  EXPECT_EQ(server.server.connections(), 30U);
}

TEST(Server, ListensOnBothFamilies) {
  TestHandler handler;
  Server server({.host = "::", .port = 0, .loops = 2}, handler);
  server.start();
  EXPECT_EQ(RawClient(server.port(), {.host = "::1"}).request("GET", "/peer").body, "::1 http");
  EXPECT_EQ(RawClient(server.port(), {.host = "127.0.0.1"}).request("GET", "/peer").body, "127.0.0.1 http");
}

TEST(Server, StopsWithoutHavingStarted) {
  TestHandler handler;
  Server server({.host = "127.0.0.1", .port = 0, .loops = 2}, handler);
  server.stop(seconds{1});
}

TEST(Server, StopLetsARequestInFlightFinish) {
  TestServer server;
  RawClient idle = server.connect();
  (void)idle.request("GET", "/");
  RawClient busy = server.connect();
  busy.send(get("/gate") + get("/behind"));
  boost::asio::io_context* loop = server.handler.entered.wait();
  std::thread stopper([&] { server.server.stop(seconds{10}); });
  EXPECT_TRUE(idle.closed_by_server());  // so it drains
  EXPECT_THROW((void)server.connect(), std::runtime_error);
  server.handler.open(*loop);
  const RawResponse response = busy.read_response();
  EXPECT_EQ(response.body, "opened");
  EXPECT_EQ(response.header("Connection"), "close");
  busy.shut_down_sending();
  EXPECT_TRUE(busy.closed_by_server());
  stopper.join();
  EXPECT_EQ(server.server.connections(), 0U);
  EXPECT_EQ(server.server.stop(seconds{10}), 0U);
}

// Until the thread waits for something.
void await_sleep(pid_t thread) {
  std::string state;
  while (!state.contains(") S")) {
    std::ifstream in("/proc/self/task/" + std::to_string(thread) + "/stat");
    std::getline(in, state);
  }
}

TEST(Server, StopAnswersWhatWaitsToBeAccepted) {
  TestServer server;
  RawClient busy = server.connect();
  busy.send(get("/gate"));
  boost::asio::io_context* loop = server.handler.entered.wait();
  // The loop is blocked, so new connections wait behind the acceptor.
  detail::Signal<bool> standing, go_on;
  boost::asio::post(*loop, [&] {
    standing.set(true);
    (void)go_on.wait();
  });
  (void)standing.wait();
  std::vector<RawClient> waiting;
  for (int i = 0; i < 5; ++i) waiting.push_back(server.connect());
  for (RawClient& client : waiting) client.send(get("/late"));
  detail::Signal<pid_t> stopping;
  std::thread stopper([&] {
    stopping.set(::gettid());
    server.server.stop(seconds{10});
  });
  await_sleep(stopping.wait());
  go_on.set(true);
  for (RawClient& client : waiting) {
    EXPECT_EQ(client.read_response().body, "you asked for /late");
    EXPECT_TRUE(client.closed_by_server());
  }
  server.handler.open(*loop);
  EXPECT_EQ(busy.read_response().body, "opened");
  stopper.join();
}

TEST(Server, StopAnswersARequestThatLeftBeforeTheClientCouldKnow) {
  TestServer server(Limits{.idle_memory_time_max = milliseconds{1}, .drain_notice_time = seconds{10}});
  RawClient without_memory = server.connect();
  (void)without_memory.request("GET", "/before");
  RawClient busy = server.connect();
  const std::uint64_t sweeps = server.server.loop_lag(0).timers;
  while (server.server.loop_lag(0).timers < sweeps + 3) (void)busy.request("GET", "/meanwhile");
  RawClient fresh = server.connect();
  detail::Http2TestClient told(server.server.port());
  (void)told.fetch(1, "/before");
  const std::jthread stopper([&] { server.server.stop(seconds{10}); });
  (void)told.read(NGHTTP2_GOAWAY);
  for (RawClient* const client : {&without_memory, &busy, &fresh}) {
    client->send(get("/late"));
    const RawResponse response = client->read_response();
    EXPECT_EQ(response.body, "you asked for /late");
    EXPECT_EQ(response.header("Connection"), "close");
    EXPECT_TRUE(client->closed_by_server());
  }
  told.raw().close();
}

TEST(Server, TakesOverASocketThatListensAlready) {
  const int listening = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ASSERT_EQ(::bind(listening, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  ASSERT_EQ(::listen(listening, 16), 0);
  const int kept = ::dup(listening);  // the service manager's
  TestHandler handler;
  for (int round = 0; round < 2; ++round) {
    Server server({.listening_socket = round == 0 ? listening : kept, .loops = 3}, handler);
    RawClient early(server.port());
    early.send(get("/early"));
    server.start();
    EXPECT_EQ(early.read_response().body, "you asked for /early");
    EXPECT_EQ(RawClient(server.port()).request("GET", "/peer").body, "127.0.0.1 http");
  }
  EXPECT_THROW(Server({.listening_socket = kept}, handler), std::system_error) << "it was closed";
}

TEST(Server, StopEndsWhatDoesNotFinish) {
  TestServer server;
  RawClient client = server.connect();
  client.send(get("/gate"));
  (void)server.handler.entered.wait();
  EXPECT_EQ(server.server.stop(milliseconds{20}), 1U);
  EXPECT_EQ(server.handler.left.wait(), "cancelled");
  EXPECT_TRUE(client.closed_by_server());
}

TEST(Server, StopDoesNotWaitForeverForAHandlerThatCannotBeCancelled) {
  TestServer server;
  RawClient client = server.connect();
  client.send(get("/before") + get("/stubborn"));
  (void)server.handler.entered.wait();
  EXPECT_EQ(client.read_response().body, "you asked for /before");  // though the one behind it does not come
  server.server.stop(milliseconds{0});
  EXPECT_EQ(server.server.connections(), 1U);
}

TEST(Server, DestroyingItEndsEverythingAtOnce) {
  auto server = std::make_unique<TestServer>(Limits{}, std::nullopt, 2);
  RawClient idle = server->connect();
  (void)idle.request("GET", "/");
  RawClient half = server->connect();
  half.send("GET / HT");
  RawClient streaming = server->connect();
  streaming.send(get("/endless"));
  (void)streaming.read(1000);
  server.reset();
  EXPECT_TRUE(idle.closed_by_server());
  EXPECT_TRUE(half.closed_by_server());
}

TEST(Server, ConnectionsPastTheLimitAreClosedWhenAllHaveRequests) {
  TestServer server(Limits{.connections_max = 2});
  RawClient one = server.connect();
  RawClient two = server.connect();
  for (RawClient* const client : {&one, &two}) {
    client->send(get("/endless"));
    (void)client->read(100);
  }
  RawClient three = server.connect();
  EXPECT_TRUE(three.closed_by_server());
  one.close();
  // The place is free as soon as the server has noticed that.
  for (bool answered = false; !answered;) {
    RawClient four = server.connect();
    answered = four.try_send("GET / HTTP/1.0\r\n\r\n") && !four.read_until_close().empty();
  }
}

// Their sweeps come each five milliseconds: what a client does after another one's 408 is later for the server, too.
void let_time_pass(const TestServer& server) {
  RawClient clock = server.connect();
  clock.send("GET");
  EXPECT_EQ(clock.read_response().status, 408);
  EXPECT_TRUE(clock.closed_by_server());
}

TEST(Server, ANewConnectionTakesThePlaceOfTheLongestIdle) {
  TestServer server(
      Limits{.connections_max = 3, .header_time_max = milliseconds{40}, .linger_time_max = milliseconds{5}});
  RawClient silent = server.connect();
  RawClient used = server.connect();
  EXPECT_EQ(used.request("GET", "/").status, 200);
  let_time_pass(server);
  detail::Http2TestClient http2(server.server.port());
  EXPECT_EQ(http2.fetch(1, "/").status, 200);
  let_time_pass(server);  // in the place of the silent one, which has been idle for the longest
  EXPECT_TRUE(silent.closed_by_server());
  EXPECT_EQ(used.request("GET", "/").status, 200) << "idle since later than the silent one";
  let_time_pass(server);
  RawClient third = server.connect();
  EXPECT_EQ(third.request("GET", "/").status, 200);
  RawClient fourth = server.connect();
  EXPECT_EQ(fourth.request("GET", "/").status, 200) << "in the place of the HTTP/2 connection";
  EXPECT_EQ(http2.farewell(), NGHTTP2_NO_ERROR);
  EXPECT_EQ(used.request("GET", "/").status, 200);
}

TEST(Server, ANewConnectionTakesThePlaceOfAHeadThatDoesNotCome) {
  const test::TestCertificate certificate;
  for (const bool tls : {false, true}) {
    std::optional<TlsOptions> options;
    if (tls) options = TlsOptions{certificate.certificate_file(), certificate.key_file()};
    TestServer server(Limits{.connections_max = 2}, std::move(options));
    std::vector<RawClient> slow;
    for (int i = 0; i < 4; ++i) {
      slow.push_back(server.connect());
      slow.back().send(tls ? "\x16\x03\x01" : "GET / HTTP/1.1\r\nX: ");
    }
    test::RawClientOptions client;
    if (tls) client.tls = test::RawClientOptions::Tls{};
    RawClient honest(server.server.port(), client);
    EXPECT_EQ(honest.request("GET", "/").status, 200) << "TLS: " << tls;
  }
}

TEST(Server, WaitsForDescriptorsWithoutSpinning) {
  TestServer server;
  RawClient first = server.connect();
  (void)first.request("GET", "/");
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  const int next = ::dup(0);
  ::close(next);
  rlimit tight = before;
  tight.rlim_cur = static_cast<rlim_t>(next) + 1;  // the client's own socket is the last that may be
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &tight), 0);
  RawClient second = server.connect();
  second.send(get("/patient"));
  for (int i = 0; i < 100; ++i) EXPECT_EQ(first.request("GET", "/").status, 200);  // the loop is not held up
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
  EXPECT_EQ(second.read_response().body, "you asked for /patient");
}

TEST(Server, AThousandConnectionsLeaveNothingBehind) {
  TestServer server({}, std::nullopt, 2);
  const std::size_t before = open_files();
  for (int round = 0; round < 10; ++round) {
    std::vector<RawClient> clients;
    for (int i = 0; i < 100; ++i) clients.push_back(server.connect());
    for (std::size_t i = 0; i < clients.size(); ++i) {
      switch (i % 4) {
        case 0:
          (void)clients[i].request("GET", "/");
          break;
        case 1:
          clients[i].send("GET / HT");
          break;
        case 2:
          clients[i].reset();
          break;
        default:
          break;
      }
    }
  }
  server.server.stop(seconds{5});
  EXPECT_EQ(server.server.connections(), 0U);
  EXPECT_LE(open_files(), before);
}

TEST(ServerTls, Answers) {
  const test::TestCertificate certificate;
  TestServer server({}, TlsOptions{certificate.certificate_file(), certificate.key_file()});
  RawClient client(server.server.port(),
                   {.tls = test::RawClientOptions::Tls{certificate.certificate_file(), "http/1.1"}});
  EXPECT_EQ(client.protocol(), "http/1.1");
  EXPECT_EQ(client.tls_version(), "TLSv1.3");
  EXPECT_EQ(client.request("GET", "/peer").body, "127.0.0.1 https");
  client.send(get("/1") + get("/2"));
  EXPECT_EQ(client.read_response().body, "you asked for /1");
  EXPECT_EQ(client.read_response().body, "you asked for /2");
  EXPECT_EQ(client.request("GET", "/large").body.size(), 1'000'000U);
  EXPECT_EQ(client.request("GET", "/stream").body, "first second third");
  const std::string body(300'000, 'b');
  EXPECT_TRUE(client.request("POST", "/echo", {}, body).body == body);
  EXPECT_EQ(client.request("GET", "/last", "Connection: close\r\n").status, 200);
  EXPECT_TRUE(client.closed_by_server());
}

TEST(ServerTls, RefusesAProtocolThatItDoesNotSpeak) {
  const test::TestCertificate certificate;
  TestServer server({}, TlsOptions{certificate.certificate_file(), certificate.key_file()});
  EXPECT_THROW(RawClient(server.server.port(), {.tls = test::RawClientOptions::Tls{{}, "spdy/9"}}), std::runtime_error);
  RawClient none(server.server.port(), {.tls = test::RawClientOptions::Tls{}});
  EXPECT_EQ(none.request("GET", "/a").body, "you asked for /a");
}

TEST(ServerTls, EndsAHandshakeThatDoesNotCome) {
  const test::TestCertificate certificate;
  TestServer server(Limits{.tls_handshake_time_max = milliseconds{50}},
                    TlsOptions{certificate.certificate_file(), certificate.key_file()});
  RawClient silent = server.connect();
  EXPECT_TRUE(silent.closed_by_server());
  RawClient plain = server.connect();
  plain.send(get("/"));
  (void)plain.read_until_close();
}

TEST(ServerTls, TimesOutAndStopsAsAPlainOne) {
  const test::TestCertificate certificate;
  TestServer server(Limits{.header_time_max = milliseconds{50}, .linger_time_max = milliseconds{50}},
                    TlsOptions{certificate.certificate_file(), certificate.key_file()});
  RawClient slow(server.server.port(), {.tls = test::RawClientOptions::Tls{}});
  slow.send("GET /");
  EXPECT_EQ(slow.read_response().body, "408 request.timeout");
  EXPECT_TRUE(slow.closed_by_server());
  RawClient idle(server.server.port(), {.tls = test::RawClientOptions::Tls{}});
  (void)idle.request("GET", "/");
  std::thread stopper([&] { server.server.stop(seconds{10}); });
  EXPECT_TRUE(idle.closed_by_server());
  stopper.join();
}

}  // namespace
}  // namespace ashlar::http
