// SPDX-License-Identifier: Apache-2.0
#include "ashlar/auth/revocations.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <thread>
#include <vector>

namespace ashlar::auth {
namespace {

using namespace std::chrono_literals;

class RevocationsTest : public ::testing::Test {
 protected:
  const Uuid session_ = Uuid::parse("0193508e-0000-7000-8000-0000000000ff").value();
  ManualClock clock_{Timestamp::from_milliseconds(1'763'713'800'000)};
  MemoryRevocations revocations_{clock_};
};

TEST_F(RevocationsTest, KnowsTokensAndSessions) {
  EXPECT_FALSE(revocations_.is_revoked("a", session_));
  revocations_.revoke_token("a", clock_.now() + 1min);
  EXPECT_TRUE(revocations_.is_revoked("a", session_));
  EXPECT_FALSE(revocations_.is_revoked("b", session_));
  EXPECT_FALSE(revocations_.is_revoked("", session_));
  revocations_.revoke_session(session_, clock_.now() + 1min);
  EXPECT_TRUE(revocations_.is_revoked("b", session_));
  EXPECT_FALSE(revocations_.is_revoked("b", Uuid{}));
}

TEST_F(RevocationsTest, AnnounceEachSessionOnce) {
  std::vector<Uuid> announced;
  revocations_.on_session_revoked([&](const Uuid& session) {
    EXPECT_TRUE(revocations_.is_revoked("a", session));
    announced.push_back(session);
  });
  revocations_.revoke_token("a", clock_.now() + 1min);
  revocations_.revoke_session(Uuid{}, clock_.now() + 1min);
  EXPECT_TRUE(announced.empty());
  revocations_.revoke_session(session_, clock_.now() + 1min);
  revocations_.revoke_session(session_, clock_.now() + 2min);
  EXPECT_EQ(announced, std::vector{session_});
}

TEST_F(RevocationsTest, TheNilSessionIsNotRevoked) {
  revocations_.revoke_session(Uuid{}, clock_.now() + 1min);
  EXPECT_FALSE(revocations_.is_revoked("b", Uuid{}));
}

TEST_F(RevocationsTest, LastUntilTheLatestEndTheyWereGiven) {
  revocations_.revoke_token("a", clock_.now() + 2min);
  revocations_.revoke_token("a", clock_.now() + 1min);
  clock_.advance(2min - 1ms);
  EXPECT_TRUE(revocations_.is_revoked("a", session_));
  clock_.advance(1ms);
  EXPECT_FALSE(revocations_.is_revoked("a", session_));
}

TEST_F(RevocationsTest, StayFew) {
  for (int i = 0; i < 10'000; ++i) {
    revocations_.revoke_token(std::to_string(i), clock_.now() + 100ms);
    clock_.advance(1ms);
    EXPECT_LE(revocations_.size(), 200U);
  }
  EXPECT_TRUE(revocations_.is_revoked("9999", session_));
}

TEST_F(RevocationsTest, MayBeMadeAndCheckedByManyThreads) {
  std::thread other([this] {
    for (int i = 0; i < 1000; ++i) revocations_.revoke_token(std::to_string(i), clock_.now() + 1min);
  });
  for (int i = 0; i < 1000; ++i) static_cast<void>(revocations_.is_revoked(std::to_string(i), session_));
  other.join();
  EXPECT_TRUE(revocations_.is_revoked("999", session_));
}

}  // namespace
}  // namespace ashlar::auth
