// SPDX-License-Identifier: Apache-2.0
#include "ashlar/http/client/detail/client_fixture.hpp"

namespace ashlar::http {
namespace {

using detail::ScriptedServer;
using detail::ServerPeer;

class HttpClientRedirect : public detail::ClientFixture {
 protected:
  static std::string redirect(int status, const std::string& location) {
    return "HTTP/1.1 " + std::to_string(status) + " Moved\r\nLocation: " + location + "\r\nContent-Length: 0\r\n\r\n";
  }
  // "/from" redirects; everything else is answered with what was asked.
  static test::ServerScript redirecting(int status, std::string location) {
    return [=](ServerPeer& peer) {
      while (const auto request = peer.read_request()) {
        const bool from = request->substr(0, request->find("\r\n")).contains(" /from");
        peer.write(from ? redirect(status, location) : detail::response_with(*request));
      }
    };
  }
  static ClientRequest following(ClientRequest request, std::size_t redirects_max = 3) {
    request.redirects_max = redirects_max;
    return request;
  }
};

TEST_F(HttpClientRedirect, IsNotFollowedUnlessRequested) {
  const ScriptedServer server(redirecting(302, "/to"));
  Client client({&loop_}, {});
  EXPECT_EQ(outcome(client, to(server.url("/from"))), "302 ");
  EXPECT_EQ(client.figures().requests, 1U);
}

TEST_F(HttpClientRedirect, RefusesWhatItDoesNotFollow) {
  for (const std::string& location :
       std::vector<std::string>{"", "http://user@127.0.0.1/", "ftp://127.0.0.1/", "http://127.1/",
                                "http://127.0.0.1:0/", "a b", "/a\r\nLocation: /b", "javascript:alert(1)"}) {
    const ScriptedServer from(redirecting(302, location));
    Client client({&loop_}, {});
    EXPECT_EQ(outcome(client, following(to(from.url("/from")))), "http_client.redirect_refused") << location;
  }
  const ScriptedServer without(test::answer_with("HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n"));
  Client client({&loop_}, {});
  EXPECT_EQ(outcome(client, following(to(without.url()))), "http_client.redirect_refused");
}

TEST_F(HttpClientRedirect, EndsAfterTheLastOneThatIsAllowed) {
  const ScriptedServer server(redirecting(307, "/from/again"));
  Client client({&loop_}, {});
  EXPECT_EQ(outcome(client, following(to(server.url("/from")))), "http_client.redirect_refused");
  const ScriptedServer once(redirecting(307, "/to"));
  EXPECT_TRUE(outcome(client, following(to(once.url("/from")), 1)).starts_with("200 GET /to HTTP/1.1"));
}

TEST_F(HttpClientRedirect, ChecksEachHopByThePolicy) {
  const ScriptedServer inside(test::echo, {.address = "127.0.0.2"});
  const ScriptedServer server(redirecting(302, inside.url("/secret")));
  Client client({&loop_}, {});
  const std::vector<std::string> allow{"127.0.0.1"};
  ClientRequest request = following(to(server.url("/from")));
  request.egress = *EgressPolicy::parse(allow);
  EXPECT_EQ(outcome(client, std::move(request)), "http_client.refused_by_policy");
  EXPECT_EQ(inside.accepted(), 0);
}

TEST_F(HttpClientRedirect, DropsCredentialsBetweenOrigins) {
  for (const bool same : {true, false}) {
    const ScriptedServer target(redirecting(302, "unused"));
    const ScriptedServer server(redirecting(302, same ? "/to" : target.url("/to")));
    Client client({&loop_}, {});
    ClientRequest request = following(to(server.url("/from")));
    request.fields = {{"Authorization", "Bearer secret"}, {"Cookie", "a=secret"},   {"X-Api-Key", "secret"},
                      {"Accept", "text/plain"},           {"User-Agent", "kept/1"}, {"Idempotency-Key", "secret"}};
    const auto response = await(client.send(std::move(request)));
    ASSERT_TRUE(response);
    EXPECT_EQ(response->body.contains("secret"), same);
    EXPECT_TRUE(response->body.contains("Accept: text/plain\r\n"));
    EXPECT_TRUE(response->body.contains("User-Agent: kept/1\r\n"));
    EXPECT_EQ(response->url, same ? server.url("/to") : target.url("/to"));
  }
}

TEST_F(HttpClientRedirect, NeverTakesABodyToAnotherOrigin) {
  const ScriptedServer target(test::echo);
  for (const int status : {307, 308}) {
    const ScriptedServer server(redirecting(status, target.url("/to")));
    Client client({&loop_}, {});
    EXPECT_EQ(outcome(client, following(post_to(server.url("/from"), "client_secret=x"))),
              "http_client.redirect_refused");
  }
  EXPECT_EQ(target.accepted(), 0);
}

TEST_F(HttpClientRedirect, KeepsOrChangesTheMethod) {
  struct Case {
    int status;
    Method method;
    const char* expected;
  };
  for (const auto& [status, method, expected] : std::vector<Case>{{301, Method::post, "GET /to"},
                                                                  {302, Method::post, "GET /to"},
                                                                  {303, Method::post, "GET /to"},
                                                                  {303, Method::put, "GET /to"},
                                                                  {302, Method::put, "PUT /to"},
                                                                  {307, Method::post, "POST /to"},
                                                                  {308, Method::patch, "PATCH /to"},
                                                                  {301, Method::get, "GET /to"}}) {
    const ScriptedServer server(redirecting(status, "/to"));
    Client client({&loop_}, {});
    ClientRequest request = following(to(server.url("/from")));
    request.method = method;
    request.fields = {{"Content-Type", "text/plain"}};
    if (method != Method::get) request.body = "the body";
    const auto response = await(client.send(std::move(request)));
    ASSERT_TRUE(response);
    EXPECT_TRUE(response->body.starts_with(expected)) << response->body;
    const bool keeps_body = !std::string_view(expected).starts_with("GET");
    EXPECT_EQ(response->body.contains("the body"), keeps_body);
    EXPECT_EQ(response->body.contains("Content-Type"), keeps_body || method == Method::get);
  }
}

TEST_F(HttpClientRedirect, OtherStatusesAreResponses) {
  for (const int status : {300, 304, 305, 306}) {
    const ScriptedServer server(redirecting(status, "/to"));
    Client client({&loop_}, {});
    EXPECT_EQ(outcome(client, following(to(server.url("/from")))), std::to_string(status) + " ");
  }
}

}  // namespace
}  // namespace ashlar::http
