// SPDX-License-Identifier: Apache-2.0
#include "ashlar/http/client/client.hpp"

#include "ashlar/http/client/detail/client_fixture.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <stdexcept>
#include <thread>

namespace ashlar::http {
namespace {

using namespace std::chrono_literals;
using test::echo;

class HttpClient : public detail::ClientFixture {
 protected:
  ManualClock clock_{*Timestamp::parse("2026-01-02T03:04:05Z")};
};

TEST_F(HttpClient, RefusesWhatItCannotSend) {
  Client client({&loop_}, {});
  for (const Method method : {Method::connect, Method::trace, Method::other})
    EXPECT_EQ(outcome(client, {.method = method, .url = "http://127.0.0.1/"}), "http_client.invalid_request");
  EXPECT_EQ(outcome(client, {.url = "nonsense"}), "http_client.invalid_url");
  EXPECT_EQ(client.figures().connects, 0U);
  EXPECT_EQ(client.figures().failed, 4U);
  EXPECT_THROW(Client({&loop_}, {.ca_file = "/nonexistent/authorities.pem"}), std::invalid_argument);
}

TEST_F(HttpClient, MadeBeforeItsLoopsTakesThemAsTheyComeAndMayOutliveThem) {
  const test::ScriptedServer server(echo);
  Client client{ClientOptions{}};
  EXPECT_THAT(outcome(client, to(server.url("/first"))), ::testing::StartsWith("200 GET /first"));
  {
    boost::asio::io_context another{1};
    const auto response = async::run_to_end(another, client.send(to(server.url("/other")), 10s));
    EXPECT_THAT(outcome_of(response), ::testing::StartsWith("200 GET /other"));
    EXPECT_EQ(client.figures().idle_connections, 2U);
    client.close();
    EXPECT_EQ(client.figures().idle_connections, 0U);
  }
  EXPECT_THAT(outcome(client, to(server.url("/again"))), ::testing::StartsWith("200 GET /again"));
}

TEST_F(HttpClient, RefusesALoopThatItWasNotGiven) {
  boost::asio::io_context other;
  Client client({&other}, {});
  EXPECT_THROW(outcome(client, to("http://127.0.0.1/")), std::logic_error);
}

TEST_F(HttpClient, SendsTheRequestAsItIs) {
  detail::Signal<std::string> received;
  const detail::ScriptedServer server([&](detail::ServerPeer& peer) {
    received.set(peer.read_request().value_or(""));
    peer.write(detail::response_with("done"));
  });
  Client client({&loop_}, {.user_agent = "test/1"});
  ClientRequest request = to(server.url("/a/b?c=%20d#e"));
  request.method = Method::patch;
  request.fields = {{"Authorization", "Bearer x"}, {"Content-Type", "text/plain"}};
  request.body = "a body";
  EXPECT_EQ(outcome(client, std::move(request)), "200 done");
  EXPECT_EQ(received.wait(), "PATCH /a/b?c=%20d HTTP/1.1\r\nHost: " + server.authority() +
                                 "\r\nUser-Agent: test/1\r\nAuthorization: Bearer x\r\nContent-Type: text/plain\r\n"
                                 "Content-Length: 6\r\n\r\na body");
}

TEST_F(HttpClient, SaysThatABodyIsEmptyWhereOneIsExpected) {
  for (const auto& [method, says_so] : std::vector<std::pair<Method, bool>>{{Method::get, false},
                                                                            {Method::remove, false},
                                                                            {Method::options, false},
                                                                            {Method::post, true},
                                                                            {Method::put, true},
                                                                            {Method::patch, true}}) {
    detail::Signal<std::string> received;
    const detail::ScriptedServer server([&](detail::ServerPeer& peer) {
      received.set(peer.read_request().value_or(""));
      peer.write(detail::response_with(""));
    });
    Client client({&loop_}, {});
    ClientRequest request = to(server.url());
    request.method = method;
    EXPECT_EQ(outcome(client, std::move(request)), "200 ");
    EXPECT_EQ(received.wait().contains("Content-Length: 0\r\n"), says_so) << to_string(method);
  }
}

TEST_F(HttpClient, ReadsEachKindOfResponse) {
  struct Case {
    std::string bytes;
    std::string expected;
    Method method = Method::get;
  };
  for (const auto& [bytes, expected, method] : std::vector<Case>{
           {"HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\ngone", "404 gone"},
           {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nA: b\r\n\r\n",
            "200 abcde"},
           {"HTTP/1.1 200 OK\r\n\r\nuntil the end", "200 until the end"},
           {"HTTP/1.0 200 OK\r\n\r\nold", "200 old"},
           {"HTTP/1.1 204 No Content\r\n\r\n", "204 "},
           {"HTTP/1.1 304 Not Modified\r\nContent-Length: 10\r\n\r\n", "304 "},
           {"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n", "200 ", Method::head},
           {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\n"
            "Content-Length: 2\r\n\r\nok",
            "200 ok"},
           {"HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n", "302 "},
           {detail::response_with(std::string(100'000, 'l')), "200 " + std::string(100'000, 'l')},
       }) {
    const detail::ScriptedServer server(test::answer_once_with(bytes));
    Client client({&loop_}, {});
    ClientRequest request = to(server.url());
    request.method = method;
    EXPECT_EQ(outcome(client, std::move(request)), expected);
  }
}

TEST_F(HttpClient, GivesTheFieldsAndTheUrl) {
  const detail::ScriptedServer server(
      test::answer_once_with("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nSet-Cookie: a\r\nset-cookie: b\r\n\r\n"));
  Client client({&loop_}, {});
  const auto response = await(client.send(to(server.url("/x#y"))));
  ASSERT_TRUE(response);
  EXPECT_EQ(response->fields.get("SET-COOKIE"), "a");
  EXPECT_EQ(response->fields.count("Set-Cookie"), 2U);
  EXPECT_EQ(response->url, server.url("/x"));
}

TEST_F(HttpClient, KeepsAConnectionForTheNextRequest) {
  const detail::ScriptedServer server(echo);
  Client client({&loop_}, {});
  for (int i = 0; i < 5; ++i)
    EXPECT_EQ(outcome(client, post_to(server.url("/" + std::to_string(i)), "b")),
              "200 POST /" + std::to_string(i) + " HTTP/1.1|b");
  EXPECT_EQ(server.accepted(), 1);
  EXPECT_EQ(client.figures().reused, 4U);
  EXPECT_EQ(client.figures().idle_connections, 1U);
}

TEST_F(HttpClient, SharesConnectionsOnlyWithinAnOriginAndAPolicy) {
  const detail::ScriptedServer server(echo);
  detail::FakeResolver resolver({{"a.test", {{"127.0.0.1"}}}, {"b.test", {{"127.0.0.1"}}}});
  Client client({&loop_}, {.resolver = &resolver});
  const std::vector<std::string> allow{"127.0.0.1"};
  const EgressPolicy listed = *EgressPolicy::parse(allow);
  const std::string port = std::to_string(server.port());
  const auto get = [&](const std::string& host, const EgressPolicy& egress) {
    return outcome(client, {.url = "http://" + host + ":" + port + "/", .egress = egress});
  };
  EXPECT_EQ(get("a.test", EgressPolicy::operator_configured()), "200 GET / HTTP/1.1|");
  EXPECT_EQ(get("b.test", EgressPolicy::operator_configured()), "200 GET / HTTP/1.1|");
  EXPECT_EQ(get("a.test", listed), "200 GET / HTTP/1.1|");
  EXPECT_EQ(get("a.test", EgressPolicy()), "http_client.refused_by_policy");
  EXPECT_EQ(server.accepted(), 3);
  EXPECT_EQ(get("A.test.", listed), "200 GET / HTTP/1.1|");
  EXPECT_EQ(get("b.test", EgressPolicy::operator_configured()), "200 GET / HTTP/1.1|");
  EXPECT_EQ(server.accepted(), 3);
}

TEST_F(HttpClient, DoesNotKeepWhatCannotBeUsedAgain) {
  for (const std::string& bytes :
       std::vector<std::string>{"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok",
                                "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
                                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nKeep-Alive: timeout=1\r\n\r\nok",
                                detail::response_with("ok") + "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil",
                                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\nx"}) {
    const detail::ScriptedServer server(test::answer_with(bytes));
    Client client({&loop_}, {});
    EXPECT_EQ(outcome(client, to(server.url())), "200 ok");
    EXPECT_EQ(outcome(client, to(server.url())), "200 ok");
    EXPECT_EQ(server.accepted(), 2) << bytes;
  }
}

TEST_F(HttpClient, BytesThatComeToAKeptConnectionEndIt) {
  detail::Signal<bool> go_on, written;
  const detail::ScriptedServer server([&](detail::ServerPeer& peer) {
    if (!peer.read_request()) return;
    peer.write(detail::response_with("first"));
    if (peer.number() == 0) {
      go_on.wait();
      written.set(peer.write(detail::response_with("poison")));
    }
    peer.wait_for_close();
  });
  Client client({&loop_}, {});
  EXPECT_EQ(outcome(client, to(server.url())), "200 first");
  EXPECT_EQ(client.figures().idle_connections, 1U);
  go_on.set(true);
  ASSERT_TRUE(written.wait());
  EXPECT_EQ(outcome(client, post_to(server.url(), "")), "200 first");
  EXPECT_EQ(server.accepted(), 2);
}

TEST_F(HttpClient, ClosesWhatIsUnusedForTooLong) {
  const detail::ScriptedServer server(echo);
  Client client({&loop_}, {.idle_time_max = 10s, .clock = &clock_});
  (void)outcome(client, to(server.url()));
  clock_.advance(9'999ms);
  (void)outcome(client, to(server.url()));
  EXPECT_EQ(server.accepted(), 1);
  clock_.advance(10s);
  (void)outcome(client, to(server.url()));
  EXPECT_EQ(server.accepted(), 2);
}

TEST_F(HttpClient, ASweepClosesWhatIsUnusedForTooLong) {
  detail::Signal<bool> closed;
  const detail::ScriptedServer server([&](detail::ServerPeer& peer) {
    echo(peer);
    closed.set(true);
  });
  Client client({&loop_}, {.idle_time_max = 10ms});
  (void)outcome(client, to(server.url()));
  run_until([&] { return client.figures().idle_connections == 0; });
  EXPECT_TRUE(closed.wait());
}

TEST_F(HttpClient, GoesByTheServersOwnIdleTime) {
  const detail::ScriptedServer server(
      test::answer_with("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nKeep-Alive: timeout=5\r\n\r\n"));
  Client client({&loop_}, {.clock = &clock_});
  (void)outcome(client, to(server.url()));
  clock_.advance(3'999ms);
  (void)outcome(client, to(server.url()));
  EXPECT_EQ(server.accepted(), 1);
  clock_.advance(4s);
  (void)outcome(client, to(server.url()));
  EXPECT_EQ(server.accepted(), 2);
}

TEST_F(HttpClient, ClosesTheConnectionUnusedLongestWhereThereAreTooMany) {
  const detail::ScriptedServer server(echo);
  detail::FakeResolver resolver(
      {{"a.test", {{"127.0.0.1"}}}, {"b.test", {{"127.0.0.1"}}}, {"c.test", {{"127.0.0.1"}}}});
  Client client({&loop_}, {.idle_connections_max = 2, .resolver = &resolver, .clock = &clock_});
  const auto get = [&](const char* host) {
    clock_.advance(1ms);
    (void)outcome(client, to("http://" + std::string(host) + ":" + std::to_string(server.port())));
    return server.accepted();
  };
  EXPECT_EQ(get("a.test"), 1);
  EXPECT_EQ(get("b.test"), 2);
  EXPECT_EQ(get("c.test"), 3);
  EXPECT_EQ(client.figures().idle_connections, 2U);
  EXPECT_EQ(get("b.test"), 3);
  EXPECT_EQ(get("c.test"), 3);
  EXPECT_EQ(get("a.test"), 4);
}

// Answers the first request of a connection; then reads the second one and ends the connection without a byte.
detail::ServerScript closes_instead_of_second_response(std::atomic<int>& requests) {
  return [&requests](detail::ServerPeer& peer) {
    while (peer.read_request()) {
      ++requests;
      if (peer.number() == 0 && requests == 2) return peer.reset();
      peer.write(detail::response_with("ok"));
    }
  };
}

TEST_F(HttpClient, SendsAnIdempotentRequestOnceMoreOnAStaleConnection) {
  for (const Method method : {Method::get, Method::put, Method::remove, Method::options}) {
    std::atomic<int> requests = 0;
    const detail::ScriptedServer server(closes_instead_of_second_response(requests));
    Client client({&loop_}, {});
    ClientRequest request = to(server.url());
    request.method = method;
    EXPECT_EQ(outcome(client, request), "200 ok");
    EXPECT_EQ(outcome(client, request), "200 ok") << to_string(method);
    EXPECT_EQ(requests, 3);
    EXPECT_EQ(client.figures().retried, 1U);
  }
}

TEST_F(HttpClient, NeverSendsAnythingElseTwice) {
  for (const Method method : {Method::post, Method::patch}) {
    std::atomic<int> requests = 0;
    const detail::ScriptedServer server(closes_instead_of_second_response(requests));
    Client client({&loop_}, {});
    ClientRequest request = to(server.url());
    request.method = method;
    EXPECT_EQ(outcome(client, request), "200 ok");
    EXPECT_EQ(outcome(client, request), "http_client.connection_lost");
    EXPECT_EQ(requests, 2);
  }
}

TEST_F(HttpClient, SendsAPostOnceMoreWhenItsCallerAllowsThat) {
  std::atomic<int> requests = 0;
  const detail::ScriptedServer server(closes_instead_of_second_response(requests));
  Client client({&loop_}, {});
  ClientRequest request = post_to(server.url(), "body");
  request.repeat = Repeat::allowed;
  EXPECT_EQ(outcome(client, request), "200 ok");
  EXPECT_EQ(outcome(client, request), "200 ok");
  EXPECT_EQ(requests, 3);
}

TEST_F(HttpClient, SendsNothingTwiceOnceAByteOfTheResponseHasCome) {
  std::atomic<int> requests = 0;
  const detail::ScriptedServer server([&](detail::ServerPeer& peer) {
    while (peer.read_request()) {
      if (++requests == 2) {
        peer.write("H");
        return;
      }
      peer.write(detail::response_with("ok"));
    }
  });
  Client client({&loop_}, {});
  EXPECT_EQ(outcome(client, to(server.url())), "200 ok");
  EXPECT_EQ(outcome(client, to(server.url())), "http_client.connection_lost");
  EXPECT_EQ(requests, 2);
}

TEST_F(HttpClient, SendsNothingTwiceOnANewConnection) {
  std::atomic<int> requests = 0;
  const detail::ScriptedServer server([&](detail::ServerPeer& peer) {
    if (peer.read_request()) ++requests;
  });
  Client client({&loop_}, {});
  EXPECT_EQ(outcome(client, to(server.url())), "http_client.connection_lost");
  EXPECT_EQ(requests, 1);
}

TEST_F(HttpClient, AKeptConnectionThatTheServerClosedCarriesNoRequest) {
  detail::Signal<bool> closed;
  const detail::ScriptedServer server([&](detail::ServerPeer& peer) {
    if (!peer.read_request()) return;
    peer.write(detail::response_with("ok"));
    if (peer.number() > 0) return echo(peer);
    peer.cut_off();
    closed.set(true);
  });
  Client client({&loop_}, {});
  EXPECT_EQ(outcome(client, post_to(server.url(), "")), "200 ok");
  closed.wait();
  EXPECT_EQ(outcome(client, post_to(server.url(), "")), "200 ok");
  EXPECT_EQ(client.figures().retried, 0U);
}

TEST_F(HttpClient, RequestsWaitInOrderForTheConnectionsOfAHost) {
  std::atomic<int> at_once = 0, most = 0;
  const detail::ScriptedServer server([&](detail::ServerPeer& peer) {
    while (const auto request = peer.read_request()) {
      most = std::max(most.load(), ++at_once);
      const std::string path = request->substr(5, request->find(' ', 5) - 5);
      --at_once;
      peer.write(detail::response_with(path));
    }
  });
  Client client({&loop_}, {.connections_per_host_max = 2});
  std::vector<std::unique_ptr<Sent>> sent;
  for (int i = 0; i < 20; ++i)
    sent.push_back(std::make_unique<Sent>(loop_, client, to(server.url("/" + std::to_string(i)))));
  run_until([&] { return std::ranges::none_of(sent, [](const auto& each) { return each->outcome.empty(); }); });
  for (int i = 0; i < 20; ++i) EXPECT_EQ(sent[static_cast<std::size_t>(i)]->cancel(), "200 " + std::to_string(i));
  EXPECT_EQ(server.accepted(), 2);
  EXPECT_LE(most, 2);
}

TEST_F(HttpClient, RefusesOneRequestTooMany) {
  const detail::ScriptedServer server([](detail::ServerPeer& peer) { peer.wait_for_close(); });
  Client client({&loop_}, {.requests_max = 2, .connections_per_host_max = 1});
  Sent running(loop_, client, to(server.url()));
  Sent waiting(loop_, client, to(server.url()));
  run_until([&] { return client.figures().connects == 1; });
  EXPECT_EQ(outcome(client, to(server.url())), "http_client.overloaded");
  EXPECT_EQ(waiting.cancel(), "aborted");
  EXPECT_EQ(running.cancel(), "aborted");
}

TEST_F(HttpClient, ACancelledWaiterPassesItsPlaceOn) {
  detail::Signal<bool> answer;
  const detail::ScriptedServer server([&](detail::ServerPeer& peer) {
    if (!peer.read_request()) return;
    answer.wait();
    peer.write(detail::response_with("first"));
    test::answer_with(detail::response_with("later"))(peer);
  });
  Client client({&loop_}, {.connections_per_host_max = 1});
  Sent first(loop_, client, to(server.url()));
  Sent second(loop_, client, to(server.url()));
  Sent third(loop_, client, to(server.url()));
  run_until([&] { return client.figures().connects == 1; });
  EXPECT_EQ(second.cancel(), "aborted");
  answer.set(true);
  run_until([&] { return !third.outcome.empty(); });
  EXPECT_EQ(first.cancel(), "200 first");
  EXPECT_EQ(third.cancel(), "200 later");
  EXPECT_EQ(server.accepted(), 1);
}

TEST_F(HttpClient, TriesTheAddressesOfAHostInTurn) {
  const detail::ScriptedServer server(echo, {.address = "127.0.0.3"});
  detail::FakeResolver resolver({{"a.test", {{"127.0.0.2", "::1", "127.0.0.3"}}}, {"b.test", {{"127.0.0.2"}}}});
  const std::string port = std::to_string(server.port());
  Client client({&loop_}, {.resolver = &resolver});
  EXPECT_EQ(outcome(client, to("http://a.test:" + port + "/")), "200 GET / HTTP/1.1|");
  EXPECT_EQ(client.figures().connects, 3U);
  EXPECT_EQ(outcome(client, to("http://b.test:" + port + "/")), "http_client.unreachable");
  EXPECT_EQ(outcome(client, to("http://none.test/")), "http_client.unresolved");
  Client short_of_breath({&loop_}, {.addresses_max = 2, .resolver = &resolver});
  EXPECT_EQ(outcome(short_of_breath, to("http://a.test:" + port + "/")), "http_client.unreachable");
  EXPECT_EQ(short_of_breath.figures().connects, 2U);
}

TEST_F(HttpClient, TakesAnEarlyResponseOfAServerThatReadsNoBody) {
  const detail::ScriptedServer server([](detail::ServerPeer& peer) {
    peer.write("HTTP/1.1 413 Content Too Large\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno");
    peer.wait_for_close();
  });
  Client client({&loop_}, {});
  EXPECT_EQ(outcome(client, post_to(server.url(), std::string(8'000'000, 'b'))), "413 no");
}

TEST_F(HttpClient, EachLoopHasConnectionsOfItsOwn) {
  constexpr std::size_t loops = 4;
  constexpr int requests = 50;
  const detail::ScriptedServer server(echo);
  std::vector<std::unique_ptr<boost::asio::io_context>> contexts;
  std::vector<boost::asio::io_context*> pointers;
  for (std::size_t i = 0; i < loops; ++i)
    pointers.push_back(contexts.emplace_back(std::make_unique<boost::asio::io_context>(1)).get());
  SystemResolver resolver;
  Client client(pointers, {.resolver = &resolver});
  std::atomic<int> right = 0;
  {
    std::vector<std::jthread> threads;
    for (boost::asio::io_context* loop : pointers) {
      threads.emplace_back([&, loop] {
        for (int i = 0; i < requests; ++i) {
          const std::string host = i % 10 == 0 ? "localhost" : "127.0.0.1";
          const auto response = async::run_to_end(
              *loop, client.send(to("http://" + host + ":" + std::to_string(server.port()) + "/"), 10s));
          if (outcome_of(response) == "200 GET / HTTP/1.1|") ++right;
        }
      });
    }
  }
  EXPECT_EQ(right, static_cast<int>(loops) * requests);
  EXPECT_EQ(server.accepted(), static_cast<int>(loops) * 2);
  EXPECT_EQ(client.figures().requests, loops * requests);
}

}  // namespace
}  // namespace ashlar::http
