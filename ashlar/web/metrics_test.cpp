// SPDX-License-Identifier: Apache-2.0
#include "ashlar/web/metrics.hpp"

#include "ashlar/web/detail/test_app.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

namespace ashlar::web {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

std::string text_of(const RequestMetrics& metrics) {
  std::string out;
  metrics.append_to(out);
  return out;
}

TEST(RequestMetrics, CountsByRouteAndClassOfStatus) {
  RequestMetrics metrics({{http::Method::get, "/a/{id}"}, {http::Method::post, "/b"}});
  for (const int status : {200, 204, 404, 503}) {
    metrics.began();
    metrics.ended(0, status, 1ms);
  }
  metrics.began();
  metrics.ended(metrics.unmatched(), 404, 1ms);
  metrics.began();
  const std::string text = text_of(metrics);
  EXPECT_THAT(text, HasSubstr("http_requests_total{method=\"GET\",route=\"/a/{id}\",status=\"2xx\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("http_requests_total{method=\"GET\",route=\"/a/{id}\",status=\"4xx\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("http_requests_total{method=\"GET\",route=\"/a/{id}\",status=\"5xx\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("http_requests_total{method=\"\",route=\"\",status=\"4xx\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("http_requests_in_flight 1\n"));
  EXPECT_THAT(text, Not(HasSubstr("/b"))) << "a route that nobody asked for has no series";
}

TEST(RequestMetrics, PutsDurationsIntoCumulativeBuckets) {
  RequestMetrics metrics({{http::Method::get, "/a"}});
  for (const auto took :
       {std::chrono::nanoseconds(1), std::chrono::nanoseconds(100'000), std::chrono::nanoseconds(100'001),
        std::chrono::nanoseconds(1'000'000), std::chrono::nanoseconds(60'000'000'000)}) {
    metrics.began();
    metrics.ended(0, 200, took);
  }
  const std::string text = text_of(metrics);
  const auto bucket = [](std::string le, int count) {
    return "http_request_duration_seconds_bucket{method=\"GET\",route=\"/a\",le=\"" + le + "\"} " +
           std::to_string(count) + '\n';
  };
  EXPECT_THAT(text, HasSubstr(bucket("0.0001", 2)));
  EXPECT_THAT(text, HasSubstr(bucket("0.00025", 3)));
  EXPECT_THAT(text, HasSubstr(bucket("0.001", 4)));
  EXPECT_THAT(text, HasSubstr(bucket("10", 4)));
  EXPECT_THAT(text, HasSubstr(bucket("+Inf", 5)));
  EXPECT_THAT(text, HasSubstr("http_request_duration_seconds_count{method=\"GET\",route=\"/a\"} 5\n"));
}

TEST(RequestMetrics, LosesNoCountWhenThreadsShareCells) {
  RequestMetrics metrics({{http::Method::get, "/a"}});
  std::vector<std::thread> threads;
  for (int t = 0; t < 20; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 500; ++i) {
        metrics.began();
        metrics.ended(0, 200, 1us);
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_THAT(text_of(metrics), HasSubstr("status=\"2xx\"} 10000\n"));
  EXPECT_THAT(text_of(metrics), HasSubstr("http_requests_in_flight 0\n"));
}

struct Thing {
  std::string name;
};
ASHLAR_DESCRIBE(Thing, name)
Result<Thing> get_thing(Context&, Thing in) { return in; }

TEST(MetricsPage, IsPrometheusText) {
  AppOptions options;
  options.version = "1.2\"3";
  detail::TestApp app(
      [](Routes& routes) {
        routes.get("/things/{name}", get_thing).open();
        mount_metrics(routes);
      },
      options);
  app->get("/things/a");
  app->get("/things/b");
  app->send({http::Method::head, "/things/b", {}, {}});
  app->get("/nothing");
  const auto reply = app->get("/metrics");
  EXPECT_EQ(reply.header("Content-Type"), "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_THAT(reply.body, HasSubstr("http_requests_total{method=\"GET\",route=\"/things/{name}\",status=\"2xx\"} 3\n"));
  EXPECT_THAT(reply.body, HasSubstr("http_requests_total{method=\"\",route=\"\",status=\"4xx\"} 1\n"));
  EXPECT_THAT(reply.body, HasSubstr("process_resident_memory_bytes "));
  EXPECT_THAT(reply.body, HasSubstr("ashlar_build_info{version=\"1.2\\\"3\","));
  // Each line is a comment or "name[{labels}] number"; each name was announced with its type.
  std::istringstream lines(reply.body);
  std::string announced;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("# TYPE ")) announced = line.substr(7, line.find(' ', 7) - 7);
    if (!line.starts_with('#')) {
      EXPECT_TRUE(line.starts_with(announced)) << line;
      EXPECT_NE(line.find_last_of(' '), std::string::npos);
    }
  }
}

}  // namespace
}  // namespace ashlar::web
