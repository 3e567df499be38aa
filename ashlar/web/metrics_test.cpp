// SPDX-License-Identifier: Apache-2.0
#include "ashlar/web/metrics.hpp"

#include "ashlar/async/blocking_pool.hpp"
#include "ashlar/http/server.hpp"
#include "ashlar/observe/cache_figures.hpp"
#include "ashlar/web/detail/test_app.hpp"
#include "tests/support/raw_client.hpp"

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
  observe::MetricsText text(out);
  metrics.append_to(text);
  return out;
}

TEST(RequestMetrics, CountsByRouteAndClassOfStatus) {
  RequestMetrics metrics({{http::Method::get, "/a/{id}"}, {http::Method::post, "/b"}});
  for (const int status : {200, 204, 404, 503}) {
    metrics.ended(0, status, 1ms);
  }
  metrics.ended(metrics.unmatched(), 404, 1ms);
  const std::string text = text_of(metrics);
  EXPECT_THAT(text, HasSubstr("http_requests_total{method=\"GET\",route=\"/a/{id}\",status=\"2xx\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("http_requests_total{method=\"GET\",route=\"/a/{id}\",status=\"4xx\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("http_requests_total{method=\"GET\",route=\"/a/{id}\",status=\"5xx\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("http_requests_total{method=\"\",route=\"\",status=\"4xx\"} 1\n"));
  EXPECT_THAT(text, Not(HasSubstr("/b"))) << "a route without requests has no series";
}

TEST(RequestMetrics, PutsDurationsIntoCumulativeBuckets) {
  RequestMetrics metrics({{http::Method::get, "/a"}});
  for (const auto took :
       {std::chrono::nanoseconds(1), std::chrono::nanoseconds(100'000), std::chrono::nanoseconds(100'001),
        std::chrono::nanoseconds(1'000'000), std::chrono::nanoseconds(60'000'000'000)}) {
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
        metrics.ended(0, 200, 1us);
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_THAT(text_of(metrics), HasSubstr("status=\"2xx\"} 10000\n"));
}

TEST(RequestMetrics, PutsSizesIntoBucketsAndLeavesOutWhatIsNotKnown) {
  RequestMetrics metrics({{http::Method::post, "/a"}});
  metrics.ended(0, 200, 1ms, {.request_bytes = 256, .response_bytes = 20'000'000});
  metrics.ended(0, 200, 1ms, {.response_bytes = 257});
  const std::string text = text_of(metrics);
  EXPECT_THAT(text, HasSubstr("http_request_body_bytes_bucket{method=\"POST\",route=\"/a\",le=\"256\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("http_request_body_bytes_count{method=\"POST\",route=\"/a\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("http_response_body_bytes_bucket{method=\"POST\",route=\"/a\",le=\"256\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("http_response_body_bytes_bucket{method=\"POST\",route=\"/a\",le=\"1024\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("http_response_body_bytes_bucket{method=\"POST\",route=\"/a\",le=\"+Inf\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("http_response_body_bytes_sum{method=\"POST\",route=\"/a\"} 20000257\n"));
}

TEST(MetricSources, AreGroupedByName) {
  observe::MetricSources sources;
  const auto one = [] { return 1.0; };
  sources.add({.name = "a_total",
               .type = observe::MetricType::counter,
               .help = "A \\ and\na line.",
               .labels = {{"x", "1"}},
               .value = one});
  sources.add({.name = "b_bytes", .help = "B.", .value = [] { return 0.5; }});
  sources.add({.name = "a_total",
               .type = observe::MetricType::counter,
               .help = "A.",
               .labels = {{"x", "\"2\""}, {"y", "n\n"}},
               .value = one});
  std::string out;
  observe::MetricsText text(out);
  sources.append_to(text);
  EXPECT_EQ(out,
            "# HELP a_total A \\\\ and\\na line.\n"
            "# TYPE a_total counter\n"
            "a_total{x=\"1\"} 1\n"
            "a_total{x=\"\\\"2\\\"\",y=\"n\\n\"} 1\n"
            "# HELP b_bytes B.\n"
            "# TYPE b_bytes gauge\n"
            "b_bytes 0.5\n");
}

struct Thing {
  std::string name;
};
ASHLAR_DESCRIBE(Thing, name)
Result<Thing> get_thing(api::Call&, Thing in) { return in; }

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

struct Text {
  std::string text;
};
ASHLAR_DESCRIBE(Text, text)
Result<Text> echo(api::Call&, Text in) { return in; }
Task<Result<>> write_three(http::BodyWriter& out) {
  for (int i = 0; i < 3; ++i) {
    if (auto written = co_await out.write("piece"); !written) co_return written;
  }
  co_return Result<>{};
}
Task<Result<>> break_off(http::BodyWriter& out) {
  if (auto written = co_await out.write("piece"); !written) co_return written;
  co_return fail(ashlar::errors::internal, "It broke.");
}
Task<Result<>> ready() { co_return Result<>{}; }
auto streams(Task<Result<>> (*produce)(http::BodyWriter&)) {
  return [produce](api::Call&, http::Request&, http::Response& response) -> Task<Result<>> {
    response.stream = produce;
    return ready();
  };
}

TEST(MetricsPage, CountsBodiesWhoseSizeIsKnownAtTheirEnd) {
  detail::TestApp app([](Routes& routes) {
    routes.post("/echo", echo).open();
    const api::Guard open = api::open();
    routes.raw(http::Method::get, "/three", streams(write_three)).set_guard(open);
    routes.raw(http::Method::get, "/broken", streams(break_off)).set_guard(open);
    mount_metrics(routes);
  });
  http::Server server({.host = "127.0.0.1", .port = 0, .loops = 1}, app.app());
  server.start();
  {
    test::RawClient client(server.port());
    client.send(
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
        "8\r\n{\"text\":\r\n4\r\n\"a\"}\r\n0\r\n\r\n");
    EXPECT_EQ(client.read_response().status, 200);
    EXPECT_EQ(client.request("GET", "/three").body, "piecepiecepiece");
    client.send("HEAD /three HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_EQ(client.read_response(test::RawClient::Body::none).status, 200);
    client.send("GET /broken HTTP/1.1\r\nHost: a\r\n\r\n");
    (void)client.read_until_close();
  }
  const std::string page = app->get("/metrics").body;
  EXPECT_THAT(page, HasSubstr("http_request_body_bytes_sum{method=\"POST\",route=\"/echo\"} 12\n"));
  EXPECT_THAT(page, HasSubstr("http_request_body_bytes_count{method=\"POST\",route=\"/echo\"} 1\n"));
  EXPECT_THAT(page, HasSubstr("http_response_body_bytes_sum{method=\"GET\",route=\"/three\"} 15\n"));
  EXPECT_THAT(page, HasSubstr("http_response_body_bytes_count{method=\"GET\",route=\"/three\"} 1\n"));
  EXPECT_THAT(page, HasSubstr("http_response_body_bytes_sum{method=\"GET\",route=\"/broken\"} 5\n"));
}

TEST(MetricsPage, RequiresItsTokenIfThereIsOne) {
  detail::TestApp app([](Routes& routes) { mount_metrics(routes, {.token = "a token of the scraper"}); });
  const auto status = [&](std::vector<std::pair<std::string, std::string>> headers) {
    return app->send({http::Method::get, "/metrics", std::move(headers), {}}).status;
  };
  EXPECT_EQ(status({}), 401);
  for (const std::string wrong :
       {"", "Bearer", "Bearer ", "Bearer a token of the scrape", "Bearer a token of the scraper ",
        "bearer a token of the scraper", "Basic a token of the scraper", "a token of the scraper"})
    EXPECT_EQ(status({{"Authorization", wrong}}), 401) << wrong;
  EXPECT_EQ(status({{"Authorization", "Bearer a token of the scraper"}, {"Authorization", "Bearer other"}}), 401);
  EXPECT_EQ(status({{"Authorization", "Bearer " + app.token_of("admin")}}), 401) << "an account's is another";
  EXPECT_EQ(status({{"Authorization", "Bearer a token of the scraper"}}), 200);
}

TEST(MetricsPage, OfAnotherAppAndWithItsSourcesServersAndPools) {
  async::BlockingPool pool({.threads = 3, .queue_max = 7});
  observe::MetricSources sources;
  add_pool(sources, "hashing", pool);
  observe::add_cache(sources, "pages", [] { return observe::CacheFigures{.hits = 4, .misses = 1, .bytes = 7}; });
  observe::add_cache(sources, "rows",
                     [] { return observe::CacheFigures{.shared = {{.stale_hits = 3, .failures = 2}}}; });
  AppOptions options;
  options.metric_sources = &sources;
  detail::TestApp app([](Routes& routes) { routes.get("/things/{name}", get_thing).open(); }, options);
  detail::TestApp metrics([&](Routes& routes) { mount_metrics(routes, {.of = &app.app()}); });
  http::Server server({.host = "127.0.0.1", .port = 0, .loops = 2}, app.app());
  add_server(sources, server);
  app->get("/things/a");
  EXPECT_EQ(app->get("/metrics").status, 404);
  const auto reply = metrics->get("/metrics");
  for (const auto* line : {
           "http_requests_total{method=\"GET\",route=\"/things/{name}\",status=\"2xx\"} 1\n",
           "ashlar_pool_threads{pool=\"hashing\"} 3\n",
           "ashlar_pool_waiting_max{pool=\"hashing\"} 7\n",
           "ashlar_pool_threads_busy{pool=\"hashing\"} 0\n",
           "ashlar_cache_hits_total{cache=\"pages\",level=\"process\"} 4\n",
           "ashlar_cache_misses_total{cache=\"pages\",level=\"process\"} 1\n",
           "ashlar_cache_bytes{cache=\"pages\",level=\"process\"} 7\n",
           "ashlar_cache_loads_total{cache=\"rows\"} 0\n",
           "ashlar_cache_stale_hits_total{cache=\"rows\",level=\"shared\"} 3\n",
           "ashlar_cache_failures_total{cache=\"rows\",level=\"shared\"} 2\n",
           "ashlar_loop_lag_seconds_total{loop=\"1\"} 0\n",
           "http_connections 0\n",
           "process_start_time_seconds 1",
       })
    EXPECT_THAT(reply.body, HasSubstr(line));
  EXPECT_THAT(reply.body, Not(HasSubstr("cache=\"pages\",level=\"shared\"")));
}

}  // namespace
}  // namespace ashlar::web
