// SPDX-License-Identifier: Apache-2.0
// Signing in with a second factor.
#include "ashlar/core/encoding.hpp"
#include "tests/support/authenticator.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace ashlar::test {
namespace {

using http::Method;
using testing::HasSubstr;
using testing::Not;
using namespace std::chrono_literals;

std::string claims_of(const std::string& token) {
  const auto first = token.find('.'), second = token.find('.', first + 1);
  return from_base64url(token.substr(first + 1, second - first - 1)).value_or("");
}

void run(TestBackend& backend, const std::string& sql) {
  const auto done =
      backend.database().query_blocking({.sql = sql, .parameters = {}, .mode = sql::Mode::write, .on_row = {}});
  ASSERT_TRUE(done) << done.error().cause();
}

class MfaSignIn : public testing::Test {
 protected:
  [[nodiscard]] Timestamp now() { return backend.clock().now(); }
  [[nodiscard]] std::string code() { return factor.app.code(now()); }
  [[nodiscard]] std::string wrong() { return factor.app.wrong_code(now()); }
  // The outcome of a whole sign-in by this code.
  std::string sign_in_by(const std::string& by) { return outcome_of(verify(backend, begin_sign_in(backend, ada), by)); }

  TestBackend backend;
  const Person ada = backend.person("ada");
  SecondFactor factor = [this] {
    SecondFactor out = enable_mfa(backend, ada);
    next_step(backend);
    return out;
  }();
};

TEST_F(MfaSignIn, APasswordAloneGetsNoCredentials) {
  const auto reply = login(backend, ada.email);
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.at("/data/mfaRequired"), "true");
  EXPECT_EQ(reply.body, R"({"data":{"mfaRequired":true,"mfaToken":")" + reply.at("/data/mfaToken") + R"("}})");
  EXPECT_EQ(reply.header("Set-Cookie"), "");
  EXPECT_EQ(backend.as(ada, Method::get, "/api/auth/sessions").at("/pagination/total"), "1");
  EXPECT_EQ(backend.client()
                .post("/api/auth/login", R"({"email": "ada@example.com", "password": "a wrong password"})")
                .at("/code"),
            "auth.invalid_credentials")
      << "a wrong password does not show that there is a second factor";
}

TEST_F(MfaSignIn, ACodeSignsInLikeLogin) {
  const auto reply = verify(backend, begin_sign_in(backend, ada), code());
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(reply.at("/data/user/id"), ada.id);
  EXPECT_EQ(reply.at("/data/user/mfaEnabled"), "true");
  EXPECT_EQ(reply.at("/data/tokenType"), "Bearer");
  EXPECT_THAT(claims_of(reply.at("/data/accessToken")), HasSubstr(R"("amr":["pwd","otp"])"));
  EXPECT_THAT(reply.header("Set-Cookie"), HasSubstr("Token="));
  const auto refreshed =
      backend.client().post("/api/auth/refresh", R"({"refreshToken": ")" + reply.at("/data/refreshToken") + "\"}");
  EXPECT_EQ(refreshed.status, 200) << refreshed.body;
}

TEST_F(MfaSignIn, WithoutASecondFactorTheTokenSaysPassword) {
  (void)backend.person("eve");
  EXPECT_THAT(claims_of(login(backend, "eve@example.com").at("/data/accessToken")), HasSubstr(R"("amr":["pwd"])"));
}

TEST_F(MfaSignIn, ARecoveryCodeSignsInOnceHoweverItIsTyped) {
  std::string typed = factor.recovery_codes[0];
  for (char& c : typed) c = c == '-' ? ' ' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c);
  EXPECT_EQ(sign_in_by(typed), "200");
  EXPECT_EQ(sign_in_by(factor.recovery_codes[0]), "auth.invalid_code");
  EXPECT_EQ(sign_in_by(factor.recovery_codes[1]), "200");
}

TEST_F(MfaSignIn, NoCodeIsAcceptedTwiceNorOneBeforeIt) {
  const std::string used = code();
  const std::string before = factor.app.code(now() - 30s);
  EXPECT_EQ(sign_in_by(used), "200");
  EXPECT_EQ(sign_in_by(used), "auth.invalid_code");
  EXPECT_EQ(sign_in_by(before), "auth.invalid_code");
  next_step(backend);
  EXPECT_EQ(sign_in_by(used), "auth.invalid_code") << "within the window of the next step";
  EXPECT_EQ(sign_in_by(code()), "200");
}

