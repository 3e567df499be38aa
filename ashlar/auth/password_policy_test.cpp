// SPDX-License-Identifier: Apache-2.0
#include "ashlar/auth/password_policy.hpp"

#include "ashlar/async/task_scope.hpp"
#include "ashlar/auth/detail/frequent_passwords.hpp"
#include "ashlar/core/encoding.hpp"

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace ashlar::auth {
namespace {

using namespace std::chrono_literals;

std::string code_of(const schema::Check& check) { return check ? std::string(check->code) : "fine"; }

TEST(PasswordPolicy, RefusesWhatIsGuessedFirst) {
  const PasswordPolicy policy;
  const std::vector<std::string> personal{"Ada Lovelace", "ada.lovelace@analytical.example", "Ashlar"};
  const std::string e_acute = "\xc3\xa9", combining = "e\xcc\x81";
  const auto times = [](const std::string& text, int count) {
    std::string out;
    for (int i = 0; i < count; ++i) out += text;
    return out;
  };
  struct Case {
    std::string password, code;
  };
  for (const Case& c : std::vector<Case>{
           {"", "too_short"},
           {"Kx8#q2!", "too_short"},
           {times(combining, 7), "too_short"},  // 14 code points, 7 in NFC
           {std::string(129, 'x'), "too_long"},
           {times("\xf0\x9f\x98\x80", 129), "too_long"},
           {std::string(100'000, 'x'), "too_long"},
           {"correct \xff horse", "text"},
           {std::string("correct\0horse battery", 21), "text"},
           {"password", "common_password"},
           {"PassWord1", "common_password"},
           {"12345678", "common_password"},
           {"qwertyuiop", "common_password"},
           {"iloveyou1", "common_password"},
           {"ada lovelace", "common_password"},
           {"Ada.Lovelace@analytical.example", "common_password"},
           {"analytical", "common_password"},
           {"lovelace1", "guessable_password"},
           {"aaaaaaaaaaaa", "guessable_password"},
           {"abcdefghijkl", "guessable_password"},
           {"qwertyuiop123", "common_password"},
           {"p@ssw0rd", "common_password"},
           {"01.02.1990", "guessable_password"},
           {std::string(128, 'a'), "guessable_password"},
           {"correct horse battery staple", "fine"},
           {"Kx8#q2!v", "fine"},
           {"kx8q2vbn pw", "fine"},
           {"battery staple " + times(e_acute, 113), "fine"},  // 128 code points
           {"battery staple " + times(combining, 113), "fine"},
           {"battery staple " + times(combining, 114), "too_long"},
           {"lovelace rocks", "guessable_password"},
           {"\xe3\x83\x91\xe3\x82\xb9\xe3\x83\xaf\xe3\x83\xbc\xe3\x83\x89 \xe7\x8c\xab\xe3\x81\xa8 7", "fine"},
       }) {
    EXPECT_EQ(code_of(policy.check(c.password, personal)), c.code) << c.password.substr(0, 40);
  }
  EXPECT_EQ(code_of(policy.check("lovelace rocks", {})), "fine");
}

TEST(PasswordPolicy, KnowsThousandsOfCommonPasswords) {
  EXPECT_GE(frequent_password_count(), 10'000U);
  for (const std::string_view common :
       {"password", "12345678", "123456789", "football", "baseball", "iloveyou", "trustno1", "sunshine", "PRINCESS"}) {
    EXPECT_TRUE(is_frequent_password(common)) << common;
  }
  for (const std::string_view other : {"", "\n", "passwor", "password\n", "assword", "\x7f", "~~~~~~~~~~~", "!"}) {
    EXPECT_FALSE(is_frequent_password(other)) << other;
  }
}

TEST(PasswordPolicy, RefusesOptionsOutOfRange) {
  EXPECT_THROW(PasswordPolicy({.characters_min = 0}), std::invalid_argument);
  EXPECT_THROW(PasswordPolicy({.characters_min = 129}), std::invalid_argument);
  EXPECT_THROW(PasswordPolicy({.characters_max = 1025}), std::invalid_argument);
}

// The range of "correct horse battery staple", whose SHA-1 is ABF7A AD6438836DBE526AA231ABDE2D0EEF74D42.
class Ranges final : public BreachRanges {
 public:
  enum class Behaviour : std::uint8_t { answer, fail, hang };
  explicit Ranges(std::string answer, Behaviour behaviour = Behaviour::answer)
      : answer_(std::move(answer)), behaviour_(behaviour) {}

  Task<Result<std::string>> range(std::string prefix) const override {
    asked.push_back(prefix);
    if (behaviour_ == Behaviour::fail) co_return fail(ashlar::errors::overloaded, "No.");
    if (behaviour_ == Behaviour::hang) {
      boost::asio::basic_waitable_timer<std::chrono::steady_clock, boost::asio::wait_traits<std::chrono::steady_clock>,
                                        LoopExecutor>
          never(co_await boost::asio::this_coro::executor, std::chrono::steady_clock::time_point::max());
      co_await never.async_wait(boost::asio::use_awaitable_t<LoopExecutor>{});
    }
    co_return answer_;
  }

  mutable std::vector<std::string> asked;

 private:
  std::string answer_;
  Behaviour behaviour_;
};

std::string check(const Ranges& ranges, PasswordPolicyOptions options = {},
                  std::string password = "correct horse battery staple") {
  boost::asio::io_context loop;
  const PasswordPolicy policy(options, &ranges);
  const auto out = async::run_to_end(loop, policy.check_with_breaches(std::move(password)));
  return out ? code_of(*out) : std::string(out.error().code().name);
}

TEST(PasswordPolicy, RefusesALeakedPassword) {
  const std::string digits = "AD6438836DBE526AA231ABDE2D0EEF74D42", other = "00038836DBE526AA231ABDE2D0EEF74D42A";
  struct Case {
    std::string range, code;
  };
  for (const Case& c : {Case{digits + ":3", "breached_password"}, Case{digits + ":1\r\n", "breached_password"},
                        Case{other + ":9\r\n" + digits + ":12\r\n" + other + ":1", "breached_password"},
                        Case{digits + ":99999999999999999999999", "breached_password"},
                        Case{ascii_lower(digits) + ":3", "breached_password"}, Case{digits + ":0\r\n", "fine"},
                        Case{"", "fine"}, Case{"\n\n", "fine"}, Case{other + ":3", "fine"}, Case{digits, "fine"},
                        Case{digits.substr(1) + ":3", "fine"}, Case{"<html>an error</html>", "fine"}}) {
    const Ranges ranges(c.range);
    EXPECT_EQ(check(ranges), c.code) << c.range;
    EXPECT_EQ(ranges.asked, std::vector<std::string>{"ABF7A"});  // and nothing else leaves the process
  }
}

TEST(PasswordPolicy, LooksUpNoPasswordThatIsRefusedAnyway) {
  const Ranges ranges("");
  EXPECT_EQ(check(ranges, {}, "password"), "common_password");
  EXPECT_TRUE(ranges.asked.empty());
}

TEST(PasswordPolicy, DecidesByItsOptionsWhenTheLookUpFails) {
  using enum PasswordPolicyOptions::OnBreachFailure;
  const Ranges failing("", Ranges::Behaviour::fail), hanging("", Ranges::Behaviour::hang);
  EXPECT_EQ(check(failing, {.on_breach_failure = accept}), "fine");
  EXPECT_EQ(check(failing, {.on_breach_failure = refuse}), "server.overloaded");
  EXPECT_EQ(check(hanging, {.breach_time_max = 1ms, .on_breach_failure = accept}), "fine");
  EXPECT_EQ(check(hanging, {.breach_time_max = 1ms, .on_breach_failure = refuse}), "server.deadline_exceeded");
}

}  // namespace
}  // namespace ashlar::auth
