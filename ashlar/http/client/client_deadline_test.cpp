// SPDX-License-Identifier: Apache-2.0
// The deadline, and cancellation, in each part of a request's life.
#include "ashlar/http/client/detail/client_fixture.hpp"
#include "tests/support/test_certificate.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <sys/socket.h>

#include <array>
#include <semaphore>

namespace ashlar::http {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using detail::ScriptedServer;
using detail::ServerPeer;

// Listens, and takes no connection: Linux drops what comes when the queue is full.
class FullListener {
 public:
  FullListener() : acceptor_(context_) {
    acceptor_.open(asio::ip::tcp::v4());
    acceptor_.bind({asio::ip::address_v4::loopback(), 0});
    acceptor_.listen(0);
    for (auto& socket : queue_) {
      socket.open(asio::ip::tcp::v4());
      socket.non_blocking(true);
      auto endpoint = acceptor_.local_endpoint();
      (void)::connect(socket.native_handle(), endpoint.data(),
                      static_cast<socklen_t>(endpoint.size()));  // Asio's waits
    }
  }
  [[nodiscard]] std::string url() const {
    return "http://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port()) + "/";
  }

 private:
  asio::io_context context_;
  asio::ip::tcp::acceptor acceptor_;
  std::array<asio::ip::tcp::socket, 3> queue_{asio::ip::tcp::socket(context_), asio::ip::tcp::socket(context_),
                                              asio::ip::tcp::socket(context_)};
};

class HttpClientDeadline : public detail::ClientFixture {
 protected:
  static constexpr std::chrono::milliseconds soon = 60ms;

  // Both ways in which a request ends early. `there` is released when the request has reached the stage under test;
  // `closed` when the server has seen the connection end (null: there is no connection).
  void check(Client& client, ClientRequest request, const std::string& part, std::counting_semaphore<>& there,
             std::counting_semaphore<>* closed) {
    std::string cause;
    for (std::chrono::milliseconds time = soon; time < 10s && cause != "while " + part; time *= 4) {
      const auto late = await(client.send(request, time));
      ASSERT_FALSE(late) << part;
      EXPECT_EQ(late.error().code().name, "http_client.timed_out") << part;
      cause = late.error().cause();  // a busy machine may have come to an earlier part only
    }
    EXPECT_EQ(cause, "while " + part);
    EXPECT_TRUE(there.try_acquire_for(10s)) << part;
    if (closed != nullptr) EXPECT_TRUE(closed->try_acquire_for(10s)) << part;

    Sent sent(loop_, client, std::move(request));
    run_until([&] { return there.try_acquire(); });
    EXPECT_EQ(sent.outcome, "") << part;
    EXPECT_EQ(sent.cancel(), "aborted") << part;
    if (closed != nullptr) EXPECT_TRUE(closed->try_acquire_for(10s)) << part;
    EXPECT_EQ(client.figures().idle_connections, 0U) << part;
  }

  // A server that does this and then waits until the client closes.
  test::ServerScript stalling(std::string bytes) {
    return [this, bytes = std::move(bytes)](ServerPeer& peer) {
      if (peer.read_request()) {
        peer.write(bytes);
        there_.release();
        peer.wait_for_close();
      }
      closed_.release();
    };
  }

