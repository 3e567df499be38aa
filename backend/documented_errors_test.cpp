// SPDX-License-Identifier: Apache-2.0
// Drives each refusal that does not depend on an operation through every route of the backend, and looks its status and
// code up in the OpenAPI document: a route answers with it exactly when its description lists it.
#include "ashlar/http/server.hpp"
#include "tests/support/documented_replies.hpp"
#include "tests/support/raw_client.hpp"
#include "tests/support/test_backend.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <set>
#include <string>
#include <vector>

namespace ashlar::test {
namespace {

using http::Method;

constexpr std::size_t body_bytes_max = 64 * 1024;
constexpr std::size_t large_body_bytes = 1024 * 1024;  // over every route's own limit

bool reads_body(const web::Route& route) { return route.method != Method::get && route.method != Method::remove; }

// The path with a value for each of its parameters.
std::string target_of(const web::Route& route, const std::string& value = "0193508e-7b2c-7000-8000-000000000001") {
  std::string out = route.path;
  for (std::size_t at = 0; (at = out.find('{')) != out.npos;) out.replace(at, out.find('}') - at + 1, value);
  return out;
}

class DocumentedErrors : public testing::Test {
 protected:
  using Request = std::function<web::TestRequest(const web::Route&)>;

  // Those that end the caller's session come last.
  std::vector<const web::Route*> routes() {
    std::vector<const web::Route*> out, last;
    for (const auto& route : backend_.application().app().routes()) {
      if (route->has_operation()) (route->endpoint.name.starts_with("logout") ? last : out).push_back(route.get());
    }
    out.insert(out.end(), last.begin(), last.end());
    return out;
  }

  enum class Caller : std::uint8_t { nobody, admin, admin_of_long_ago };
  std::string token_of(Caller caller) {
    if (caller == Caller::nobody) return {};
    const Person admin = backend_.admin();
    if (caller == Caller::admin_of_long_ago) backend_.clock().advance(std::chrono::minutes{6});
    return admin.token;
  }

  // To every route: the reply has this status and code exactly where the route's description lists them. What is
  // answered instead is held to the document, too. Returns how many routes list it.
  int check(int status, const std::string& code, const Request& request, Caller caller = Caller::nobody,
            const std::set<std::string>& except = {}) {
    int listed = 0;
    const std::string token = token_of(caller);
    for (const web::Route* route : routes()) {
      if (except.contains(route->endpoint.name)) continue;
      const bool lists = lists_code(documented_response(backend_.application().app(), *route, status), code);
      web::TestRequest sent = request(*route);
      if (!token.empty()) sent.headers.emplace_back("Authorization", "Bearer " + token);
      const auto reply = client_.send(sent);
      const bool answers = reply.status == status && reply.has("/code") && reply.at("/code") == code;
      EXPECT_EQ(answers, lists) << code << " of " << route->endpoint.name << ": " << reply.status << " " << reply.body;
      if (lists) ++listed;
    }
    return listed;
  }

  static web::TestRequest plain(const web::Route& route) {
    return {.method = route.method,
            .target = target_of(route),
            .headers = {},
            .body = reads_body(route) ? "{}" : std::string()};
  }
  static Request with_header(std::string name, std::string value) {
    return [name = std::move(name), value = std::move(value)](const web::Route& route) {
      web::TestRequest out = plain(route);
      out.headers.emplace_back(name, value);
      return out;
    };
  }
  static Request with_body(std::string body, std::string content_type = "application/json") {
    return [body = std::move(body), content_type = std::move(content_type)](const web::Route& route) {
      web::TestRequest out = plain(route);
      out.body = body;
      out.content_type = content_type;
      return out;
    };
  }