// The clock of the server is set back, and comes to the same time again.
TEST_F(MfaSignIn, ClockStepsMakeNoCodeValidAgain) {
  const std::string used = code();
  ASSERT_EQ(sign_in_by(used), "200");
  backend.clock().advance(-1h);
  EXPECT_EQ(sign_in_by(code()), "auth.invalid_code") << "a code of a step before the last one";
  EXPECT_EQ(sign_in_by(factor.recovery_codes[0]), "200");
  backend.clock().advance(1h);
  EXPECT_EQ(sign_in_by(used), "auth.invalid_code");
  next_step(backend);
  EXPECT_EQ(sign_in_by(code()), "200");
}

TEST_F(MfaSignIn, TakesTheCodesOfItsOwnAccountOnly) {
  const Person eve = backend.person("eve");
  const SecondFactor of_eve = enable_mfa(backend, eve);
  next_step(backend);
  const std::string token = begin_sign_in(backend, ada);
  EXPECT_EQ(outcome_of(verify(backend, token, of_eve.app.code(now()))), "auth.invalid_code");
  EXPECT_EQ(outcome_of(verify(backend, token, of_eve.recovery_codes[0])), "auth.invalid_code");
  EXPECT_EQ(outcome_of(verify(backend, begin_sign_in(backend, eve), of_eve.recovery_codes[0])), "200")
      << "the attempt of another did not use it up";
}

TEST_F(MfaSignIn, ItsTokenIsNoOtherTokenAndNoOtherTokenIsOne) {
  const std::string token = begin_sign_in(backend, ada);
  for (const std::string& other :
       {ada.token, ada.refresh_token, std::string("mfa_"), token + "x", token.substr(4), std::string(47, 'x')})
    EXPECT_EQ(outcome_of(verify(backend, other, code())), "auth.mfa_token_invalid") << other;
  const Person with_it{.id = ada.id, .email = ada.email, .token = token, .refresh_token = {}};
  EXPECT_EQ(outcome_of(backend.as(with_it, Method::get, "/api/users/me")), "auth.token_invalid");
  EXPECT_EQ(outcome_of(backend.client().post("/api/auth/refresh", R"({"refreshToken": ")" + token + "\"}")),
            "auth.token_invalid");
  EXPECT_EQ(outcome_of(verify(backend, token, code())), "200");
}

TEST_F(MfaSignIn, ItsTokenWorksOnceAndForFiveMinutes) {
  const std::string token = begin_sign_in(backend, ada);
  ASSERT_EQ(outcome_of(verify(backend, token, code())), "200");
  next_step(backend);
  EXPECT_EQ(outcome_of(verify(backend, token, code())), "auth.mfa_token_invalid");
  const std::string early = begin_sign_in(backend, ada), late = begin_sign_in(backend, ada);
  backend.clock().advance(5min - 1ms);
  EXPECT_EQ(outcome_of(verify(backend, early, code())), "200");
  backend.clock().advance(1ms);
  EXPECT_EQ(outcome_of(verify(backend, late, factor.recovery_codes[0])), "auth.mfa_token_invalid");
  EXPECT_EQ(sign_in_by(factor.recovery_codes[0]), "200") << "it used up no code";
}

TEST_F(MfaSignIn, ItsTokenAllowsFiveWrongCodes) {
  const std::string token = begin_sign_in(backend, ada);
  for (const std::string& each : {wrong(), std::string("x"), std::string("000000000000000000000000"), wrong(), wrong()})
    EXPECT_EQ(outcome_of(verify(backend, token, each)), "auth.invalid_code");
  EXPECT_EQ(outcome_of(verify(backend, token, code())), "auth.mfa_token_invalid");
  EXPECT_EQ(sign_in_by(code()), "200");
}

TEST_F(MfaSignIn, AnAccountAllowsTwentyWrongCodesADay) {
  for (int token = 0; token < 4; ++token) {
    const std::string mfa_token = begin_sign_in(backend, ada);
    for (int i = 0; i < 5; ++i) EXPECT_EQ(outcome_of(verify(backend, mfa_token, wrong())), "auth.invalid_code");
  }
  backend.clock().advance(1h);
  const auto refused = verify(backend, begin_sign_in(backend, ada), code());
  EXPECT_EQ(refused.status, 429) << "a right code, too: a guess must not show itself";
  EXPECT_EQ(refused.at("/code"), "auth.too_many_codes");
  EXPECT_EQ(refused.header("Retry-After"), std::to_string(23 * 3600));
  EXPECT_EQ(sign_in_by(factor.recovery_codes[0]), "200") << "the owner still gets in";
  backend.clock().advance(23h - 1ms);
  EXPECT_EQ(sign_in_by(code()), "auth.too_many_codes");
  backend.clock().advance(1ms);
  EXPECT_EQ(sign_in_by(code()), "200");
}