  std::counting_semaphore<> there_{0}, closed_{0};
};

TEST_F(HttpClientDeadline, InThePast) {
  const ScriptedServer server(test::echo);
  Client client({&loop_}, {});
  EXPECT_EQ(outcome(client, to(server.url()), 0ms), "http_client.timed_out");
  EXPECT_EQ(outcome(client, to(server.url()), -1ms), "http_client.timed_out");
  EXPECT_EQ(outcome_of(await(client.send(to(server.url()), Clock::Steady::min()))), "http_client.timed_out");
  EXPECT_EQ(outcome(client, to(server.url())), "200 GET / HTTP/1.1|");
}

TEST_F(HttpClientDeadline, WithoutOne) {
  const ScriptedServer server(test::echo);
  Client client({&loop_}, {});
  EXPECT_EQ(outcome_of(await(client.send(to(server.url()), Clock::Steady::max()))), "200 GET / HTTP/1.1|");
  EXPECT_EQ(outcome(client, to(server.url()), std::chrono::milliseconds::max()), "200 GET / HTTP/1.1|");
}

TEST_F(HttpClientDeadline, WaitingForAConnection) {
  const ScriptedServer server([this](ServerPeer& peer) {
    peer.read_request();
    there_.release();
    peer.wait_for_close();
  });
  Client client({&loop_}, {.connections_per_host_max = 1});
  Sent running(loop_, client, to(server.url()));
  run_until([&] { return there_.try_acquire(); });
  std::counting_semaphore<> at_once{2};
  check(client, to(server.url()), "waiting for a connection", at_once, nullptr);
  EXPECT_EQ(running.cancel(), "aborted");
}

TEST_F(HttpClientDeadline, Resolving) {
  detail::FakeResolver resolver;
  resolver.hang("slow.test");
  Client client({&loop_}, {.resolver = &resolver});
  std::counting_semaphore<> at_once{2};
  check(client, to("http://slow.test/"), "resolving", at_once, nullptr);
  EXPECT_EQ(client.figures().connects, 0U);
}

TEST_F(HttpClientDeadline, Connecting) {
  const FullListener listener;
  Client client({&loop_}, {.connect_time_max = 1h});
  std::counting_semaphore<> at_once{2};
  check(client, to(listener.url()), "connecting", at_once, nullptr);
}

TEST_F(HttpClientDeadline, AnAddressHasATimeOfItsOwn) {
  const FullListener listener;
  Client client({&loop_}, {.connect_time_max = 20ms});
  EXPECT_EQ(outcome(client, to(listener.url())), "http_client.unreachable");
}

TEST_F(HttpClientDeadline, InTheTlsHandshake) {
  const ScriptedServer server([this](ServerPeer& peer) {  // never answers the ClientHello
    there_.release();
    peer.wait_for_close();
    closed_.release();
  });
  Client client({&loop_}, {});
  check(client, to("https" + server.url().substr(4)), "the TLS handshake", there_, &closed_);
}

// More than the buffers of both sockets take.
TEST_F(HttpClientDeadline, Writing) {
  std::counting_semaphore<> reads{0};
  {
    const ScriptedServer server([&](ServerPeer& peer) {
      there_.release();
      reads.acquire();
      peer.wait_for_close();
      closed_.release();
    });
    Client client({&loop_}, {});
    check(client, post_to(server.url(), std::string(30'000'000, 'b')), "sending the request and receiving its response",
          there_, nullptr);
    reads.release(100);  // one a connection
    EXPECT_TRUE(closed_.try_acquire_for(10s));
    EXPECT_TRUE(closed_.try_acquire_for(10s));
  }
}

TEST_F(HttpClientDeadline, ReadingTheResponse) {
  for (const char* bytes :
       {"", "HTTP/1.1 200", "HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", "HTTP/1.1 200 OK\r\n\r\nuntil"}) {
    const ScriptedServer server(stalling(bytes));
    Client client({&loop_}, {});
    check(client, to(server.url()), "sending the request and receiving its response", there_, &closed_);
  }
}

TEST_F(HttpClientDeadline, ReadingTheResponseUnderTls) {
  const test::TestCertificate certificate;
  const ScriptedServer server(stalling("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell"),
                              {.certificate_file = certificate.certificate_file(), .key_file = certificate.key_file()});
  Client client({&loop_}, {.ca_file = certificate.certificate_file()});
  check(client, to(server.url()), "sending the request and receiving its response", there_, &closed_);
}

TEST_F(HttpClientDeadline, CoversAllHops) {
  const ScriptedServer slow(stalling(""));
  const ScriptedServer server(
      test::answer_with("HTTP/1.1 302 Found\r\nLocation: " + slow.url() + "\r\nContent-Length: 0\r\n\r\n"));
  Client client({&loop_}, {});
  ClientRequest request = to(server.url());
  request.redirects_max = 1;
  EXPECT_EQ(outcome(client, std::move(request), 1s), "http_client.timed_out");
  EXPECT_TRUE(closed_.try_acquire_for(10s));
}

TEST_F(HttpClientDeadline, ATrickleDoesNotExtendIt) {
  Client client({&loop_}, {.response_body_bytes_max = 1'000'000'000});
  const ScriptedServer trickling([this](ServerPeer& peer) {
    if (!peer.read_request()) return;
    peer.write("HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n");
    while (peer.write("a")) {
    }
    closed_.release();
  });
  EXPECT_EQ(outcome(client, to(trickling.url()), 500ms), "http_client.timed_out");
  EXPECT_TRUE(closed_.try_acquire_for(10s));
}

}  // namespace
}  // namespace ashlar::http
