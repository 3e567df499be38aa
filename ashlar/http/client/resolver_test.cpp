// SPDX-License-Identifier: Apache-2.0
#include "ashlar/http/client/resolver.hpp"

#include "ashlar/async/task_scope.hpp"
#include "ashlar/http/client/client_errors.hpp"
#include "tests/support/test_loop.hpp"

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace ashlar::http {
namespace {

class SystemResolverTest : public ::testing::Test, protected tests::TestLoop {};

TEST_F(SystemResolverTest, RefusesWhatHasNoAddress) {
  SystemResolver resolver;
  const auto found = await(resolver.resolve("name..with.an.empty.label"));
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code().name, "http_client.unresolved");
}

TEST_F(SystemResolverTest, RefusesOneLookupTooMany) {
  SystemResolver resolver({.threads = 1, .lookups_max = 0});
  const auto found = await(resolver.resolve("localhost"));
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code().name, "http_client.overloaded");
}

TEST_F(SystemResolverTest, FindsTheAddressesOfAHost) {
  SystemResolver resolver;
  const auto found = await(resolver.resolve("localhost"));
  ASSERT_TRUE(found);
  EXPECT_FALSE(found->empty());
  for (const IpAddress& address : *found)
    EXPECT_TRUE(address == *IpAddress::parse("127.0.0.1") || address == *IpAddress::parse("::1"));
}

Task<> keep_outcome(Resolver& resolver, int& resolved, int& aborted) {
  try {
    if (co_await resolver.resolve("localhost")) ++resolved;
  } catch (const boost::system::system_error& e) {
    if (e.code() == boost::asio::error::operation_aborted) ++aborted;
  }
}

// Cancelled before, while and after a thread has it: each lookup ends once, one way or the other.
TEST_F(SystemResolverTest, ACancelledCallerContinuesImmediately) {
  SystemResolver resolver({.threads = 2, .lookups_max = 256});
  int resolved = 0, aborted = 0;
  for (int round = 0; round < 20; ++round) {
    async::TaskScope scope(loop_);
    for (int i = 0; i < 10; ++i) scope.start(keep_outcome(resolver, resolved, aborted));
    for (int i = 0; i < round; ++i) loop_.poll_one();
    scope.cancel();
    async::run_to_end(loop_, scope.join());
  }
  EXPECT_EQ(resolved + aborted, 200);
  EXPECT_GT(aborted, 0);
}

}  // namespace
}  // namespace ashlar::http
