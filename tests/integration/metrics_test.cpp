// SPDX-License-Identifier: Apache-2.0
// The metrics as a scraper gets them.
#include "tests/integration/server.hpp"
#include "tests/support/raw_client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace ashlar::test {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* token = "a token of the scraper's";

std::uint16_t metrics_port_of(Server& server) {
  server.process().wait_for(R"("message":"serving metrics")");
  const std::string log = server.process().out();
  const std::string before = "\"port\":";
  return static_cast<std::uint16_t>(
      std::stoi(log.substr(log.find(before, log.find("serving metrics")) + before.size())));
}

TEST(Metrics, PromtoolHasNothingToSayAboutThem) {
  const TemporaryFolder folder;
  Server server(folder);
  ApiClient client(server.port());
  const std::string admin = client.admin_token();
  EXPECT_EQ(client.call("GET", "/api/users", "", admin).status, 200);
  EXPECT_EQ(client.call("GET", "/api/users").status, 401);
  EXPECT_EQ(client.call("GET", "/nowhere").status, 404);
  const auto page = client.call("GET", "/metrics");
  ASSERT_EQ(page.status, 200);
  for (const auto* part :
       {"http_requests_total{", "http_request_duration_seconds_bucket{", "http_requests_in_flight ",
        "http_request_body_bytes_bucket{", "http_response_body_bytes_bucket{", "http_connections ",
        "ashlar_loop_lag_seconds_total{", "ashlar_queue_waiting{queue=\"database\"}",
        "ashlar_pool_waiting{pool=\"hashing\"}", "ashlar_database_connections ",
        "ashlar_cache_hits_total{cache=\"backend\",level=\"process\"}", "ashlar_cache_loads_total{cache=\"backend\"}",
        "ashlar_cache_bytes{cache=\"backend\"", "ashlar_build_info{", "process_cpu_seconds_total ",
        "process_resident_memory_bytes ", "process_open_fds ", "process_start_time_seconds "})
    EXPECT_THAT(page.body, HasSubstr(std::string("\n") + part));
  EXPECT_THAT(page.body, Not(HasSubstr("nowhere"))) << "a path that a client made up is no label";
  const auto checked = run({.words = {"/usr/bin/env", "promtool", "check", "metrics"},
                            .folder = folder.path(),
                            .standard_input = page.body});
  EXPECT_EQ(checked.exit_code, 0);
  EXPECT_EQ(checked.out + checked.err, "");
}

TEST(Metrics, AreBehindTheirToken) {
  const TemporaryFolder folder;
  Variables variables = server_variables();
  variables["METRICS_TOKEN"] = token;
  Server server(folder, variables);
  ApiClient client(server.port());
  const auto refused = client.call("GET", "/metrics");
  EXPECT_EQ(refused.status, 401);
  EXPECT_THAT(refused.body, Not(HasSubstr("process_")));
  EXPECT_EQ(client.call("GET", "/metrics", "", client.admin_token()).status, 401);
  EXPECT_EQ(client.call("GET", "/metrics", "", token).status, 200);
}

TEST(Metrics, HaveAPortOfTheirOwn) {
  const TemporaryFolder folder;
  Variables variables = server_variables();
  variables["METRICS_PORT"] = "0";
  Server server(folder, variables);
  ApiClient client(server.port()), scraper(metrics_port_of(server));
  EXPECT_EQ(client.call("GET", "/metrics").status, 404);
  EXPECT_EQ(client.call("GET", "/health").status, 200);
  const auto page = scraper.call("GET", "/metrics");
  EXPECT_EQ(page.status, 200);
  EXPECT_THAT(page.body, HasSubstr("route=\"/health\",status=\"2xx\"} 1\n"));
  EXPECT_EQ(scraper.call("GET", "/health").status, 404);
  server.process().signal(SIGTERM);
  EXPECT_EQ(server.process().wait(), 0);
}

TEST(Metrics, TheirPortFinishesWhatItHasBegunBeforeTheEnd) {
  const TemporaryFolder folder;
  Variables variables = server_variables();
  variables["METRICS_PORT"] = "0";
  Server server(folder, variables);
  RawClient scraper(metrics_port_of(server));
  EXPECT_EQ(scraper.request("GET", "/metrics").status, 200);
  scraper.send("GET /metrics HTTP/1.1\r\nHost: a\r\n");
  server.process().signal(SIGTERM);
  server.process().wait_for(R"("message":"stopping")");
  scraper.send("\r\n");
  const auto last = scraper.read_response();
  EXPECT_EQ(last.status, 200);
  EXPECT_EQ(last.header("Connection"), "close");
  EXPECT_EQ(server.process().wait(), 0);
}

}  // namespace
}  // namespace ashlar::test
