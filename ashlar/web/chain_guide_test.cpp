// SPDX-License-Identifier: Apache-2.0
// The code of the pages in docs/guide that are about the request chain.
#include "ashlar/web/detail/test_app.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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

Result<Widget> widget(Context&) { return Widget{"clock"}; }

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
Task<Result<Report>> yearly_report(Context&, Reports&) { co_return Report{"2026"}; }
Task<Result<Report>> next_report(Context&, Reports&) { co_return Report{"2027"}; }

void mount_reports(Routes& routes, Reports& reports) {
  routes.get("/reports/yearly", yearly_report, reports).open().time_max(2min);
  routes.get("/reports/next", next_report, reports).open().time_max(0ms);  // waits until there is one
}

TEST(ChainGuide, TimesOfLines) {
  Reports reports;
  detail::TestApp app([&](Routes& routes) { mount_reports(routes, reports); });
  EXPECT_EQ(app->get("/reports/yearly").at("/data/title"), "2026");
  EXPECT_EQ(app->get("/reports/next").at("/data/title"), "2027");
  EXPECT_EQ(app.app().routes().front()->time_max, 2min);
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
