// SPDX-License-Identifier: Apache-2.0
// What docs/guide/oidc.md shows.
#include "ashlar/core/random.hpp"
#include "ashlar/oidc/provider.hpp"
#include "tests/support/hostile_issuer.hpp"
#include "tests/support/test_loop.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace ashlar {
namespace {

// The start: where the browser goes. Keep begun.challenge with the browser, sealed.
Task<Result<oidc::Begun>> start_sign_in(oidc::Provider& provider) { return provider.begin(); }

// The callback, which counts once: who it is.
Task<Result<oidc::Claims>> finish_sign_in(oidc::Provider& provider, oidc::Callback callback,
                                          oidc::Challenge challenge) {
  co_await unwrap(oidc::check_state(callback, challenge));
  co_return co_await provider.finish(std::move(callback), std::move(challenge));
}

class OidcGuide : public testing::Test, protected tests::TestLoop {};

TEST_F(OidcGuide, SignsIn) {
  const ManualClock clock(Timestamp::parse("2026-05-04T08:30:00Z").value());
  SystemRandom random;
  test::HostileIssuer issuer(clock);
  http::Client client{http::ClientOptions{}};
  {
    oidc::ProviderOptions options;
    options.issuer = issuer.url();
    options.client_id = test::HostileIssuer::client_id;
    options.client_secret = test::HostileIssuer::client_secret;
    options.redirect_uri = test::HostileIssuer::redirect_uri;
    oidc::Provider provider(options, client, clock, random);
    auto begun = await(start_sign_in(provider));
    ASSERT_TRUE(begun) << begun.error().cause();
    const std::string state = begun->challenge.state;
    (void)issuer.authorize(begun->url);
    const auto claims = await(finish_sign_in(
        provider, {.state = state, .code = "code-1", .error = {}, .issuer = issuer.url()}, begun->challenge));
    ASSERT_TRUE(claims) << claims.error().cause();
    EXPECT_EQ(claims->subject, "subject-1");
  }
  client.close();
}

}  // namespace
}  // namespace ashlar
