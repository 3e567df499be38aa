// SPDX-License-Identifier: Apache-2.0
#include "ashlar/web/security_headers.hpp"

#include "ashlar/web/detail/test_app.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

namespace ashlar::web {
namespace {

using detail::TestApp;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

struct Thing {
  std::string name;
};
ASHLAR_DESCRIBE(Thing, name)
Result<Thing> get_thing(api::Call&) { return Thing{"lamp"}; }
Result<Thing> throws(api::Call&) { throw std::runtime_error("inside"); }

ContentSecurityPolicy with_script(ContentSecurityPolicy::Sources sources) {
  ContentSecurityPolicy policy;
  policy.script_src = std::move(sources);
  return policy;
}

std::string fields_of(const SecurityHeaders& options, http::Scheme scheme) {
  http::ResponseHeaders headers;
  SecurityHeaderBlocks(options).add_to(headers, scheme);
  return std::string(headers.http1_bytes());
}

TEST(ContentSecurityPolicy, RefusesSourcesThatWouldNotDoWhatTheySay) {
  struct Case {
    std::string source, because;
  };
  for (const auto& [source, because] : std::initializer_list<Case>{
           {"", "expected a scheme"},
           {"self", "write 'self'"},
           {"unsafe-inline", "write 'unsafe-inline'"},
           {"'selfish'", "neither a keyword"},
           {"'SELF'", "neither a keyword"},
           {"'", "expected a scheme"},
           {"''", "expected a scheme"},
           {"'nonce-YWJj'", "differ in each response"},
           {"'sha256-YWJj'", "neither a keyword nor a hash"},
           {"'sha256-" + std::string(44, '=') + "'", "nor a hash"},
           {"'md5-" + std::string(44, 'a') + "'", "nor a hash"},
           {"https://", "expected a scheme"},
           {"https:// cdn.example", "expected a scheme"},
           {"https://cdn.example;", "expected a scheme"},
           {"https://cdn.example/a;b", "expected a scheme"},
           {"https://cdn.example/a,b", "expected a scheme"},
           {"https://cdn.example\r\nX-Injected: 1", "expected a scheme"},
           {"https://cdn.example:", "expected a scheme"},
           {"https://cdn.example:https", "expected a scheme"},
           {"https://cdn..example", "expected a scheme"},
           {"https://*cdn.example", "expected a scheme"},
           {"cdn.*.example", "expected a scheme"},
           {"1https:", "expected a scheme"},
       })
    EXPECT_THAT(with_script({source}).validate().value_or(""), AllOf(HasSubstr("script-src"), HasSubstr(because)))
        << source;
  EXPECT_THAT(with_script({csp::none, csp::self}).validate().value_or(""), HasSubstr("excludes all other sources"));
}

TEST(ContentSecurityPolicy, RefusesWordsWhereTheyMeanNothing) {
  const auto fault = [](ContentSecurityPolicy::Sources ContentSecurityPolicy::* directive, std::string source) {
    ContentSecurityPolicy policy;
    policy.*directive = {std::move(source)};
    return policy.validate().value_or("");
  };
  using Policy = ContentSecurityPolicy;
  EXPECT_THAT(fault(&Policy::img_src, csp::unsafe_inline), HasSubstr("no effect in this directive"));
  EXPECT_THAT(fault(&Policy::style_src, csp::strict_dynamic), HasSubstr("no effect"));
  EXPECT_THAT(fault(&Policy::frame_ancestors, csp::report_sample), HasSubstr("frame-ancestors"));
  EXPECT_THAT(fault(&Policy::base_uri, "'sha256-" + std::string(43, 'a') + "='"), HasSubstr("base-uri"));
  EXPECT_EQ(fault(&Policy::style_src, csp::unsafe_inline), "");
  EXPECT_EQ(fault(&Policy::script_src, csp::strict_dynamic), "");
  EXPECT_EQ(fault(&Policy::frame_ancestors, "https://*.example.com"), "");
}

TEST(ContentSecurityPolicy, RefusesWhatElseIsWrong) {
  ContentSecurityPolicy flags, types, report, empty = ContentSecurityPolicy::nothing();
  flags.sandbox = {{"allow-everything"}};
  EXPECT_THAT(flags.validate().value_or(""), HasSubstr("allow-everything"));
  types.trusted_types = {"my policy"};
  EXPECT_THAT(types.validate().value_or(""), HasSubstr("trusted-types"));
  report.report_to = "here, there";
  EXPECT_THAT(report.validate().value_or(""), HasSubstr("report-to"));
  empty.default_src = empty.base_uri = empty.form_action = empty.frame_ancestors = {};
  EXPECT_THAT(empty.validate().value_or(""), HasSubstr("std::nullopt"));
}

TEST(ContentSecurityPolicy, IsWrittenAsBrowsersReadIt) {
  EXPECT_EQ(ContentSecurityPolicy{}.text(),
            "default-src 'self'; base-uri 'self'; font-src 'self'; form-action 'self'; frame-ancestors 'none'; "
            "img-src 'self' data:; object-src 'none'; script-src 'self'; script-src-attr 'none'; style-src 'self'");
  EXPECT_EQ(ContentSecurityPolicy::nothing().text(),
            "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
  ContentSecurityPolicy policy = ContentSecurityPolicy::nothing();
  policy.script_src = {"https://cdn.example:8443/lib/",         "*.example.com", "wss:", "http://localhost:*", "*",
                       "'sha256-" + std::string(43, 'A') + "='"};
  policy.sandbox.emplace();
  policy.trusted_types = {"app", "'allow-duplicates'"};
  policy.trusted_types_use = ContentSecurityPolicy::TrustedTypes::required_for_scripts;
  policy.insecure_requests = ContentSecurityPolicy::InsecureRequests::upgraded;
  policy.report_to = "csp";
  EXPECT_EQ(policy.validate(), std::nullopt);
  EXPECT_THAT(policy.text(), HasSubstr("script-src https://cdn.example:8443/lib/ *.example.com wss: http://localhost:* "
                                       "* 'sha256-" +
                                       std::string(43, 'A') +
                                       "='; sandbox; trusted-types app 'allow-duplicates'; require-trusted-types-for "
                                       "'script'; upgrade-insecure-requests; report-to csp"));
  policy.mode = ContentSecurityPolicy::Mode::report_only;
  EXPECT_EQ(policy.header_name(), "Content-Security-Policy-Report-Only");
}

TEST(SecurityHeaders, RefuseATransportSecurityThatBrowsersWouldNotTake) {
  SecurityHeaders headers;
  headers.strict_transport_security = {.age_max = std::chrono::hours(24)};
  EXPECT_THAT(headers.validate().value_or(""), HasSubstr("at least a year"));
  headers.strict_transport_security = {.subdomains = StrictTransportSecurity::Subdomains::left_out};
  EXPECT_THAT(headers.validate().value_or(""), HasSubstr("the subdomains"));
  headers.strict_transport_security = {.age_max = std::chrono::seconds(-1),
                                       .preload = StrictTransportSecurity::Preload::no};
  EXPECT_THAT(headers.validate().value_or(""), HasSubstr("negative"));
  headers.strict_transport_security->age_max = std::chrono::hours(24);
  EXPECT_EQ(headers.validate(), std::nullopt);
  headers.content_security_policy = with_script({"self"});
  EXPECT_THAT(headers.validate().value_or(""), HasSubstr("content_security_policy: script-src"));
}

TEST(SecurityHeaders, AreHelmetsAndHstsGoesOutOverTlsAlone) {
  const std::string expected = "Content-Security-Policy: " + ContentSecurityPolicy{}.text() +
                               "\r\n"
                               "Cross-Origin-Opener-Policy: same-origin\r\n"
                               "Cross-Origin-Resource-Policy: same-origin\r\n"
                               "Origin-Agent-Cluster: ?1\r\n"
                               "Referrer-Policy: no-referrer\r\n"
                               "X-Content-Type-Options: nosniff\r\n"
                               "X-DNS-Prefetch-Control: off\r\n"
                               "X-Download-Options: noopen\r\n"
                               "X-Frame-Options: DENY\r\n"
                               "X-Permitted-Cross-Domain-Policies: none\r\n"
                               "X-XSS-Protection: 0\r\n";
  EXPECT_EQ(fields_of({}, http::Scheme::http), expected);
  EXPECT_EQ(fields_of({}, http::Scheme::https),
            expected + "Strict-Transport-Security: max-age=31536000; includeSubDomains; preload\r\n");
}

TEST(SecurityHeaders, EachCanHaveAnotherValueOrBeLeftOut) {
  EXPECT_EQ(fields_of(SecurityHeaders::none(), http::Scheme::https), "");
  SecurityHeaders headers = SecurityHeaders::none();
  headers.cross_origin_embedder_policy = CrossOriginEmbedderPolicy::credentialless;
  headers.cross_origin_opener_policy = CrossOriginOpenerPolicy::same_origin_allow_popups;
  headers.cross_origin_resource_policy = CrossOriginResourcePolicy::cross_origin;
  headers.referrer_policy = ReferrerPolicy::strict_origin_when_cross_origin;
  headers.frame_options = FrameOptions::same_origin;
  headers.dns_prefetch_control = DnsPrefetch::on;
  headers.permitted_cross_domain_policies = CrossDomainPolicies::by_content_type;
  headers.strict_transport_security = {.age_max = std::chrono::hours(1),
                                       .subdomains = StrictTransportSecurity::Subdomains::left_out,
                                       .preload = StrictTransportSecurity::Preload::no};
  EXPECT_EQ(fields_of(headers, http::Scheme::https),
            "Cross-Origin-Embedder-Policy: credentialless\r\n"
            "Cross-Origin-Opener-Policy: same-origin-allow-popups\r\n"
            "Cross-Origin-Resource-Policy: cross-origin\r\n"
            "Referrer-Policy: strict-origin-when-cross-origin\r\n"
            "X-DNS-Prefetch-Control: on\r\n"
            "X-Frame-Options: SAMEORIGIN\r\n"
            "X-Permitted-Cross-Domain-Policies: by-content-type\r\n"
            "Strict-Transport-Security: max-age=3600\r\n");
}

TEST(SecurityHeaders, AnAppWithAWrongPolicyDoesNotStart) {
  AppOptions options;
  options.security_headers.content_security_policy = with_script({"https://cdn.example\r\nX-Injected: 1"});
  const auto mount = [](Routes& routes) {
    SecurityHeaders line;
    line.content_security_policy = with_script({"self"});
    routes.get("/things", get_thing).open().security_headers(line);
  };
  try {
    const TestApp app(mount, options);
    FAIL() << "it started";
  } catch (const std::logic_error& refused) {
    EXPECT_THAT(refused.what(), AllOf(HasSubstr("security_headers: content_security_policy: script-src"),
                                      HasSubstr("GET /things: security_headers: content_security_policy: script-src: "
                                                "\"self\": without quotes it is a host of that name")));
  }
}

TEST(SecurityHeaders, ALineHasItsOwnInEachOfItsAnswers) {
  AppOptions options;
  options.security_headers.referrer_policy = ReferrerPolicy::same_origin;
  options.cors.origins = {"https://shop.example"};
  const SecurityHeaders apps = options.security_headers;
  TestApp app(
      [&](Routes& routes) {
        SecurityHeaders own = apps;
        own.frame_options = std::nullopt;
        own.content_security_policy->frame_ancestors = {"https://partner.example"};
        routes.get("/things", get_thing).open();
        routes.get("/framed", get_thing).open().security_headers(own);
        routes.get("/framed/throws", throws).open().security_headers(own);
        routes.get("/framed/mine", get_thing).signed_in().security_headers(own);
        routes.get("/bare", get_thing).open().security_headers(SecurityHeaders::none());
      },
      options);
  for (const auto* path : {"/framed", "/framed/throws", "/framed/mine"}) {
    const auto reply = app->get(path);
    EXPECT_EQ(reply.header("X-Frame-Options"), "") << path;
    EXPECT_THAT(reply.header("Content-Security-Policy"), HasSubstr("frame-ancestors https://partner.example")) << path;
    EXPECT_EQ(reply.header("Referrer-Policy"), "same-origin") << path;
    EXPECT_EQ(reply.header("X-Request-Id").size(), 32U) << path;
    EXPECT_EQ(reply.header("Vary"), "Origin") << path;
    EXPECT_EQ(std::ranges::count(reply.headers, "Referrer-Policy", [](const auto& field) { return field.first; }), 1);
  }
  EXPECT_EQ(app->get("/things").header("X-Frame-Options"), "DENY");
  EXPECT_THAT(app->get("/things").header("Content-Security-Policy"), Not(HasSubstr("partner")));
  EXPECT_EQ(app->get("/bare").header("X-Content-Type-Options"), "");
  EXPECT_EQ(app->get("/bare").header("X-Request-Id").size(), 32U);
}

TEST(SecurityHeaders, AnAppCanSendNoneAndNoRequestId) {
  AppOptions options;
  options.security_headers = SecurityHeaders::none();
  options.request_id_header = AppOptions::RequestIdHeader::off;
  TestApp app([](Routes& routes) { routes.get("/things", get_thing).open(); }, options);
  const auto reply = app->get("/things");
  EXPECT_EQ(reply.header("X-Content-Type-Options"), "");
  EXPECT_EQ(reply.header("X-Request-Id"), "");
  EXPECT_THAT(app->get("/nothing").body, HasSubstr("requestId")) << "the log has it, and a problem names it";
}

}  // namespace
}  // namespace ashlar::web
