// SPDX-License-Identifier: Apache-2.0
#include "ashlar/auth/password.hpp"

#include "ashlar/async/task_scope.hpp"
#include "ashlar/auth/detail/password_hash.hpp"

#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <ctime>
#include <latch>
#include <stdexcept>
#include <string>

namespace ashlar::auth {
namespace {

using ::testing::MatchesRegex;

const PasswordOptions small_argon2{
    .scheme = PasswordScheme::argon2id, .argon2_memory_kib = 64, .argon2_passes = 1, .argon2_lanes = 1};

class PasswordTest : public ::testing::Test {
 protected:
  std::string hash(const std::string& password) { return hash(hasher_, password); }
  std::string hash(PasswordHasher& hasher, const std::string& password) {
    auto out = async::run_to_end(loop_, hasher.hash(password));
    return out ? *out : std::string(out.error().code().name);
  }
  std::string verify(const std::string& password, const std::string& hash) {
    return said(async::run_to_end(loop_, hasher_.verify(password, hash)));
  }
  std::string verify_for_unknown_account(const std::string& password) {
    return said(async::run_to_end(loop_, hasher_.verify_for_unknown_account(password)));
  }
  std::string check(PasswordHasher& hasher, const std::string& password, const std::string& hash) {
    const auto out = async::run_to_end(loop_, hasher.check(password, hash));
    if (!out) return std::string(out.error().code().name);
    return out->matches ? (out->needs_rehash ? "yes, rehash" : "yes") : (out->needs_rehash ? "no, rehash" : "no");
  }
  static std::string said(const Result<bool>& result) {
    if (!result) return std::string(result.error().code().name);
    return *result ? "yes" : "no";
  }

