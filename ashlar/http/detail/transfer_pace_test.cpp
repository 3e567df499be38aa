// SPDX-License-Identifier: Apache-2.0
#include "ashlar/http/detail/transfer_pace.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

namespace ashlar::http::detail {
namespace {

using std::chrono::milliseconds;

TEST(TransferPace, SaysHowLongTheNextWaitMayTake) {
  const PaceRule both{milliseconds{1'000}, 100, milliseconds{5'000}};
  struct Case {
    const char* what;
    PaceRule rule;
    std::int64_t waited_ms;
    std::uint64_t bytes;
    std::int64_t left_ms;
  };
  const std::vector<Case> cases{
      {"at first, the grace time", both, 0, 0, 1'000},
      {"bytes earn time", both, 0, 50, 1'500},
      {"waits take it", both, 1'200, 50, 300},
      {"nothing is left", both, 1'500, 50, 0},
      {"too slow", both, 1'501, 50, -1},
      {"the whole time, however fast", both, 4'000, 1'000'000, 1'000},
      {"more bytes than there are", both, 0, std::numeric_limits<std::uint64_t>::max(), 5'000},
      {"no rate", {milliseconds{1'000}, 0, milliseconds{5'000}}, 4'999, 0, 1},
      {"no whole time", {milliseconds{1'000}, 100, milliseconds{0}}, 100'000, 10'000, 1'000},
  };
  for (const Case& c : cases) {
    TransferPace pace;
    pace.add_wait(c.waited_ms / 2);
    pace.add_wait(c.waited_ms - c.waited_ms / 2);
    EXPECT_EQ(pace.time_left(c.bytes, c.rule).count(), c.left_ms) << c.what;
    pace.reset();
    EXPECT_GT(pace.time_left(0, c.rule).count(), 0) << c.what;
  }
}

}  // namespace
}  // namespace ashlar::http::detail
