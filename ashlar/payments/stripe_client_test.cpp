// SPDX-License-Identifier: Apache-2.0
// Stripe's own client for Node.js accepts the simulator that the other tests of payments run against.
#include "ashlar/core/clock.hpp"
#include "tests/support/process.hpp"
#include "tests/support/stripe_simulator.hpp"

#include <gtest/gtest.h>

#include <string>

namespace ashlar::payments {
namespace {

TEST(StripeClient, AgreesWithTheSimulator) {
  const SystemClock clock;
  const test::TemporaryFolder folder;
  test::StripeSimulator stripe(clock);
  const std::string authority = stripe.url().substr(std::string("http://").size());
  const std::size_t colon = authority.find(':');
  const auto check = [&](const std::string& events) {
    return test::run({.words = {"/usr/bin/env", "node", ASHLAR_STRIPE_CLIENT, authority.substr(0, colon),
                                authority.substr(colon + 1)},
                      .folder = folder.path(),
                      .standard_input = events});
  };
  const auto first = check("");
  ASSERT_EQ(first.out, "agreed\n") << first.err;

  std::string events;
  for (const std::string& event : stripe.take_events()) events += stripe.signature(event) + "\t" + event + "\n";
  ASSERT_NE(events, "");
  stripe.forget_keys();
  // Stripe's client repeats what may have failed on the way, with the key that it makes.
  stripe.set_faults([](const test::StripeRequest& request) {
    switch (request.number % 16) {
      case 1:
        return test::StripeFault::lost_answer;
      case 6:
        return test::StripeFault::busy_409;
      default:
        return test::StripeFault::none;
    }
  });
  const auto second = check(events);
  EXPECT_EQ(second.out, "agreed\n") << second.err;
}

}  // namespace
}  // namespace ashlar::payments
