// SPDX-License-Identifier: Apache-2.0
#include "tests/support/test_backend.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
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
  SecurityEvents() { ::close(::mkstemp(file_.data())); }
  ~SecurityEvents() override { std::filesystem::remove(file_); }

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
  std::string file_ = (std::filesystem::temp_directory_path() / "ashlar-events-XXXXXX").string();
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
  EXPECT_THAT(written, Contains(AllOf(event("access refused"), of_ada)).Times(1));
  EXPECT_THAT(written, Contains(AllOf(event("role changed"), of_ada, HasSubstr("\"before\":\"user\""),
                                      HasSubstr("\"after\":\"admin\""), HasSubstr("\"by\":\"" + admin_id + '"')))
                           .Times(1));
  EXPECT_THAT(written, Each(HasSubstr(R"("channel":"security")"))) << "the level hides every other line";
  EXPECT_THAT(written, Each(Not(HasSubstr("ada@example.com"))));
}

}  // namespace
}  // namespace ashlar::test
