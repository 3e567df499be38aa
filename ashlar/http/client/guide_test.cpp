// SPDX-License-Identifier: Apache-2.0
// The code that docs/guide/http-client.md shows, unchanged.
#include "ashlar/http/client/client.hpp"
#include "ashlar/http/client/detail/client_fixture.hpp"

namespace ashlar::http {
namespace {

using namespace std::chrono_literals;

Task<Result<std::string>> fetch_greeting(http::Client& client, std::string url) {
  auto response = co_await unwrap(client.send({.url = std::move(url),
                                               .fields = {{"Accept", "text/plain"}},
                                               .egress = http::EgressPolicy::operator_configured()},
                                              5s));
  if (response.status != 200) co_return fail(ashlar::errors::internal, "The other system has no greeting.");
  co_return std::move(response.body);
}

Task<bool> deliver(http::Client& client, const http::EgressPolicy& egress, std::string url, std::string event) {
  auto response = co_await client.send({.method = http::Method::post,
                                        .url = std::move(url),
                                        .fields = {{"Content-Type", "application/json"}},
                                        .body = std::move(event),
                                        .egress = egress,
                                        .response_body_bytes_max = 4'096},
                                       15s);
  co_return response && response->status / 100 == 2;
}

class HttpClientGuide : public detail::ClientFixture {};

TEST_F(HttpClientGuide, Works) {
  const detail::ScriptedServer server(test::answer_with(detail::response_with("hello")));
  http::Client client({&loop_}, {});
  EXPECT_EQ(await(fetch_greeting(client, server.url())), "hello");

  const std::vector<std::string> allow = {"hooks.internal", "10.1.0.0/16",
                                          "127.0.0.1:" + std::to_string(server.port())};
  const auto egress = http::EgressPolicy::parse(allow);
  ASSERT_TRUE(egress);
  EXPECT_TRUE(await(deliver(client, *egress, server.url(), "{}")));
  EXPECT_FALSE(await(deliver(client, http::EgressPolicy(), server.url(), "{}")));
}

}  // namespace
}  // namespace ashlar::http
