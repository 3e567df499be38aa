// SPDX-License-Identifier: Apache-2.0
#include "ashlar/core/encoding.hpp"
#include "ashlar/core/timestamp.hpp"
#include "ashlar/core/uuid.hpp"

#include <gtest/gtest.h>

#include <span>

namespace ashlar {
namespace {

TEST(Timestamp, RefusesWhatIsNotRfc3339) {
  for (const std::string_view text :
       {"", "2026-11-21", "2026-11-21T08:30:00", "2026-02-30T08:30:00Z", "2026-11-21T24:00:00Z", "2026-11-21T08:60:00Z",
        "2026-11-21T08:30:00.Z", "2026-11-21T08:30:00.1234567890Z", "2026-11-21T08:30:00+2:00", "2026-11-21T08:30:00Zx",
        "0000-01-01T00:00:00Z", "2026-11-21T08:30:00+24:00", "2026_11-21T08:30:00Z", "0001-01-01T00:00:00+00:01"}) {
    EXPECT_FALSE(Timestamp::parse(text)) << text;
  }
}

TEST(Timestamp, ReadsOffsetsAndFractionsAndWritesUtc) {
  const auto written = [](std::string_view text) { return Timestamp::parse(text)->to_string(); };
  EXPECT_EQ(written("2026-11-21T08:30:00Z"), "2026-11-21T08:30:00.000Z");
  EXPECT_EQ(written("2026-11-21t08:30:00.5+02:00"), "2026-11-21T06:30:00.500Z");
  EXPECT_EQ(written("2026-12-31T23:59:60Z"), "2027-01-01T00:00:00.000Z");
  EXPECT_EQ(written("1969-12-31T23:59:59.999999999Z"), "1969-12-31T23:59:59.999Z");
  EXPECT_EQ(Timestamp::from_milliseconds(Timestamp::milliseconds_min).to_string(), "0001-01-01T00:00:00.000Z");
  EXPECT_EQ(Timestamp::from_milliseconds(Timestamp::milliseconds_max).to_string(), "9999-12-31T23:59:59.999Z");
}

TEST(Uuid, RefusesOtherText) {
  for (const std::string_view text :
       {"", "0193508e-0000-7000-8000-00000000000", "0193508e-0000-7000-8000-0000000000000",
        "0193508e00007000800000000000000000000", "g193508e-0000-7000-8000-000000000000",
        "0193508e-0000-7000-8000_000000000000", "{193508e-0000-7000-8000-00000000000}"}) {
    EXPECT_FALSE(Uuid::parse(text)) << text;
  }
}

TEST(Uuid, SortsByTheTimeOfItsMaking) {
  ManualClock clock(Timestamp::from_milliseconds(1'700'000'000'000));
  SeededRandom random(1);
  Uuid last = Uuid::make(clock, random);
  for (int i = 0; i < 100; ++i) {
    clock.advance(std::chrono::milliseconds(1));
    const Uuid next = Uuid::make(clock, random);
    EXPECT_LT(last, next);
    EXPECT_LT(last.to_string(), next.to_string());
    EXPECT_EQ(next.to_string()[14], '7');
    EXPECT_EQ(Uuid::parse(next.to_string()), next);
    last = next;
  }
}

TEST(Base64Url, RefusesWhatAnotherEncoderWouldMake) {
  for (const std::string_view text : {"A", "AA==", "+/+/", "AB", "AAB", "A A A", "AAAA\n"}) {
    EXPECT_FALSE(from_base64url(text)) << text;
  }
}

TEST(Base64Url, ReadsWhatItWrites) {
  std::string bytes;
  for (int i = 0; i < 300; ++i) {
    const auto text = to_base64url(std::as_bytes(std::span(bytes)));
    EXPECT_EQ(from_base64url(text), bytes);
    bytes += static_cast<char>(i * 7);
  }
}

TEST(Utf8, RefusesIllFormedSequences) {
  for (const std::string_view text :
       {"\x80", "\xc0\xaf", "\xc1\x81", "\xe0\x80\xaf", "\xed\xa0\x80", "\xf0\x80\x80\x80", "\xf4\x90\x80\x80",
        "\xf5\x80\x80\x80", "\xe2\x82", "a\xff"}) {
    EXPECT_FALSE(is_utf8(text));
  }
  EXPECT_TRUE(is_utf8("aé€😀"));
  EXPECT_EQ(utf8_length("aé€😀"), 4U);
}

}  // namespace
}  // namespace ashlar