  TestBackend backend_{[](backend::Settings& settings) { settings.body_bytes_max = body_bytes_max; }};
  DocumentedReplies replies_{backend_.application().app()};
  web::TestClient client_{replies_};
};

TEST_F(DocumentedErrors, OfCredentials) {
  const BadTokens bad = backend_.bad_tokens();
  const auto bearer = [](const std::string& token) { return with_header("Authorization", "Bearer " + token); };
  // These are also listed for the refresh token in the input of `refresh` and `logout`. An expired access token still
  // names the session that a logout ends.
  const std::set<std::string> of_refresh_token{"refresh", "logout"};
  // Its channels decide, and are asked for after the input.
  EXPECT_GT(check(401, "auth.not_signed_in", &plain, Caller::nobody, {"followChannels"}), 40);
  EXPECT_GT(check(401, "auth.token_invalid", bearer("x"), Caller::nobody, of_refresh_token), 40);
  EXPECT_GT(check(401, "auth.token_expired", bearer(bad.expired), Caller::nobody, of_refresh_token), 40);
  EXPECT_GT(check(401, "auth.token_revoked", bearer(bad.revoked), Caller::nobody, of_refresh_token), 40);
}

TEST_F(DocumentedErrors, OfCookies) {
  const Person admin = backend_.admin();
  EXPECT_GT(check(400, "auth.cookie_repeated",
                  with_header("Cookie", "accessToken=a; accessToken=b; refreshToken=a; refreshToken=b")),
            40);
  const auto cross_site = [&admin](const web::Route& route) {
    web::TestRequest out = plain(route);
    out.headers = {{"Cookie", "accessToken=" + admin.token + "; refreshToken=" + admin.refresh_token},
                   {"Sec-Fetch-Site", "cross-site"}};
    return out;
  };
  EXPECT_GT(check(403, "csrf.refused", cross_site), 30);
}

TEST_F(DocumentedErrors, OfAnOldSignIn) {
  // updateUser asks for it only where the role changes, updateMe where the address does.
  EXPECT_GT(check(401, "auth.step_up_required", &plain, Caller::admin_of_long_ago, {"updateUser", "updateMe"}), 10);
}

TEST_F(DocumentedErrors, OfPathsAndQueries) {
  const auto query = [](const web::Route& route) {
    web::TestRequest out = plain(route);
    out.target += "?%zz";
    return out;
  };
  const auto path = [](const web::Route& route) {
    web::TestRequest out = plain(route);
    out.target = target_of(route, "%zz");
    return out;
  };
  const auto unknown = [](const web::Route& route) {
    web::TestRequest out = plain(route);
    out.target += "?surplus=1";
    return out;
  };
  EXPECT_GT(check(400, "request.malformed_query", query, Caller::admin), 60);
  EXPECT_GT(check(400, "request.malformed_path", path, Caller::admin), 20);
  EXPECT_GT(check(422, "request.invalid", unknown, Caller::admin), 60);
}

TEST_F(DocumentedErrors, OfBodies) {
  const auto coded = [](const web::Route& route) {
    web::TestRequest out = with_body("{}")(route);
    out.headers.emplace_back("Content-Encoding", "gzip");
    return out;
  };
  EXPECT_GT(check(400, "request.body_not_expected", with_body("{}"), Caller::admin), 20);
  EXPECT_GT(check(400, "request.malformed_json", with_body("{"), Caller::admin), 30);
  EXPECT_GT(check(415, "request.unsupported_media_type", with_body("x", "text/plain"), Caller::admin), 30);
  EXPECT_GT(check(415, "request.unsupported_content_coding", coded, Caller::admin), 30);
  EXPECT_GT(check(413, "request.body_too_large", with_body(std::string(large_body_bytes, ' ')), Caller::admin), 30);
}

TEST_F(DocumentedErrors, OfResponseCodings) {
  EXPECT_GT(check(406, "request.not_acceptable", with_header("Accept-Encoding", "*;q=0"), Caller::admin), 60);
}

// What a connection refuses before there is a request to a route: every operation lists it.
TEST_F(DocumentedErrors, OfConnections) {
  const Person admin = backend_.admin();
  http::Server server({.host = "127.0.0.1", .port = 0, .loops = 1}, backend_.application().app());
  server.start();
  struct Case {
    std::string query{};
    std::string version = "HTTP/1.1";
    std::string fields{};
    std::string body{};
  };
  const std::string coding = "Transfer-Encoding: ";
  const std::vector<Case> cases = {
      {.fields = "Host: b\r\n"},
      {.query = "?" + std::string(10'000, 'q')},
      {.fields = "Expect: 200-ok\r\n"},
      {.fields = "X: " + std::string(70'000, 'x') + "\r\n"},
      {.fields = coding + "gzip, chunked\r\n"},
      {.version = "HTTP/1.2"},
      {.fields = coding + "chunked\r\n", .body = "no size\r\n"},
  };
  for (const web::Route* route : routes()) {
    for (const Case& c : cases) {
      RawClient client(server.port());
      (void)client.try_send(std::string(http::to_string(route->method)) + " " + target_of(*route) + c.query + " " +
                            c.version + "\r\nHost: a\r\nAuthorization: Bearer " + admin.token + "\r\n" + c.fields +
                            "\r\n" + c.body);
      const RawResponse raw = client.read_response();
      const web::TestReply reply{.status = raw.status, .headers = {}, .body = raw.body};
      EXPECT_TRUE(lists_code(documented_response(backend_.application().app(), *route, raw.status), reply.at("/code")))
          << route->endpoint.name << ": " << raw.body;
      EXPECT_GE(raw.status, 400);
    }
  }
  server.stop(std::chrono::seconds{1});
}

TEST(DocumentedErrorsUnderLoad, OfRateLimits) {
  TestBackend backend([](backend::Settings& settings) { settings.rate_limit_max = 1; });
  int limited = 0;
  for (const auto& route : backend.application().app().routes()) {
    if (!route->has_operation()) continue;
    const bool lists = lists_code(documented_response(backend.application().app(), *route, 429), "rate_limit.exceeded");
    const web::TestRequest request{
        .method = route->method, .target = target_of(*route), .headers = {}, .body = reads_body(*route) ? "{}" : ""};
    backend.client().use_peer_address("192.0.2." + std::to_string(++limited));
    int refused = 0;
    for (int i = 0; i < 12; ++i) refused += backend.client().send(request).status == 429 ? 1 : 0;
    EXPECT_EQ(refused > 0, lists) << route->endpoint.name;
  }
}

}  // namespace
}  // namespace ashlar::test
