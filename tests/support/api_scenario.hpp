// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/web/test_client.hpp"

#include <string>
#include <vector>

// Tables of what an API refuses, a line each:
//
//   {"a number for a name", "POST /api/products", R"({"name": 7, "price": "1.00"})", 422, "request.invalid", {"/name
//   type"}}
//
// Each is sent unchanged, and the answer must be problem details (RFC 9457) of that status and code, with exactly
// those faults ("path code", in any order), a request id, and what its status demands (WWW-Authenticate, Allow).
namespace ashlar::test {

struct Scenario {
  std::string name;     // what is wrong
  std::string request;  // "POST /api/products"
  std::string body;
  int status = 0;
  std::string code;
  std::vector<std::string> faults{};
  std::string token{};  // the caller's; empty: anonymous
  std::string content_type = "application/json";
};

// Sends each and reports every difference, with the scenario's name.
void expect_refusals(web::TestClient& client, const std::vector<Scenario>& scenarios);

// The tokens that no route may take.
struct BadTokens {
  std::string expired;
  std::string forged;   // signed with another secret
  std::string refresh;  // good, but no access token
  std::string revoked;
};

// What every route that requires authentication refuses.
[[nodiscard]] std::vector<Scenario> without_a_good_token(const std::string& request, const std::string& body,
                                                         const BadTokens& bad);

// What every route that reads JSON refuses from every caller: malformed JSON, another type of document, another
// media type, a member that is not known.
[[nodiscard]] std::vector<Scenario> without_a_readable_body(const std::string& request, const std::string& good_body,
                                                            const std::string& token);

// What every list refuses of its page, limit and sort, and a parameter that is not known.
[[nodiscard]] std::vector<Scenario> without_a_good_page(const std::string& request, const std::string& token);

// What every route with an {id} at the end refuses there: `request` is without it, as in "GET /api/posts/".
[[nodiscard]] std::vector<Scenario> without_a_good_id(const std::string& request, const std::string& body,
                                                      const std::string& token, const std::string& not_found_code);

[[nodiscard]] std::vector<Scenario> operator+(std::vector<Scenario> a, std::vector<Scenario> b);

}  // namespace ashlar::test
