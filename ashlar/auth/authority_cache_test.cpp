// SPDX-License-Identifier: Apache-2.0
#include "ashlar/auth/authority_cache.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <thread>

namespace ashlar::auth {
namespace {

using namespace std::chrono_literals;

constexpr Clock::Steady now{1h};

Uuid id(std::uint32_t number) {
  return Uuid({1, 2, 3, 4, 5, 6, 0x70, 8, 0x80, 10, 11, 12, 13, static_cast<std::uint8_t>(number >> 16),
               static_cast<std::uint8_t>(number >> 8), static_cast<std::uint8_t>(number)});
}
std::shared_ptr<const Authority> authority(std::uint32_t number) {
  return std::make_shared<const Authority>(Authority{.account = id(number), .roles = {}, .own = {}, .grants = {}});
}
void load(AuthorityCache& cache, std::uint32_t number) { cache.keep(cache.begin_load(id(number)), authority(number)); }

TEST(AuthorityCache, DoesNotKeepWhatWasReadBeforeAnInvalidation) {
  AuthorityCache cache;
  const auto ticket = cache.begin_load(id(1));
  cache.invalidate(id(1));
  cache.keep(ticket, authority(1));
  EXPECT_EQ(cache.find(id(1), now), nullptr);

  const auto other = cache.begin_load(id(1));
  cache.invalidate_all();
  cache.keep(other, authority(1));
  EXPECT_EQ(cache.find(id(1), now), nullptr);
}

TEST(AuthorityCache, GivesNothingOfAnInvalidatedAccount) {
  AuthorityCache cache;
  for (std::uint32_t i = 0; i < 1'000; ++i) load(cache, i);
  for (std::uint32_t i = 0; i < 1'000; i += 2) cache.invalidate(id(i));
  for (std::uint32_t i = 0; i < 1'000; ++i) {
    const auto found = cache.find(id(i), now);
    ASSERT_EQ(found == nullptr, i % 2 == 0) << i;
    if (found) EXPECT_EQ(found->account, id(i));
  }
  cache.invalidate_all();
  EXPECT_EQ(cache.figures().accounts, 0U);
  EXPECT_EQ(cache.find(id(1), now), nullptr);
}

TEST(AuthorityCache, GivesNothingAfterItsLease) {
  AuthorityCache cache;
  load(cache, 1);
  EXPECT_NE(cache.find(id(1), now), nullptr) << "without a lease it is trusted";
  cache.trust_until(now);
  EXPECT_EQ(cache.find(id(1), now), nullptr);
  EXPECT_NE(cache.find(id(1), now - 1ms), nullptr);
}

TEST(AuthorityCache, IsBoundedAndKeepsWhatIsUsed) {
  AuthorityCache cache({.accounts_max = 640});
  load(cache, 0);
  for (std::uint32_t i = 1; i <= 20'000; ++i) {
    ASSERT_NE(cache.find(id(0), now), nullptr) << i;
    load(cache, i);
  }
  EXPECT_LE(cache.figures().accounts, 640U);
  EXPECT_GE(cache.figures().accounts, 500U);
}

TEST(AuthorityCache, SharesEqualRoles) {
  AuthorityCache cache;
  const auto everything = PermissionPattern::parse("*").value();
  const auto admin = cache.share({.name = "admin", .permissions = {everything}});
  EXPECT_EQ(cache.share({.name = "admin", .permissions = {everything}}), admin);
  const auto changed = cache.share({.name = "admin", .permissions = {}});
  EXPECT_NE(changed, admin);
  EXPECT_EQ(admin->permissions.size(), 1U) << "what is shared does not change";
}

// Each thread invalidates its account after a change and then must not see the state before it.
TEST(AuthorityCache, HoldsAcrossThreads) {
  AuthorityCache cache({.accounts_max = 256});
  std::atomic<int> stale = 0;
  std::vector<std::thread> threads;
  for (std::uint32_t t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (std::uint32_t i = 0; i < 5'000; ++i) {
        load(cache, i % 300);
        const auto mine = std::make_shared<const Authority>(
            Authority{.account = id(1'000 + t), .roles = {}, .own = {}, .grants = {}});
        cache.keep(cache.begin_load(mine->account), mine);
        if (i % 100 == 0) cache.invalidate_all();
        cache.invalidate(mine->account);
        if (cache.find(mine->account, now) != nullptr) ++stale;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(stale, 0);
}

}  // namespace
}  // namespace ashlar::auth
