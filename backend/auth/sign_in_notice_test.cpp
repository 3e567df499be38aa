// SPDX-License-Identifier: Apache-2.0
// The mail about a sign-in from somewhere new.
#include "tests/support/test_backend.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace ashlar::test {
namespace {

using testing::HasSubstr;
using testing::Not;

class SignInNotice : public testing::Test {
 protected:
  SignInNotice() {
    client_.use_peer_address("192.0.2.1");
    const auto reply = send("/api/auth/register", "Browser",
                            R"({"name": "ada", "email": "ada@example.com", "password": "a long password"})");
    EXPECT_EQ(reply.status, 201) << reply.body;
  }

  web::TestReply send(const std::string& path, const std::string& agent, const std::string& body) {
    return client_.send(
        {.method = http::Method::post, .target = path, .headers = {{"User-Agent", agent}}, .body = body});
  }
  // How many notices the sign-in brought.
  std::size_t notices_of(const std::string& address, const std::string& agent,
                         const std::string& password = "a long password") {
    const std::size_t before = notices().size();
    client_.use_peer_address(address);
    (void)send("/api/auth/login", agent, R"({"email": "ada@example.com", "password": ")" + password + R"("})");
    return notices().size() - before;
  }
  std::vector<mail::Message> notices() {
    auto out = backend_.mails_to("ada@example.com");
    std::erase_if(out,
                  [](const mail::Message& mail) { return mail.subject.view() != "A new sign-in to your account"; });
    return out;
  }

  TestBackend backend_;
  web::TestClient& client_ = backend_.new_client();
};

TEST_F(SignInNotice, ComesForAnotherAddressOrAgent) {
  EXPECT_EQ(notices().size(), 0U) << "registering is no news";
  EXPECT_EQ(notices_of("192.0.2.1", "Browser"), 0U);
  EXPECT_EQ(notices_of("192.0.2.1", "Other"), 1U);
  EXPECT_EQ(notices_of("192.0.2.1", "Other"), 0U) << "it has a session now";
  EXPECT_EQ(notices_of("192.0.2.2", "Browser"), 1U) << "an agent is easily guessed";
  EXPECT_EQ(notices_of("192.0.2.2", "Other"), 0U) << "both are known";
  EXPECT_EQ(notices_of("192.0.2.3", "Browser", "a wrong password"), 0U);
}

TEST_F(SignInNotice, TakesANetworkOfIPv6ForOneAddress) {
  EXPECT_EQ(notices_of("2001:db8:0:1::1", "Browser"), 1U);
  EXPECT_EQ(notices_of("2001:db8:0:1:ffff::2", "Browser"), 0U);
  EXPECT_EQ(notices_of("2001:db8:0:2::1", "Browser"), 1U);
  EXPECT_EQ(notices_of("::ffff:192.0.2.1", "Browser"), 0U);
  EXPECT_EQ(notices_of("::ffff:192.0.2.9", "Browser"), 1U);
}

TEST_F(SignInNotice, SaysWhenAndWhereAndNothingOfTheClients) {
  ASSERT_EQ(notices_of("192.0.2.7", "Visit evil.example"), 1U);
  const mail::Message notice = notices().front();
  EXPECT_THAT(notice.text.str(), HasSubstr("192.0.2.7"));
  EXPECT_THAT(notice.text.str(), HasSubstr("4 May 2026, 08:30 UTC"));
  EXPECT_THAT(notice.text.str(), Not(HasSubstr("evil.example")));
  EXPECT_THAT(notice.html.str(), Not(HasSubstr("evil.example")));
}

// Anybody can register the address of a stranger and sign in with ever other agents.
TEST_F(SignInNotice, ComesNoMoreThanTenTimesAnHour) {
  for (int i = 0; i < 10; ++i) EXPECT_EQ(notices_of("192.0.2.1", "Browser " + std::to_string(i)), 1U);
  EXPECT_EQ(notices_of("192.0.2.1", "Browser 10"), 0U);
  backend_.clock().advance(std::chrono::hours{1});
  EXPECT_EQ(notices_of("192.0.2.1", "Browser 11"), 1U);
}

TEST_F(SignInNotice, ComesWhenNoSessionIsLeftToCompareWith) {
  backend_.clock().advance(std::chrono::hours{7 * 24});
  EXPECT_EQ(notices_of("192.0.2.1", "Browser"), 1U);
}

}  // namespace
}  // namespace ashlar::test
