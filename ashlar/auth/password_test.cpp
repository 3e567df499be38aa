// SPDX-License-Identifier: Apache-2.0
#include "ashlar/auth/password.hpp"

#include "ashlar/async/task_scope.hpp"
#include "ashlar/auth/detail/bcrypt.hpp"

#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <latch>
#include <stdexcept>
#include <string>

namespace ashlar::auth {
namespace {

using ::testing::MatchesRegex;
using ::testing::StartsWith;

class PasswordTest : public ::testing::Test {
 protected:
  std::string hash(const std::string& password) {
    auto out = async::run_to_end(loop_, hasher_.hash(password));
    return out ? *out : std::string(out.error().code().name);
  }
  std::string verify(const std::string& password, const std::string& hash) {
    return said(async::run_to_end(loop_, hasher_.verify(password, hash)));
  }
  std::string verify_against_nobody(const std::string& password) {
    return said(async::run_to_end(loop_, hasher_.verify_against_nobody(password)));
  }
  static std::string said(const Result<bool>& result) {
    if (!result) return std::string(result.error().code().name);
    return *result ? "yes" : "no";
  }

  boost::asio::io_context loop_;
  async::BlockingPool pool_{{.threads = 1}};
  SystemRandom random_;
  PasswordHasher hasher_{pool_, random_, {.cost = 4}};
};

TEST_F(PasswordTest, RefusesACostOutOfRange) {
  for (const int cost : {-1, 0, 3, 32, 100}) {
    EXPECT_THROW(PasswordHasher(pool_, random_, {.cost = cost}), std::invalid_argument) << cost;
  }
}

TEST_F(PasswordTest, RefusesWhatBcryptWouldCutOff) {
  const std::string right = hash(std::string(72, 'x'));
  EXPECT_EQ(verify(std::string(72, 'x'), right), "yes");
  struct Case {
    std::string password, code;
  };
  for (const Case& c :
       {Case{std::string(73, 'x'), "auth.password_too_long"}, Case{std::string(5000, 'x'), "auth.password_too_long"},
        Case{std::string("ab\0cd", 5), "auth.password_holds_nul"}}) {
    EXPECT_EQ(hash(c.password), c.code);
    EXPECT_EQ(verify(c.password, right), c.code);
    EXPECT_EQ(verify_against_nobody(c.password), c.code);
  }
}

TEST_F(PasswordTest, RefusesAWrongPassword) {
  const std::string right = hash("correct horse");
  for (const std::string wrong : {"", "correct", "correct horse ", "Correct horse", "correct hors\xc3\xa9"}) {
    EXPECT_EQ(verify(wrong, right), "no") << wrong;
  }
  EXPECT_EQ(verify("correct horse", right), "yes");
}

TEST_F(PasswordTest, SaysThatAStoredHashIsNone) {
  const std::string right = hash("correct horse");
  for (const std::string& stored :
       {std::string(), std::string("correct horse"), right.substr(0, 59), right + "x", "$1$" + right.substr(3),
        "$2b$99$" + right.substr(7), "$2b$03$" + right.substr(7), "$2x$04$" + right.substr(7), std::string(60, '*')}) {
    EXPECT_EQ(verify("correct horse", stored), "internal") << stored;
  }
}

TEST_F(PasswordTest, SaltsEachHash) {
  const std::string a = hash("correct horse"), b = hash("correct horse");
  EXPECT_THAT(a, MatchesRegex("\\$2b\\$04\\$[./A-Za-z0-9]{53}"));
  EXPECT_NE(a.substr(0, 29), b.substr(0, 29));
}

TEST_F(PasswordTest, ReadsTheHashesOfOthers) {
  // Made by other implementations, for "U*U" and for an empty password.
  EXPECT_EQ(verify("U*U", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"), "yes");
  EXPECT_EQ(verify("U*U", "$2y$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"), "yes");
  EXPECT_EQ(verify("U*V", "$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"), "no");
  EXPECT_EQ(verify("", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.7uG0VCzI2bS7j6ymqJi9CdcdxiRTWNy"), "yes");
}

// What keeps an unknown account from being told by time: the stand-in is a hash in full, of the cost that accounts
// have, so that the library does all of its work before it says no.
TEST_F(PasswordTest, NobodysHashIsOneOfTheSameCost) {
  for (const int cost : {4, 5, 12}) {
    const std::string nobody = detail::bcrypt_of_nobody(cost, random_);
    const std::string account = detail::bcrypt("x", 4, random_);
    EXPECT_THAT(nobody, StartsWith(cost == 12 ? "$2b$12$" : "$2b$0" + std::to_string(cost) + "$"));
    EXPECT_EQ(nobody.size(), account.size());
  }
  EXPECT_EQ(detail::matches("correct horse", detail::bcrypt_of_nobody(4, random_)), detail::Match::no);
  EXPECT_EQ(verify_against_nobody("correct horse"), "no");
}

Task<> keep_code(Task<Result<bool>> task, std::string& code) {
  const auto result = co_await std::move(task);
  code = result ? "ran" : std::string(result.error().code().name);
}

Task<> block(async::BlockingPool& pool, std::latch& begun, std::latch& go_on) {
  co_await pool.run([&begun, &go_on] {
    begun.count_down();
    go_on.wait();
  });
}

TEST_F(PasswordTest, WaitsInTheSameQueueForNobodyAsForAnAccount) {
  async::BlockingPool pool({.threads = 1, .queue_max = 1});
  PasswordHasher hasher(pool, random_, {.cost = 4});
  const std::string stored = detail::bcrypt("x", 4, random_);
  std::latch begun(1), go_on(1);
  std::string account, nobody, late;
  async::TaskScope scope(loop_);
  scope.start(block(pool, begun, go_on));
  loop_.poll();
  begun.wait();
  scope.start(keep_code(hasher.verify_against_nobody("x"), nobody));
  loop_.poll();
  EXPECT_EQ(pool.waiting(), 1U);
  scope.start(keep_code(hasher.verify("x", stored), account));
  scope.start(keep_code(hasher.verify_against_nobody("x"), late));
  loop_.poll();
  EXPECT_EQ(account, "server.overloaded");
  EXPECT_EQ(late, "server.overloaded");
  go_on.count_down();
  async::run_to_end(loop_, scope.join());
  EXPECT_EQ(nobody, "ran");
}

}  // namespace
}  // namespace ashlar::auth