// The clock was a year ahead when a code was refused, and is right again.
TEST_F(MfaSignIn, ABoundOfADayDoesNotLastLongerAfterAClockStep) {
  backend.settings().second_factors.wrong_codes_per_day_max = 1;
  backend.restart();
  const auto year = std::chrono::hours{365 * 24};
  backend.clock().advance(year);
  EXPECT_EQ(sign_in_by("x"), "auth.invalid_code");
  EXPECT_EQ(sign_in_by("x"), "auth.too_many_codes");
  backend.clock().advance(-year);
  EXPECT_EQ(sign_in_by(code()), "200");
}

TEST_F(MfaSignIn, EndsWhenThePasswordOrTheFactorChangedOrTheAccountIsGone) {
  struct Change {
    const char* name;
    std::string sql;
  };
  for (const Change& change : {Change{"password", "update users set password_hash = 'x' where id = '" + ada.id + "'"},
                               Change{"factor off", "update users set mfa_enabled = false"},
                               Change{"account removed", "delete from users where id = '" + ada.id + "'"}}) {
    SCOPED_TRACE(change.name);
    const std::string token = begin_sign_in(backend, ada);
    std::string hash;
    ASSERT_TRUE(backend.database().query_blocking({.sql = "select password_hash from users",
                                                   .parameters = {},
                                                   .on_row = [&](const sql::Row& row) { hash = row.text(0); }}));
    run(backend, change.sql);
    EXPECT_EQ(outcome_of(verify(backend, token, code())), "auth.mfa_token_invalid");
    run(backend, "update users set mfa_enabled = true, password_hash = '" + hash + "'");
  }
}

TEST_F(MfaSignIn, EndsWhenTheFactorIsTurnedOffAndOnAgain) {
  const std::string token = begin_sign_in(backend, ada);
  ASSERT_EQ(outcome_of(backend.as(ada, Method::post, "/api/auth/mfa/disable", disable_body(code()))), "204");
  const SecondFactor next = enable_mfa(backend, ada);
  next_step(backend);
  EXPECT_EQ(outcome_of(verify(backend, token, next.app.code(now()))), "auth.mfa_token_invalid");
}

// An account has 20 sign-ins that wait for their codes.
TEST_F(MfaSignIn, TheOldestOfTooManyEnds) {
  const std::string oldest = begin_sign_in(backend, ada);
  backend.clock().advance(1ms);
  const std::string second = begin_sign_in(backend, ada);
  backend.clock().advance(1ms);
  for (int more = 3; more <= 21; ++more) (void)begin_sign_in(backend, ada);
  EXPECT_EQ(outcome_of(verify(backend, oldest, code())), "auth.mfa_token_invalid");
  EXPECT_EQ(outcome_of(verify(backend, second, code())), "200");
}

TEST_F(MfaSignIn, EachKeyThatIsConfiguredOpensASecretAndTheFirstSealsItAgain) {
  const auto sealed = [&] {
    std::string out;
    const auto read = backend.database().query_blocking({.sql = "select secret from mfa_secrets",
                                                         .parameters = {},
                                                         .on_row = [&](const sql::Row& row) { out = row.text(0); }});
    EXPECT_TRUE(read);
    return out;
  };
  EXPECT_THAT(sealed(), testing::StartsWith("v1.tests."));
  const auto old_keys = backend.settings().secret_keys;
  const auth::SecretBoxKey next{.id = "next", .key = std::string(32, 'n')};
  backend.settings().secret_keys = {next, old_keys.at(0)};
  backend.restart();
  EXPECT_EQ(sign_in_by(wrong()), "auth.invalid_code");
  EXPECT_THAT(sealed(), testing::StartsWith("v1.tests.")) << "a wrong code writes nothing there";
  EXPECT_EQ(sign_in_by(code()), "200");
  EXPECT_THAT(sealed(), testing::StartsWith("v1.next."));
  backend.settings().secret_keys = {next};
  backend.restart();
  next_step(backend);
  EXPECT_EQ(sign_in_by(code()), "200");
}

}  // namespace
}  // namespace ashlar::test
