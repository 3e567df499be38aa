// SPDX-License-Identifier: Apache-2.0
// What an outsider could learn of the tokens in mails, and of the accounts that they are for.
#include "tests/support/temporary_folder.hpp"
#include "tests/support/test_backend.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace ashlar::test {
namespace {

using http::Method;
using testing::HasSubstr;
using testing::Not;

class MailSecrecy : public testing::Test {
 protected:
  // Everything, each statement as well.
  [[nodiscard]] log::LogOptions options() const {
    log::LogOptions out;
    out.level = log::Level::trace;
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
  // The texts of the statements since the last call, in their order.
  std::vector<std::string> new_statements(log::Logger& logger) {
    static const std::regex statement(R"re("sql":"((?:[^"\\]|\\.)*)")re");
    logger.flush();
    const auto all = lines();
    std::vector<std::string> out;
    for (; read_ < all.size(); ++read_) {
      std::smatch found;
      if (std::regex_search(all[read_], found, statement)) out.push_back(found[1]);
    }
    return out;
  }

 private:
  std::size_t read_ = 0;  // lines
  TemporaryFolder folder_;
  std::string file_ = folder_ / "log";
};

TEST_F(MailSecrecy, LogsHoldNeitherTokensNorPasswords) {
  std::set<std::string> secrets{"a long password", "another password", "third password"};
  {
    TestBackend backend(prepared_database_url(), options());
    Person ada = backend.person("ada");
    const auto take = [&](const std::string& address, const std::string& subject) {
      std::string token = backend.mailed_token(address, subject);
      secrets.insert(token);
      return token;
    };
    const auto post = [&](const std::string& path, const std::string& body, const std::string& token) {
      const auto reply = backend.client().send(
          {.method = Method::post, .target = path, .headers = {{"Authorization", "Bearer " + token}}, .body = body});
      EXPECT_LT(reply.status, 300) << path << ": " << reply.body;
      return reply;
    };
    const auto with = [](const std::string& token) { return R"({"token": ")" + token + R"("})"; };
    (void)post("/api/auth/verify-email", with(take(ada.email, "Confirm your e-mail address")), ada.token);
    (void)post("/api/auth/email/change", R"({"email": "ada@example.org", "password": "a long password"})", ada.token);
    (void)post("/api/auth/email/confirm", with(take(ada.email, "Confirm the change of your e-mail address")),
               ada.token);
    (void)post("/api/auth/email/confirm", with(take("ada@example.org", "Confirm your new e-mail address")), ada.token);
    (void)post("/api/auth/password/forgot", R"({"email": "ada@example.org"})", ada.token);
    (void)backend.client().post("/api/auth/password/reset", R"({"token": "wrong", "password": "another password"})");
    (void)backend.client().post(
        "/api/auth/password/reset",
        R"({"token": ")" + take("ada@example.org", "Reset your password") + R"(", "password": "another password"})");
    const auto signed_in =
        backend.client().post("/api/auth/login", R"({"email": "ada@example.org", "password": "another password"})");
    ada.token = signed_in.at("/data/accessToken");
    (void)post("/api/auth/password/change",
               R"({"currentPassword": "another password", "newPassword": "third password"})", ada.token);
    backend.run_jobs();
  }
  const auto written = lines();
  EXPECT_THAT(written, testing::Contains(HasSubstr("mail kept")).Times(testing::Ge(7)));
  EXPECT_THAT(written, testing::Contains(HasSubstr("password reset requested")));
  EXPECT_THAT(written, testing::Contains(HasSubstr("token_hash")));
  EXPECT_EQ(secrets.size(), 7U);
  for (const std::string& secret : secrets) EXPECT_THAT(written, testing::Each(Not(HasSubstr(secret))));
}

TEST_F(MailSecrecy, TheDatabaseHoldsNoToken) {
  TestBackend backend;
  const Person ada = backend.person("ada");
  const std::string token = backend.mailed_token(ada.email, "Confirm your e-mail address");
  std::string hash;
  ASSERT_TRUE(backend.database().query_blocking({.sql = "select token_hash from challenges",
                                                 .parameters = {},
                                                 .mode = sql::Mode::read,
                                                 .on_row = [&](const sql::Row& row) { hash = row.text(0); }}));
  EXPECT_EQ(hash.size(), 64U);
  EXPECT_THAT(hash, Not(HasSubstr(token)));
  EXPECT_EQ(backend.client().post("/api/auth/verify-email", R"({"token": ")" + hash + R"("})").status, 422);
}

// An answer takes as long for an unknown address as for a known one, and as for an account over its limit: the same
// statements run.
TEST_F(MailSecrecy, ForgettingAPasswordRunsTheSameStatementsForEveryAddress) {
  TestBackend backend(prepared_database_url(), options());
  const Person ada = backend.person("ada");
  (void)new_statements(backend.logger());
  std::vector<std::vector<std::string>> seen;
  for (const std::string& email : {std::string("nobody@example.com"), ada.email, ada.email, ada.email, ada.email,
                                   ada.email, ada.email, std::string("nobody@example.com")}) {
    const auto reply = backend.client().post("/api/auth/password/forgot", R"({"email": ")" + email + R"("})");
    EXPECT_EQ(reply.status, 202) << reply.body;
    seen.push_back(new_statements(backend.logger()));
  }
  EXPECT_GE(seen.front().size(), 6U);
  for (const auto& each : seen) EXPECT_EQ(each, seen.front());
  EXPECT_EQ(backend.mails_to(ada.email).size(), 6U) << "one was over the limit";
}

TEST_F(MailSecrecy, RowsOfUnknownAddressesGoAwayAgain) {
  TestBackend backend;
  const auto rows = [&] {
    std::int64_t count = 0;
    EXPECT_TRUE(backend.database().query_blocking({.sql = "select count(*) from challenges",
                                                   .parameters = {},
                                                   .mode = sql::Mode::read,
                                                   .on_row = [&](const sql::Row& row) { count = row.integer(0); }}));
    return count;
  };
  const auto forget = [&] {
    EXPECT_EQ(backend.client().post("/api/auth/password/forgot", R"({"email": "eve@example.com"})").status, 202);
  };
  for (int i = 0; i < 3; ++i) forget();
  EXPECT_EQ(rows(), 3);
  backend.clock().advance(std::chrono::minutes{90});
  forget();
  EXPECT_EQ(rows(), 1);
}

}  // namespace
}  // namespace ashlar::test
