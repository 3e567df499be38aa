// SPDX-License-Identifier: Apache-2.0
#include "tests/support/authenticator.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

namespace ashlar::test {
namespace {

using http::Method;
using testing::AllOf;
using testing::Contains;
using testing::Each;
using testing::HasSubstr;
using testing::Not;

// A log of security events alone.
class SecurityEvents : public testing::Test {
 protected:
  [[nodiscard]] log::LogOptions options() const {
    log::LogOptions out;
    out.level = log::Level::fatal;
    out.console = log::LogOptions::Console::none;
    out.file = file_;
    return out;
  }
  [[nodiscard]] std::vector<std::string> lines() const {
    std::ifstream in(file_);
    std::vector<std::string> out;
    for (std::string line; std::getline(in, line);) out.push_back(line);
    return out;
  }

 private:
  TemporaryFolder folder_;
  std::string file_ = folder_ / "log";
};

auto event(const std::string& message) {
  return AllOf(HasSubstr(R"("channel":"security")"), HasSubstr("\"message\":\"" + message + '"'));
}

TEST_F(SecurityEvents, AreLoggedAtAnyLevel) {
  std::string ada_id, admin_id;
  {
    TestBackend backend(prepared_database_url(), options());
    const Person ada = backend.person("ada");
    const Person admin = backend.admin();
    ada_id = ada.id;
    admin_id = admin.id;
    const auto refused =
        backend.client().post("/api/auth/login", R"({"email": "ada@example.com", "password": "wrong"})");
    EXPECT_EQ(refused.status, 401);
    const auto refreshed =
        backend.client().post("/api/auth/refresh", R"({"refreshToken": ")" + ada.refresh_token + "\"}");
    EXPECT_EQ(refreshed.status, 200) << refreshed.body;
    EXPECT_EQ(backend.as(ada, Method::get, "/api/users").status, 403);
    EXPECT_EQ(backend.as(admin, Method::patch, "/api/users/" + ada.id, R"({"name": "Ada"})").status, 200);
    EXPECT_EQ(backend.as(admin, Method::patch, "/api/users/" + ada.id, R"({"role": "admin"})").status, 200);
  }
  const auto written = lines();
  const auto of_ada = HasSubstr("\"userId\":\"" + ada_id + '"');
  EXPECT_THAT(written, Contains(AllOf(event("signed in"), of_ada, HasSubstr("\"sessionId\":\""))).Times(1));
  EXPECT_THAT(written, Contains(event("sign-in refused")).Times(2))
      << "one is TestBackend::admin()'s, before it registers";
  EXPECT_THAT(written, Contains(AllOf(event("session refreshed"), of_ada)).Times(1));
  EXPECT_THAT(written,
              Contains(AllOf(event("access refused"), of_ada, HasSubstr(R"("permission":"read:user")"))).Times(1));
  EXPECT_THAT(written, Contains(AllOf(event("role changed"), of_ada, HasSubstr("\"before\":\"user\""),
                                      HasSubstr("\"after\":\"admin\""), HasSubstr("\"by\":\"" + admin_id + '"')))
                           .Times(1));
  EXPECT_THAT(written, Each(HasSubstr(R"("channel":"security")"))) << "the level hides every other line";
  EXPECT_THAT(written, Each(Not(HasSubstr("ada@example.com"))));
}

TEST_F(SecurityEvents, TellOfSecondFactorsAndShowNoCode) {
  std::string ada_id;
  std::vector<std::string> secrets;
  {
    TestBackend backend(prepared_database_url(), options());
    const Person ada = backend.person("ada");
    ada_id = ada.id;
    const SecondFactor factor = enable_mfa(backend, ada);
    next_step(backend);
    const std::string mfa_token = begin_sign_in(backend, ada);
    const std::string wrong = factor.app.wrong_code(backend.clock().now());
    EXPECT_EQ(outcome_of(verify(backend, mfa_token, wrong)), "auth.invalid_code");
    EXPECT_EQ(outcome_of(verify(backend, mfa_token, factor.recovery_codes[0])), "200");
    const std::string code = factor.app.code(backend.clock().now());
    EXPECT_EQ(outcome_of(backend.as(ada, Method::post, "/api/auth/mfa/recovery-codes", code_body(code))), "200");
    EXPECT_EQ(outcome_of(backend.as(ada, Method::post, "/api/auth/mfa/disable", disable_body(wrong, "a wrong one"))),
              "auth.invalid_credentials");
    next_step(backend);
    const std::string last = factor.app.code(backend.clock().now());
    EXPECT_EQ(outcome_of(backend.as(ada, Method::post, "/api/auth/mfa/disable", disable_body(last))), "204");
    (void)set_up_mfa(backend, ada);
    EXPECT_EQ(outcome_of(backend.as(ada, Method::post, "/api/auth/mfa/enable", code_body("x"))), "auth.invalid_code");
    secrets = {mfa_token, factor.recovery_codes[0], wrong + '"', code + '"', last + '"'};
  }
  const auto written = lines();
  const auto of_ada = HasSubstr("\"userId\":\"" + ada_id + '"');
  for (const auto& [message, times] : std::vector<std::pair<std::string, int>>{{"second factor enabled", 1},
                                                                               {"second factor asked for", 1},
                                                                               {"second factor code refused", 2},
                                                                               {"recovery code used", 1},
                                                                               {"recovery codes replaced", 1},
                                                                               {"password refused", 1},
                                                                               {"second factor disabled", 1}})
    EXPECT_THAT(written, Contains(AllOf(event(message), of_ada)).Times(times)) << message;
  for (const std::string& secret : secrets) EXPECT_THAT(written, Each(Not(HasSubstr(secret))));
}

}  // namespace
}  // namespace ashlar::test
