// SPDX-License-Identifier: Apache-2.0
#include "ashlar/jobs/doorbell.hpp"

#include "tests/support/test_loop.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace ashlar::jobs {
namespace {

class JobDoorbell : public testing::Test, protected tests::TestLoop {};

// The first message throws.
class FaultyDoorbell final : public Doorbell {
 public:
  int sent = 0;

 protected:
  Task<> send() override {
    if (++sent == 1) throw std::runtime_error("lost");
    co_return;
  }
};

TEST_F(JobDoorbell, SendsAgainAfterAMessageThatThrew) {
  FaultyDoorbell bell;
  start(bell.ring());
  EXPECT_THROW(run(), std::runtime_error);
  start(bell.ring());
  run();
  EXPECT_EQ(bell.sent, 2);
}

}  // namespace
}  // namespace ashlar::jobs
