// SPDX-License-Identifier: Apache-2.0
#include "ashlar/core/timestamp.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace ashlar {
namespace {

using std::chrono::milliseconds;

TEST(TimestampText, RefusesAnotherCharacterAtEachPlace) {
  const std::string good = "2026-11-21T08:30:00.125+02:15";
  ASSERT_TRUE(Timestamp::parse(good));
  for (std::size_t i = 0; i < good.size(); ++i) {
    for (const char other : {'/', ':', 'x', '-'}) {  // the neighbours of the digits in ASCII, and others
      std::string text = good;
      text[i] = other;
      if (text == good || (good[i] == '+' && other == '-')) continue;
      EXPECT_FALSE(Timestamp::parse(text)) << text;
    }
    EXPECT_FALSE(Timestamp::parse(good.substr(0, i))) << good.substr(0, i);
  }
}

TEST(TimestampText, RefusesEachFieldPastItsEnds) {
  for (const std::string_view text :
       {"2026-00-21T08:30:00Z", "2026-13-21T08:30:00Z", "2026-11-00T08:30:00Z", "2026-11-31T08:30:00Z",
        "2025-02-29T08:30:00Z", "2026-11-21T24:30:00Z", "2026-11-21T08:60:00Z", "2026-11-21T08:30:61Z",
        "2026-11-21T08:30:00+24:00", "2026-11-21T08:30:00+23:60", "2026-11-21T08:30:00+2:000",
        "2026-11-21T08:30:00+02:000", "2026-11-21T08:30:00.Z", "2026-11-21T08:30:00.1234567890Z",
        "9999-12-31T23:59:59.999-00:01", "0001-01-01T00:00:00+00:01"}) {
    EXPECT_FALSE(Timestamp::parse(text)) << text;
  }
}

TEST(TimestampText, ReadsEachFieldAtItsEnds) {
  const struct {
    std::string_view text;
    std::string_view utc;
  } cases[] = {
      {"0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000Z"},
      {"9999-12-31T23:59:59.999999999Z", "9999-12-31T23:59:59.999Z"},
      {"2026-01-31 00:00:00z", "2026-01-31T00:00:00.000Z"},
      {"2026-11-21T23:00:00Z", "2026-11-21T23:00:00.000Z"},
      {"2026-11-21T08:30:09.1Z", "2026-11-21T08:30:09.100Z"},
      {"2026-11-21T08:30:09.12Z", "2026-11-21T08:30:09.120Z"},
      {"2026-11-21T08:30:09.1239Z", "2026-11-21T08:30:09.123Z"},
      {"2026-11-21T08:30:09.000000009Z", "2026-11-21T08:30:09.000Z"},
      {"2026-11-21T08:30:59+23:59", "2026-11-20T08:31:59.000Z"},
      {"2026-11-21T08:30:59-23:59", "2026-11-22T08:29:59.000Z"},
      {"2026-11-21T08:30:59-00:00", "2026-11-21T08:30:59.000Z"},
      {"2026-09-10T19:18:17.065+01:30", "2026-09-10T17:48:17.065Z"},
  };
  for (const auto& [text, utc] : cases) {
    const auto read = Timestamp::parse(text);
    ASSERT_TRUE(read) << text;
    EXPECT_EQ(read->to_string(), utc) << text;
  }
}

TEST(TimestampText, WritesEveryDigit) {
  EXPECT_EQ(Timestamp::from_milliseconds(0).to_string(), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(Timestamp::from_milliseconds(-1).to_string(), "1969-12-31T23:59:59.999Z");
  EXPECT_EQ(Timestamp::from_milliseconds(1'234'567'898'765).to_string(), "2009-02-13T23:31:38.765Z");
  std::string text = "at ";
  Timestamp::from_milliseconds(0).append_to(text);
  EXPECT_EQ(text, "at 1970-01-01T00:00:00.000Z");
}

TEST(TimestampNumbers, SecondsAreRoundedDown) {
  const std::pair<int, int> cases[] = {{0, 0}, {999, 0}, {1000, 1}, {-1, -1}, {-1000, -1}, {-1001, -2}};
  for (const auto& [given, seconds] : cases) {
    EXPECT_EQ(Timestamp::from_milliseconds(given).seconds(), seconds) << given;
  }
}

TEST(TimestampNumbers, DurationsAreAddedAndTakenAway) {
  const auto at = Timestamp::from_milliseconds(1000);
  EXPECT_EQ((at + milliseconds(5)).milliseconds(), 1005);
  EXPECT_EQ((at - milliseconds(5)).milliseconds(), 995);
  EXPECT_EQ(at - Timestamp::from_milliseconds(400), milliseconds(600));
  EXPECT_LT(at, at + milliseconds(1));
  const std::chrono::system_clock::time_point between{std::chrono::microseconds(-1)};
  EXPECT_EQ(Timestamp::from(between).milliseconds(), -1);
}

}  // namespace
}  // namespace ashlar
