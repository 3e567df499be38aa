// SPDX-License-Identifier: Apache-2.0
#include "tests/support/api_scenario.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <iterator>

namespace ashlar::test {

namespace {

web::TestRequest request_of(const Scenario& scenario) {
  const std::size_t space = scenario.request.find(' ');
  web::TestRequest out{.method = http::method_of(scenario.request.substr(0, space)),
                       .target = scenario.request.substr(space + 1),
                       .headers = {},
                       .body = scenario.body,
                       .content_type = scenario.content_type};
  if (!scenario.token.empty()) out.headers.emplace_back("Authorization", "Bearer " + scenario.token);
  return out;
}

std::vector<std::string> faults_of(const web::TestReply& reply) {
  std::vector<std::string> out;
  for (std::size_t i = 0; reply.has("/errors/" + std::to_string(i)); ++i) {
    const std::string at = "/errors/" + std::to_string(i);
    EXPECT_FALSE(reply.at(at + "/message").empty());
    out.push_back(reply.at(at + "/path") + " " + reply.at(at + "/code"));
  }
  return out;
}

void expect_refusal(const web::TestReply& reply, const Scenario& scenario) {
  ASSERT_EQ(reply.status, scenario.status) << reply.body;
  ASSERT_THAT(reply.header("Content-Type"), testing::StartsWith("application/problem+json")) << reply.body;
  EXPECT_EQ(reply.at("/code"), scenario.code);
  EXPECT_EQ(reply.at("/status"), std::to_string(scenario.status));
  EXPECT_TRUE(reply.has("/type") && reply.has("/title") && reply.has("/detail") && reply.has("/instance"))
      << reply.body;
  EXPECT_EQ(reply.at("/requestId"), reply.header("X-Request-Id"));
  EXPECT_THAT(faults_of(reply), testing::UnorderedElementsAreArray(scenario.faults)) << reply.body;
  EXPECT_EQ(reply.header("WWW-Authenticate").empty(), scenario.status != 401);
  EXPECT_EQ(reply.header("Allow").empty(), scenario.status != 405);
}

}  // namespace

void expect_refusals(web::TestClient& client, const std::vector<Scenario>& scenarios) {
  for (const Scenario& scenario : scenarios) {
    SCOPED_TRACE(scenario.request + ": " + scenario.name);
    expect_refusal(client.send(request_of(scenario)), scenario);
  }
}

std::vector<Scenario> without_a_good_token(const std::string& request, const std::string& body, const BadTokens& bad) {
  return {
      {"no token", request, body, 401, "auth.not_signed_in"},
      {"no token at all", request, body, 401, "auth.token_invalid", {}, "gibberish"},
      {"an expired token", request, body, 401, "auth.token_expired", {}, bad.expired},
      {"a forged token", request, body, 401, "auth.token_invalid", {}, bad.forged},
      {"a refresh token", request, body, 401, "auth.token_invalid", {}, bad.refresh},
      {"a token of a session that has ended", request, body, 401, "auth.token_revoked", {}, bad.revoked},
  };
}

std::vector<Scenario> without_a_readable_body(const std::string& request, const std::string& good_body,
                                              const std::string& token) {
  std::string with_unknown = good_body;
  with_unknown.insert(1, good_body == "{}" ? R"("surplus": 1)" : R"("surplus": 1, )");
  return {
      {"cut-off JSON", request, good_body.substr(0, good_body.size() - 1), 400, "request.malformed_json", {}, token},
      {"bytes after the JSON", request, good_body + "x", 400, "request.malformed_json", {}, token},
      {"text", request, "name=Ada", 400, "request.malformed_json", {}, token},
      {"ill-formed UTF-8", request, "{\"\xff\": 1}", 400, "request.malformed_json", {}, token},
      {"an array", request, "[]", 422, "request.invalid", {" type"}, token},
      {"a member that is not known", request, with_unknown, 422, "request.invalid", {"/surplus unknown_member"}, token},
      {"a form",
       request,
       good_body,
       415,
       "request.unsupported_media_type",
       {},
       token,
       "application/x-www-form-urlencoded"},
      {"plain text", request, good_body, 415, "request.unsupported_media_type", {}, token, "text/plain"},
  };
}

std::vector<Scenario> without_a_good_page(const std::string& request, const std::string& token) {
  const auto line = [&](std::string name, const std::string& query, std::vector<std::string> faults) {
    return Scenario{std::move(name), request + query, "", 422, "request.invalid", std::move(faults), token};
  };
  return {
      line("a page before the first", "?page=0", {"page too_small"}),
      line("a page that is no number", "?page=two", {"page type"}),
      line("a page with a tail", "?page=2x", {"page type"}),
      line("a limit over 100", "?limit=101", {"limit too_large"}),
      line("a limit of nothing", "?limit=0", {"limit too_small"}),
      line("an order by what is no field", "?sort=password", {"sort one_of"}),
      line("an order with SQL in it", "?sort=name;drop%20table%20users", {"sort one_of"}),
      line("a parameter that is not known", "?offset=3", {"offset unknown_member"}),
      line("a parameter twice", "?page=1&page=2", {"page duplicate_member"}),
      line("everything wrong at once", "?page=0&limit=x&sort=&offset=1",
           {"page too_small", "limit type", "sort one_of", "offset unknown_member"}),
  };
}

std::vector<Scenario> without_a_good_id(const std::string& request, const std::string& body, const std::string& token,
                                        const std::string& not_found_code) {
  return {
      {"an id that is no UUID", request + "42", body, 422, "request.invalid", {"id uuid"}, token},
      {"an id with SQL in it", request + "'%20or%20'1'='1", body, 422, "request.invalid", {"id uuid"}, token},
      {"an id of nothing", request + "01900000-0000-7000-8000-000000000000", body, 404, not_found_code, {}, token},
  };
}

std::vector<Scenario> operator+(std::vector<Scenario> a, std::vector<Scenario> b) {
  a.insert(a.end(), std::make_move_iterator(b.begin()), std::make_move_iterator(b.end()));
  return a;
}

}  // namespace ashlar::test
