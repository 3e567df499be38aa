// SPDX-License-Identifier: Apache-2.0
// Sign-in with oidc-provider, a certified OpenID provider, which tools/oidc-provider starts.
#include "tests/support/process.hpp"
#include "tests/support/test_backend.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>

namespace ashlar::test {
namespace {

// Nothing listens there: a browser's last step is the test's.
constexpr const char* redirect_uri = "http://127.0.0.1:1/api/auth/oauth/test/callback";

class RealProvider : public testing::TestWithParam<const char*> {
 protected:
  RealProvider()
      : provider_({.words = {"/usr/bin/env", "node", ASHLAR_OIDC_PROVIDER, redirect_uri, GetParam()},
                   .folder = folder_.path()}) {
    provider_.wait_for("listening on ");
    const std::string out = provider_.out();
    const std::size_t port = out.find("listening on ") + 13;
    issuer_ = "http://127.0.0.1:" + out.substr(port, out.find('\n', port) - port);
    backend_ = std::make_unique<TestBackend>([this](backend::Settings& settings) {
      oidc::ProviderOptions provider;
      provider.name = "test";
      provider.issuer = issuer_;
      provider.client_id = "our-client";
      provider.client_secret = "our secret & more";
      provider.redirect_uri = redirect_uri;
      settings.oauth.providers.push_back(provider);
    });
    // The provider's clock is the system's.
    backend_->clock().advance(SystemClock().now() - backend_->clock().now());
  }

  // The path and query of the callback, where the browser ends up.
  std::string browse(const std::string& url) {
    const std::string jar = (folder_.path() / "cookies").string();
    const auto curl =
        test::run({.words = {"/usr/bin/env", "curl", "--silent", "--location", "--max-redirs", "12", "--cookie", jar,
                             "--cookie-jar", jar, "--output", "/dev/null", "--write-out", "%{url_effective}", url},
                   .folder = folder_.path()});
    const std::size_t path = curl.out.find("/api/");
    if (path == curl.out.npos) throw std::runtime_error("the provider did not send the browser back: " + curl.out);
    return curl.out.substr(path);
  }

  web::TestReply sign_in(const std::string& query = {}) {
    const auto begun = backend_->client().get("/api/auth/oauth/test" + query);
    if (begun.status != 302) return begun;
    const std::string cookie = begun.header("Set-Cookie");
    return backend_->client().send({.method = http::Method::get,
                                    .target = browse(begun.header("Location")),
                                    .headers = {{"Cookie", cookie.substr(0, cookie.find(';'))}},
                                    .body = {}});
  }

  TemporaryFolder folder_;
  Process provider_;
  std::string issuer_;
  std::unique_ptr<TestBackend> backend_;
};

TEST_P(RealProvider, SignsInAndFindsTheAccountAgain) {
  const auto first = sign_in();
  ASSERT_EQ(first.status, 200) << first.body;
  EXPECT_EQ(first.at("/data/user/email"), "ada@example.com");
  EXPECT_EQ(first.at("/data/user/name"), "Ada Lovelace");
  EXPECT_EQ(first.at("/data/user/emailVerified"), "true");
  const auto again = sign_in("?fresh=true");
  ASSERT_EQ(again.status, 200) << again.body;
  EXPECT_EQ(again.at("/data/user/id"), first.at("/data/user/id"));
}

INSTANTIATE_TEST_SUITE_P(Signed, RealProvider, testing::Values("RS256", "ES256", "EdDSA"),
                         [](const auto& tested) { return std::string(tested.param); });

}  // namespace
}  // namespace ashlar::test
