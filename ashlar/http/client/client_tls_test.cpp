// SPDX-License-Identifier: Apache-2.0
#include "ashlar/http/client/detail/client_fixture.hpp"
#include "tests/support/test_certificate.hpp"

#include <semaphore>

namespace ashlar::http {
namespace {

using namespace std::chrono_literals;
using detail::ScriptedServer;
using detail::ServerPeer;
using test::TestCertificate;

class HttpClientTls : public detail::ClientFixture {
 protected:
  static test::ScriptedServerOptions with(const TestCertificate& certificate) {
    return {.certificate_file = certificate.certificate_file(), .key_file = certificate.key_file()};
  }
  static std::string cause_of(const Result<ClientResponse>& response) {
    return response ? "none" : std::string(response.error().code().name) + ": " + response.error().cause();
  }

  TestCertificate certificate_;  // for localhost and 127.0.0.1
  detail::FakeResolver resolver_{{{"localhost", {{"127.0.0.1"}}}, {"other.test", {{"127.0.0.1"}}}}};
};

TEST_F(HttpClientTls, RefusesWhoCannotProveItsName) {
  const TestCertificate expired("localhost", -std::chrono::hours{1});
  const TestCertificate unknown("unknown");
  struct Case {
    const char* what;
    const TestCertificate& shown;
    const TestCertificate& trusted;
    const char* host;
    const char* expected;
  };
  for (const auto& [what, shown, trusted, host, expected] : std::vector<Case>{
           {"a certificate of another name", certificate_, certificate_, "other.test", "hostname mismatch"},
           {"a certificate of another address", certificate_, certificate_, "127.0.0.2", "IP address mismatch"},
           {"one that has expired", expired, expired, "localhost", "certificate has expired"},
           {"one from an unknown authority", unknown, certificate_, "localhost", "self-signed certificate"},
       }) {
    const ScriptedServer server([](ServerPeer& peer) { ADD_FAILURE() << peer.read_request().value_or("nothing"); },
                                {.address = std::string(host) == "127.0.0.2" ? host : "127.0.0.1",
                                 .certificate_file = shown.certificate_file(),
                                 .key_file = shown.key_file()});
    Client client({&loop_}, {.ca_file = trusted.certificate_file(), .resolver = &resolver_});
    const auto response =
        await(client.send(to("https://" + std::string(host) + ":" + std::to_string(server.port()) + "/")));
    EXPECT_TRUE(cause_of(response).starts_with("http_client.tls_failed: " + std::string(host))) << what;
    EXPECT_TRUE(cause_of(response).contains(expected)) << what << ": " << cause_of(response);
  }
}

TEST_F(HttpClientTls, GoesByTheClocksTime) {
  const ScriptedServer server(test::echo, with(certificate_));
  ManualClock clock(SystemClock().now());
  Client client({&loop_}, {.ca_file = certificate_.certificate_file(), .clock = &clock});
  EXPECT_EQ(outcome(client, to(server.url())), "200 GET / HTTP/1.1|");
  clock.advance(std::chrono::hours{2});
  EXPECT_EQ(outcome(client, to(server.url())), "http_client.tls_failed");
}

TEST_F(HttpClientTls, RefusesTheSystemsStoreWithoutTheExtraAuthority) {
  const ScriptedServer server(test::echo, with(certificate_));
  Client client({&loop_}, {});
  EXPECT_EQ(outcome(client, to(server.url())), "http_client.tls_failed");
  EXPECT_EQ(outcome(client, to("http" + server.url().substr(5))), "http_client.connection_lost");
}

TEST_F(HttpClientTls, RefusesWhoSpeaksNoTls) {
  const ScriptedServer server([](ServerPeer& peer) {
    peer.write(detail::response_with("plain"));
    peer.wait_for_close();
  });
  Client client({&loop_}, {});
  EXPECT_EQ(outcome(client, to("https" + server.url().substr(4))), "http_client.tls_failed");
}

TEST_F(HttpClientTls, KeepsConnectionsByNameAndByAddress) {
  const ScriptedServer server(test::echo, with(certificate_));
  Client client({&loop_}, {.ca_file = certificate_.certificate_file(), .resolver = &resolver_});
  for (const std::string host : {"localhost", "127.0.0.1"}) {
    const std::string url = "https://" + host + ":" + std::to_string(server.port()) + "/";
    for (int i = 0; i < 3; ++i) EXPECT_EQ(outcome(client, post_to(url, "b")), "200 POST / HTTP/1.1|b");
  }
  EXPECT_EQ(server.accepted(), 2);
  EXPECT_EQ(client.figures().reused, 4U);
}

TEST_F(HttpClientTls, ATruncatedBodyIsNoResponse) {
  const ScriptedServer truncated(
      [](ServerPeer& peer) {
        if (!peer.read_request()) return;
        peer.write("HTTP/1.1 200 OK\r\n\r\nall that");
        peer.cut_off();
      },
      with(certificate_));
  const ScriptedServer whole(test::answer_once_with("HTTP/1.1 200 OK\r\n\r\nall that"), with(certificate_));
  Client client({&loop_}, {.ca_file = certificate_.certificate_file()});
  EXPECT_EQ(outcome(client, to(truncated.url())), "http_client.connection_lost");
  EXPECT_EQ(outcome(client, to(whole.url())), "200 all that");
}

// In one write they are in one TLS record or several, and never in the socket when the first response is whole.
TEST_F(HttpClientTls, BytesBehindTheResponseEndTheConnection) {
  for (const std::size_t size : {std::size_t{10}, std::size_t{20'000}, std::size_t{40'000}}) {
    const std::string body(size, 'a');
    const ScriptedServer server(test::answer_with(detail::response_with(body) + detail::response_with("evil")),
                                with(certificate_));
    Client client({&loop_}, {.ca_file = certificate_.certificate_file()});
    EXPECT_EQ(outcome(client, to(server.url())), "200 " + body);
    EXPECT_EQ(outcome(client, to(server.url())), "200 " + body);
    EXPECT_EQ(server.accepted(), 2) << size;
  }
}

TEST_F(HttpClientTls, ExtraRecordsEndTheConnection) {
  std::counting_semaphore<> written{0};
  const ScriptedServer server(
      [&](ServerPeer& peer) {
        while (peer.read_request()) {
          peer.write(detail::response_with("first"));
          peer.write(detail::response_with("evil"));
          written.release();
        }
      },
      with(certificate_));
  Client client({&loop_}, {.ca_file = certificate_.certificate_file()});
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(outcome(client, post_to(server.url(), "")), "200 first");
    EXPECT_TRUE(written.try_acquire_for(10s));
  }
  EXPECT_EQ(server.accepted(), 5);
}

TEST_F(HttpClientTls, RedirectsFromHttpsToHttpAreRefused) {
  const ScriptedServer plain(test::echo);
  const ScriptedServer server(
      test::answer_with("HTTP/1.1 302 Found\r\nLocation: " + plain.url() + "\r\nContent-Length: 0\r\n\r\n"),
      with(certificate_));
  Client client({&loop_}, {.ca_file = certificate_.certificate_file()});
  ClientRequest request = to(server.url());
  request.redirects_max = 1;
  EXPECT_EQ(outcome(client, std::move(request)), "http_client.redirect_refused");
  EXPECT_EQ(plain.accepted(), 0);
}

}  // namespace
}  // namespace ashlar::http