  boost::asio::io_context loop_;
  async::BlockingPool pool_{{.threads = 1}};
  SystemRandom random_;
  PasswordHasher hasher_{pool_, random_, {.cost = 4}};
  PasswordHasher argon2_{pool_, random_, small_argon2};
};

TEST_F(PasswordTest, RefusesOptionsOutOfRange) {
  for (const int cost : {-1, 0, 3, 32, 100}) {
    EXPECT_THROW(PasswordHasher(pool_, random_, {.cost = cost}), std::invalid_argument) << cost;
  }
  for (const auto& [memory, passes, lanes] :
       {std::tuple(7U, 1U, 1U), std::tuple(15U, 1U, 2U), std::tuple(0U, 1U, 1U), std::tuple(1024U * 1024 + 1, 1U, 1U),
        std::tuple(64U, 0U, 1U), std::tuple(64U, 65U, 1U), std::tuple(64U, 1U, 0U), std::tuple(1024U, 1U, 17U)}) {
    EXPECT_THROW(
        PasswordHasher(pool_, random_, {.argon2_memory_kib = memory, .argon2_passes = passes, .argon2_lanes = lanes}),
        std::invalid_argument)
        << memory << ' ' << passes << ' ' << lanes;
  }
}

TEST_F(PasswordTest, RefusesWhatNoAccountHas) {
  const std::string right = hash("correct horse");
  struct Case {
    std::string password, code;
  };
  for (const Case& c : {Case{std::string(4097, 'x'), "auth.password_too_long"},
                        Case{std::string("ab\0cd", 5), "auth.password_holds_nul"}}) {
    EXPECT_EQ(hash(c.password), c.code);
    EXPECT_EQ(verify(c.password, right), c.code);
    EXPECT_EQ(verify_for_unknown_account(c.password), c.code);
  }
}

TEST_F(PasswordTest, RefusesAWrongPassword) {
  const std::string argon2 = hash(argon2_, "correct horse");
  for (const std::string& right : {hash("correct horse"), argon2}) {
    for (const std::string wrong : {"", "correct", "correct horse ", "Correct horse", "correct hors\xc3\xa9"}) {
      EXPECT_EQ(verify(wrong, right), "no") << wrong;
    }
    EXPECT_EQ(verify("correct horse", right), "yes");
  }
}

TEST_F(PasswordTest, NoPasswordIsOfAnEmptyHash) {
  for (const std::string password : {"", "correct horse"}) EXPECT_EQ(verify(password, ""), "no");
  EXPECT_EQ(verify(std::string(4097, 'x'), ""), "auth.password_too_long");
}

TEST_F(PasswordTest, TruncatesNothing) {
  for (PasswordHasher* hasher : {&hasher_, &argon2_}) {
    for (const std::size_t size : {71U, 72U, 73U, 128U, 512U, 4096U}) {
      const std::string password(size, 'x');
      const std::string right = hash(*hasher, password);
      EXPECT_EQ(verify(password, right), "yes") << size;
      EXPECT_EQ(verify(password.substr(1) + "y", right), "no") << size;  // the last character counts
      EXPECT_EQ(verify(password.substr(1), right), "no") << size;
      if (size < 4096) EXPECT_EQ(verify(password + "x", right), "no") << size;
    }
  }
}

TEST_F(PasswordTest, NoPasswordEqualsTheDigestOfALongerOne) {
  const std::string password(100, 'x'), right = hash(password), input = detail::bcrypt_input(password);
  EXPECT_EQ(input.size(), 65U);
  EXPECT_EQ(input.find('\0'), std::string::npos);
  EXPECT_EQ(verify(input, right), "no");            // 0xFF is not UTF-8, so it is digested itself
  EXPECT_EQ(verify(input.substr(1), right), "no");  // and bcrypt is given other bytes without it
  EXPECT_EQ(detail::bcrypt_input(std::string(72, 'x')), std::string(72, 'x'));
  EXPECT_EQ(detail::bcrypt_input("").size(), 0U);
  EXPECT_EQ(detail::bcrypt_input("\xff").size(), 65U);
  EXPECT_EQ(detail::bcrypt_input(std::string("a\0b", 3)).size(), 65U);
}

TEST_F(PasswordTest, ComparesNormalisedPasswords) {
  const std::string composed = "caf\xc3\xa9 au lait", decomposed = "cafe\xcc\x81 au lait",
                    wide_space =
                        "caf\xc3\xa9\xe3\x80\x80"
                        "au lait",
                    compatible = "\xef\xac\x81ne", plain = "fine";
  for (PasswordHasher* hasher : {&hasher_, &argon2_}) {
    const std::string right = hash(*hasher, decomposed);
    for (const std::string& same : {composed, decomposed, wide_space}) EXPECT_EQ(check(*hasher, same, right), "yes");
    EXPECT_EQ(check(*hasher, "cafe au lait", right), "no");
    EXPECT_EQ(check(*hasher, plain, hash(*hasher, compatible)), "no");  // NFC, not NFKC
  }
}

TEST_F(PasswordTest, StillVerifiesAHashOfAPasswordThatWasNotNormalised) {
  const std::string composed = "caf\xc3\xa9 au lait", decomposed = "cafe\xcc\x81 au lait";
  const std::string old = detail::hash_password(decomposed, {.cost = 4}, random_);
  EXPECT_EQ(check(hasher_, decomposed, old), "yes, rehash");
  EXPECT_EQ(check(hasher_, composed, old), "no");
  EXPECT_EQ(check(hasher_, "another", old), "no");
}

TEST_F(PasswordTest, ReportsAMalformedStoredHash) {
  const std::string right = hash("correct horse"), argon2 = hash(argon2_, "correct horse");
  const auto replaced = [&argon2](std::string_view what, std::string_view by) {
    std::string out = argon2;
    return out.replace(out.find(what), what.size(), by);
  };
  for (const std::string& stored :
       {std::string("correct horse"),    right.substr(0, 59),         right + "x",
        "$1$" + right.substr(3),         "$2b$99$" + right.substr(7), "$2b$03$" + right.substr(7),
        "$2b$+4$" + right.substr(7),     "$2x$04$" + right.substr(7), std::string(60, '*'),
        right + std::string(1, '\0'),    argon2.substr(0, 40),        argon2 + std::string(1, '\0'),
        replaced("argon2id", "argon2i"), replaced("v=19", "v=16"),    replaced("m=64", "m=4294967295"),
        replaced("m=64", "m=1048577"),   replaced("m=64", "m=07"),    replaced("t=1", "t=65"),
        replaced("p=1", "p=17"),         replaced("p=1", "p=0"),      replaced("p=1", "p=-1"),
        argon2 + std::string(300, 'A')}) {
    EXPECT_EQ(verify("correct horse", stored), "internal") << stored;
    EXPECT_TRUE(hasher_.needs_rehash(stored) || stored.starts_with("$2b$04$"));
  }
}

TEST_F(PasswordTest, SaltsEachHash) {
  const std::string a = hash("correct horse"), b = hash("correct horse");
  EXPECT_THAT(a, MatchesRegex("\\$2b\\$04\\$[./A-Za-z0-9]{53}"));
  EXPECT_NE(a.substr(0, 29), b.substr(0, 29));
  const std::string c = hash(argon2_, "correct horse"), d = hash(argon2_, "correct horse");
  EXPECT_THAT(c, MatchesRegex("\\$argon2id\\$v=19\\$m=64,t=1,p=1\\$[+/A-Za-z0-9]{22}\\$[+/A-Za-z0-9]{43}"));
  EXPECT_NE(c, d);
}

TEST_F(PasswordTest, ReadsTheHashesOfOthers) {
  // Made by other implementations, for "U*U", for an empty password, and by argon2(1) for "password".
  EXPECT_EQ(verify("U*U", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"), "yes");
  EXPECT_EQ(verify("U*U", "$2y$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"), "yes");
  EXPECT_EQ(verify("U*V", "$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"), "no");
  EXPECT_EQ(verify("", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.7uG0VCzI2bS7j6ymqJi9CdcdxiRTWNy"), "yes");
  EXPECT_EQ(verify("password", "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4"),
            "yes");
  EXPECT_EQ(verify("passwore", "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4"),
            "no");
}

TEST_F(PasswordTest, NeedsARehashWhenTheParametersChanged) {
  PasswordHasher stronger(pool_, random_, {.cost = 5});
  const std::string bcrypt4 = hash("correct horse"), argon2 = hash(argon2_, "correct horse");
  EXPECT_EQ(check(hasher_, "correct horse", bcrypt4), "yes");
  EXPECT_EQ(check(stronger, "correct horse", bcrypt4), "yes, rehash");
  EXPECT_EQ(check(stronger, "wrong", bcrypt4), "no");  // a guess changes nothing
  EXPECT_EQ(check(hasher_, "correct horse", argon2), "yes, rehash");
  EXPECT_EQ(check(argon2_, "correct horse", bcrypt4), "yes, rehash");
  EXPECT_EQ(check(argon2_, "correct horse", argon2), "yes");
  EXPECT_FALSE(stronger.needs_rehash(hash(stronger, "x")));
  EXPECT_TRUE(stronger.needs_rehash(""));
}

// CPU time of the whole process: it does not depend on what else the machine does.
double milliseconds_of(auto&& work) {
  const auto now = [] {
    timespec out{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &out);
    return static_cast<double>(out.tv_sec) * 1e3 + static_cast<double>(out.tv_nsec) / 1e6;
  };
  double best = 1e9;
  for (int i = 0; i < 3; ++i) {
    const double begun = now();
    work();
    best = std::min(best, now() - begun);
  }
  return best;
}

TEST_F(PasswordTest, TakesAsLongForAnUnknownAccountAsForAKnownOneWhateverItsHash) {
  PasswordHasher hasher(pool_, random_, {.cost = 10});
  const std::string weak = hash("x"), strong = hash(hasher, "x");
  const std::string other = detail::hash_password(
      "x", {.scheme = detail::HashScheme::argon2id, .memory_kib = 8192, .passes = 2, .lanes = 1}, random_);
  for (const std::string& stored : {weak, strong, other}) hasher.expect_stored(stored);
  const std::string composed = "caf\xc3\xa9", decomposed = "cafe\xcc\x81";
  for (const std::string& sent : {composed, decomposed, std::string(200, 'x')}) {
    const double nobody = milliseconds_of([&] { async::run_to_end(loop_, hasher.verify_for_unknown_account(sent)); });
    for (const std::string& stored : {weak, strong, other}) {
      const double somebody = milliseconds_of([&] { async::run_to_end(loop_, hasher.verify(sent, stored)); });
      EXPECT_LT(somebody, nobody * 1.3) << stored;
      EXPECT_GT(somebody, nobody / 1.3) << stored;
    }
  }
}

TEST_F(PasswordTest, LearnsWhatParametersAreStored) {
  PasswordHasher hasher(pool_, random_, {.cost = 4});
  const auto nobody = [&] { async::run_to_end(loop_, hasher.verify_for_unknown_account("x")); };
  const double before = milliseconds_of(nobody);
  const std::string strong = detail::hash_password("x", {.cost = 10}, random_);
  EXPECT_EQ(check(hasher, "wrong", strong), "no");
  EXPECT_GT(milliseconds_of(nobody), 5 * before);
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

TEST_F(PasswordTest, WaitsInTheSameQueueForAnUnknownAccountAsForAKnownOne) {
  async::BlockingPool pool({.threads = 1, .queue_max = 1});
  PasswordHasher hasher(pool, random_, {.cost = 4});
  const std::string stored = detail::hash_password("x", {.cost = 4}, random_);
  std::latch begun(1), go_on(1);
  std::string account, nobody, late;
  async::TaskScope scope(loop_);
  scope.start(block(pool, begun, go_on));
  loop_.poll();
  begun.wait();
  scope.start(keep_code(hasher.verify_for_unknown_account("x"), nobody));
  loop_.poll();
  EXPECT_EQ(pool.waiting(), 1U);
  scope.start(keep_code(hasher.verify("x", stored), account));
  scope.start(keep_code(hasher.verify_for_unknown_account("x"), late));
  loop_.poll();
  EXPECT_EQ(account, "server.overloaded");
  EXPECT_EQ(late, "server.overloaded");
  go_on.count_down();
  async::run_to_end(loop_, scope.join());
  EXPECT_EQ(nobody, "ran");
}

TEST_F(PasswordTest, RunsInAQueueOfItsOwnOrder) {
  const SystemClock clock;
  HashingQueue queue(pool_, clock, {});
  PasswordHasher hasher(queue, random_, {.cost = 4});
  const std::string stored = hash(hasher, "x");
  EXPECT_EQ(said(async::run_to_end(loop_, hasher.verify("x", stored, {.address = "192.0.2.1"}))), "yes");
  EXPECT_EQ(said(async::run_to_end(loop_, hasher.verify_for_unknown_account("x", {.address = "192.0.2.1"}))), "no");
  EXPECT_EQ(queue.running(), 0U);
}

}  // namespace
}  // namespace ashlar::auth
