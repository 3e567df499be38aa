// SPDX-License-Identifier: Apache-2.0
// The code of the pages in docs/guide that are about the request chain.
#include "ashlar/observe/cache_figures.hpp"
#include "ashlar/web/detail/test_app.hpp"
#include "ashlar/web/metrics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace ashlar::web {
namespace {

using namespace std::chrono_literals;

web::AppOptions for_the_shop() {
  web::AppOptions options;
  SecurityHeaders& headers = options.security_headers;
  headers.content_security_policy->img_src = {csp::self, "https://images.example", "data:"};
  headers.content_security_policy->script_src = {csp::self, "https://cdn.example"};
  headers.cross_origin_resource_policy = web::CrossOriginResourcePolicy::same_site;
  headers.frame_options = std::nullopt;
  return options;
}

struct Widget {
  std::string name;
};
ASHLAR_DESCRIBE(Widget, name)

Result<Widget> widget(api::Call&) { return Widget{"clock"}; }

void mount(Routes& routes, const web::AppOptions& options) {
  SecurityHeaders framed = options.security_headers;
  framed.frame_options = std::nullopt;
  framed.content_security_policy->frame_ancestors = {"https://partner.example"};
  routes.get("/widget", widget).open().security_headers(framed);
}

struct Reports {};
struct Report {
  std::string title;
};
ASHLAR_DESCRIBE(Report, title)
Task<Result<Report>> yearly_report(api::Call&, Reports&) { co_return Report{"2026"}; }
Task<Result<Report>> next_report(api::Call&, Reports&) { co_return Report{"2027"}; }

void mount_reports(Routes& routes, Reports& reports) {
  routes.get("/reports/yearly", yearly_report, reports).open().time_max(2min);
  routes.get("/reports/next", next_report, reports).open().time_max(0ms);  // waits until there is one
}

TEST(ChainGuide, TimesOfLines) {
  Reports reports;
  detail::TestApp app([&](Routes& routes) { mount_reports(routes, reports); });
  EXPECT_EQ(app->get("/reports/yearly").at("/data/title"), "2026");
  EXPECT_EQ(app->get("/reports/next").at("/data/title"), "2027");
  EXPECT_EQ(app.app().routes().front()->endpoint.time_max, 2min);
}

struct Search {
  [[nodiscard]] std::size_t waiting() const { return 501; }
  [[nodiscard]] std::uint64_t hits() const { return 7; }
  [[nodiscard]] std::uint64_t misses() const { return 2; }
};

web::AppOptions with_a_search(const Search& search) {
  web::AppOptions options;
  options.overload.requests_in_flight_max = 2'000;
  options.overload.queues.push_back(
      {.name = "search", .waiting = [&search] { return search.waiting(); }, .waiting_max = 500});
  return options;
}

void mount_metrics_of_the_shop(Routes& routes, const std::string& token) { mount_metrics(routes, {.token = token}); }

void add_figures(observe::MetricSources& sources, const Search& search) {
  sources.add({.name = "shop_search_waiting",
               .type = observe::MetricType::gauge,
               .help = "Searches that wait.",
               .value = [&search] { return static_cast<double>(search.waiting()); }});
  observe::add_cache(sources, "search",
                     [&search] { return observe::CacheFigures{.hits = search.hits(), .misses = search.misses()}; });
}

TEST(ChainGuide, OverloadByAQueueAndFiguresOfOnesOwn) {
  const Search search;
  observe::MetricSources sources;
  add_figures(sources, search);
  web::AppOptions options = with_a_search(search);
  options.metric_sources = &sources;
  detail::TestApp app(
      [](Routes& routes) {
        routes.get("/widget", widget).open();
        mount_metrics_of_the_shop(routes, "a token of the scraper");
      },
      options);
  EXPECT_EQ(app->get("/widget").status, 503);
  const auto page =
      app->send({http::Method::get, "/metrics", {{"Authorization", "Bearer a token of the scraper"}}, {}});
  EXPECT_THAT(page.body, testing::HasSubstr("\nshop_search_waiting 501\n"));
  EXPECT_THAT(page.body, testing::HasSubstr("\nashlar_cache_misses_total{cache=\"search\",level=\"process\"} 2\n"));
}

web::AppOptions for_a_busy_site() {
  web::AppOptions options;
  options.access_log_one_in = 100;
  options.access_log_slow = 250ms;
  return options;
}

TEST(ChainGuide, AShareOfTheAccessLog) {
  detail::TestApp app([](Routes& routes) { routes.get("/widget", widget).open(); }, for_a_busy_site());
  for (int i = 0; i < 50; ++i) EXPECT_EQ(app->get("/widget").status, 200);
  const std::string lines = app.log_lines();
  EXPECT_LT(std::ranges::count(lines, '\n'), 10);
}

TEST(ChainGuide, SecurityHeadersOfTheAppAndOfALine) {
  const web::AppOptions options = for_the_shop();
  detail::TestApp app([&](Routes& routes) { mount(routes, options); }, options);
  EXPECT_EQ(app->get("/nothing").header("Cross-Origin-Resource-Policy"), "same-site");
  EXPECT_EQ(app->get("/nothing").header("X-Frame-Options"), "");
  EXPECT_THAT(app->get("/widget").header("Content-Security-Policy"),
              testing::AllOf(testing::HasSubstr("frame-ancestors https://partner.example"),
                             testing::HasSubstr("script-src 'self' https://cdn.example")));
}

}  // namespace
}  // namespace ashlar::web
