// SPDX-License-Identifier: Apache-2.0
// Setting a second factor up, turning it on and off, and its recovery codes.
#include "tests/support/authenticator.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

namespace ashlar::test {
namespace {

using http::Method;
using testing::HasSubstr;
using testing::StartsWith;

TEST(Mfa, RefusesWhatItCannotRead) {
  TestBackend backend;
  const Person ada = backend.person("ada");
  const std::string enable = "POST /api/auth/mfa/enable", disable = "POST /api/auth/mfa/disable",
                    renew = "POST /api/auth/mfa/recovery-codes", verify = "POST /api/auth/mfa/verify";
  const BadTokens bad = backend.bad_tokens();
  const auto refused = [&](std::string name, const std::string& request, std::string body,
                           std::vector<std::string> faults) {
    return Scenario{std::move(name), request, std::move(body), 422, "request.invalid", std::move(faults), ada.token};
  };
  expect_refusals(
      backend.client(),
      without_a_good_token("POST /api/auth/mfa/setup", "", bad) +
          without_a_good_token(enable, code_body("123456"), bad) +
          without_a_good_token(disable, disable_body("123456"), bad) +
          without_a_good_token(renew, code_body("123456"), bad) +
          without_a_readable_body(enable, code_body("123456"), ada.token) +
          without_a_readable_body(disable, disable_body("123456"), ada.token) +
          without_a_readable_body(renew, code_body("123456"), ada.token) +
          without_a_readable_body(verify, verify_body("mfa_x", "123456"), "") +
          std::vector<Scenario>{
              refused("no code", enable, "{}", {"/code required"}),
              refused("a number for a code", enable, R"({"code": 123456})", {"/code type"}),
              refused("an empty code", renew, code_body(""), {"/code too_short"}),
              refused("a long code", renew, code_body(std::string(65, '1')), {"/code too_long"}),
              refused("no password", disable, code_body("123456"), {"/password required"}),
              refused("nothing", verify, "{}", {"/mfaToken required", "/code required"}),
              refused("a book for a token", verify, verify_body(std::string(4097, 'x'), "1"), {"/mfaToken too_long"}),
          });
}

TEST(Mfa, SetUpGivesAnAuthenticatorWhatItNeeds) {
  TestBackend backend;
  const Person ada = backend.person("ada");
  const auto reply = backend.as(ada, Method::post, "/api/auth/mfa/setup");
  ASSERT_EQ(reply.status, 200) << reply.body;
  const std::string secret = reply.at("/data/secret");
  EXPECT_EQ(secret.size(), 32U);
  EXPECT_EQ(reply.at("/data/otpauthUrl"), "otpauth://totp/Ashlar:ada%40example.com?secret=" + secret +
                                              "&issuer=Ashlar&algorithm=SHA1&digits=6&period=30");
  EXPECT_THAT(reply.at("/data/qrCode"), StartsWith("data:image/png;base64,iVBORw0KGgo"));
  EXPECT_EQ(backend.as(ada, Method::get, "/api/users/me").at("/data/mfaEnabled"), "false") << "it is pending";
  EXPECT_TRUE(login(backend, ada.email).has("/data/accessToken")) << "a pending one is not asked for";
}

// The longest address with the characters that are encoded, under the longest issuer.
TEST(Mfa, SetUpMakesAQrCodeForAnyAddress) {
  TestBackend backend;
  backend.settings().second_factors.issuer = std::string(64, '%');
  backend.restart();
  const std::string domain =
      std::string(61, 'd') + "." + std::string(61, 'd') + "." + std::string(60, 'd') + ".example";
  const std::string email = "a+b/c?d=e&f#g%h{i}j|k~l!m$n'o*p^q`" + std::string(30, '+') + "@" + domain.substr(0, 189);
  const auto made = backend.client().post(
      "/api/auth/register", R"({"name": "Ada", "email": ")" + email + R"(", "password": "a long password"})");
  ASSERT_EQ(made.status, 201) << made.body;
  const Person ada{.id = {}, .email = email, .token = made.at("/data/accessToken"), .refresh_token = {}};
  const auto reply = backend.as(ada, Method::post, "/api/auth/mfa/setup");
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_THAT(reply.at("/data/otpauthUrl"), HasSubstr("a%2Bb%2Fc%3Fd%3De%26f%23g%25h%7Bi%7D"));
}

TEST(Mfa, IsTurnedOnByACodeAndShownInTheAccount) {
  TestBackend backend;
  const Person ada = backend.person("ada");
  const SecondFactor factor = enable_mfa(backend, ada);
  EXPECT_EQ(std::set<std::string>(factor.recovery_codes.begin(), factor.recovery_codes.end()).size(), 10U);
  EXPECT_EQ(backend.as(ada, Method::get, "/api/users/me").at("/data/mfaEnabled"), "true");
  EXPECT_EQ(backend.as(ada, Method::get, "/api/auth/sessions").at("/pagination/total"), "1") << "sessions stay";
}

TEST(Mfa, EnableRefuses) {
  TestBackend backend;
  const Person ada = backend.person("ada"), eve = backend.person("eve");
  const auto enable = [&](const Person& who, const std::string& code) {
    return outcome_of(backend.as(who, Method::post, "/api/auth/mfa/enable", code_body(code)));
  };
  EXPECT_EQ(enable(ada, "123456"), "auth.mfa_not_set_up");
  const Authenticator replaced = set_up_mfa(backend, ada);
  const Authenticator app = set_up_mfa(backend, ada);
  const Authenticator of_eve = set_up_mfa(backend, eve);
  const Timestamp now = backend.clock().now();
  const std::string code = app.code(now);
  EXPECT_EQ(enable(ada, app.wrong_code(now)), "auth.invalid_code");
  EXPECT_EQ(enable(ada, replaced.code(now)), "auth.invalid_code") << "a second setup replaces the secret";
  EXPECT_EQ(enable(ada, of_eve.code(now)), "auth.invalid_code");
  EXPECT_EQ(enable(ada, app.code(now + std::chrono::minutes{2})), "auth.invalid_code");
  EXPECT_EQ(enable(ada, ' ' + code), "auth.invalid_code");
  EXPECT_EQ(enable(ada, code.substr(0, 3) + ' ' + code.substr(3)), "auth.invalid_code");
  std::string arabic;  // U+0660 to U+0669
  for (const char digit : code) arabic += {'\xD9', static_cast<char>('\xA0' + (digit - '0'))};
  EXPECT_EQ(enable(ada, arabic), "auth.invalid_code");
  EXPECT_EQ(enable(ada, code), "200");
  next_step(backend);
  EXPECT_EQ(enable(ada, app.code(backend.clock().now())), "auth.mfa_enabled");
  EXPECT_EQ(outcome_of(backend.as(ada, Method::post, "/api/auth/mfa/setup")), "auth.mfa_enabled");
}

TEST(Mfa, OneOfTwoThatEnableItAtOnceGetsRecoveryCodes) {
  TestBackend backend;
  const Person ada = backend.person("ada");
  const Authenticator app = set_up_mfa(backend, ada);
  const auto statuses = backend.at_once(4, {.method = Method::post,
                                            .target = "/api/auth/mfa/enable",
                                            .headers = {{"Authorization", "Bearer " + ada.token}},
                                            .body = code_body(app.code(backend.clock().now()))});
  EXPECT_THAT(statuses, testing::ElementsAre(200, 409, 409, 409));
}

TEST(Mfa, DisableRefusesWithoutThePasswordOrACode) {
  TestBackend backend;
  const Person ada = backend.person("ada"), eve = backend.person("eve");
  const auto disable = [&](const Person& who, const std::string& body) {
    return outcome_of(backend.as(who, Method::post, "/api/auth/mfa/disable", body));
  };
  EXPECT_EQ(disable(ada, disable_body("123456")), "auth.mfa_not_enabled");
  (void)set_up_mfa(backend, ada);
  EXPECT_EQ(disable(ada, disable_body("123456")), "auth.mfa_not_enabled");
  const SecondFactor factor = enable_mfa(backend, ada);
  const SecondFactor of_eve = enable_mfa(backend, eve);
  EXPECT_EQ(disable(ada, disable_body(factor.app.code(backend.clock().now()))), "auth.invalid_code") << "it was used";
  next_step(backend);
  const Timestamp now = backend.clock().now();
  EXPECT_EQ(disable(ada, disable_body(factor.app.code(now), "another password")), "auth.invalid_credentials");
  EXPECT_EQ(disable(ada, disable_body(factor.app.code(now), std::string(1000, 'x'))), "auth.invalid_credentials");
  EXPECT_EQ(disable(ada, disable_body(factor.app.wrong_code(now))), "auth.invalid_code");
  EXPECT_EQ(disable(ada, disable_body(of_eve.app.code(now))), "auth.invalid_code");
  EXPECT_EQ(disable(ada, disable_body(of_eve.recovery_codes[0])), "auth.invalid_code");
  EXPECT_EQ(backend.as(ada, Method::get, "/api/users/me").at("/data/mfaEnabled"), "true");
  EXPECT_EQ(disable(ada, disable_body(factor.app.code(now))), "204") << "a wrong password uses up no code";
  EXPECT_EQ(backend.as(ada, Method::get, "/api/users/me").at("/data/mfaEnabled"), "false");
  EXPECT_TRUE(login(backend, ada.email).has("/data/accessToken"));
  EXPECT_EQ(disable(ada, disable_body(factor.app.code(now))), "auth.mfa_not_enabled");
}

TEST(Mfa, DisableTakesARecoveryCodeAndNothingOldWorksAfterwards) {
  TestBackend backend;
  const Person ada = backend.person("ada");
  const SecondFactor old = enable_mfa(backend, ada);
  EXPECT_EQ(outcome_of(backend.as(ada, Method::post, "/api/auth/mfa/disable", disable_body(old.recovery_codes[3]))),
            "204");
  const SecondFactor fresh = enable_mfa(backend, ada);
  next_step(backend);
  const std::string token = begin_sign_in(backend, ada);
  EXPECT_EQ(outcome_of(verify(backend, token, old.app.code(backend.clock().now()))), "auth.invalid_code");
  EXPECT_EQ(outcome_of(verify(backend, token, old.recovery_codes[4])), "auth.invalid_code");
  EXPECT_EQ(outcome_of(verify(backend, token, fresh.app.code(backend.clock().now()))), "200");
}

TEST(Mfa, RecoveryCodesAreReplacedByACodeOfTheAuthenticator) {
  TestBackend backend;
  const Person ada = backend.person("ada");
  const auto renew = [&](const std::string& code) {
    return backend.as(ada, Method::post, "/api/auth/mfa/recovery-codes", code_body(code));
  };
  EXPECT_EQ(outcome_of(renew("123456")), "auth.mfa_not_enabled");
  const SecondFactor factor = enable_mfa(backend, ada);
  EXPECT_EQ(outcome_of(renew(factor.recovery_codes[0])), "auth.invalid_code") << "not by a recovery code";
  next_step(backend);
  const std::string code = factor.app.code(backend.clock().now());
  const auto renewed = renew(code);
  ASSERT_EQ(renewed.status, 200) << renewed.body;
  EXPECT_EQ(outcome_of(renew(code)), "auth.invalid_code") << "it was used";
  const std::string token = begin_sign_in(backend, ada);
  EXPECT_EQ(outcome_of(verify(backend, token, factor.recovery_codes[0])), "auth.invalid_code") << "the old ones ended";
  EXPECT_EQ(outcome_of(verify(backend, token, renewed.at("/data/recoveryCodes/9"))), "200");
}

// What is stored is no secret that a reader of the database could use.
TEST(Mfa, StoresNoSecretThatCanBeRead) {
  TestBackend backend;
  const Person ada = backend.person("ada");
  const SecondFactor factor = enable_mfa(backend, ada);
  const std::string token = begin_sign_in(backend, ada);
  std::string stored;
  for (const char* sql : {"select secret from mfa_secrets", "select code_hash from mfa_recovery_codes",
                          "select token_hash from mfa_challenges", "select account_state from mfa_challenges"}) {
    ASSERT_TRUE(backend.database().query_blocking(
        {.sql = sql, .parameters = {}, .on_row = [&](const sql::Row& row) { stored += row.text(0); }}));
  }
  EXPECT_THAT(stored, HasSubstr("v1.tests."));
  EXPECT_THAT(stored, testing::Not(HasSubstr(factor.app.secret())));
  EXPECT_THAT(stored, testing::Not(HasSubstr(auth::totp_secret_text(factor.app.secret()))));
  EXPECT_THAT(stored, testing::Not(HasSubstr(token)));
  for (const std::string& code : factor.recovery_codes) EXPECT_THAT(stored, testing::Not(HasSubstr(code)));
}

}  // namespace
}  // namespace ashlar::test
