// SPDX-License-Identifier: Apache-2.0
#include "ashlar/core/ascii.hpp"
#include "ashlar/core/encoding.hpp"
#include "ashlar/core/timestamp.hpp"
#include "ashlar/core/uuid.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <set>
#include <span>
#include <thread>
#include <vector>

namespace ashlar {
namespace {

TEST(Timestamp, RefusesWhatIsNotRfc3339) {
  for (const std::string_view text :
       {"", "2026-11-21", "2026-11-21T08:30:00", "2026-02-30T08:30:00Z", "2026-11-21T24:00:00Z", "2026-11-21T08:60:00Z",
        "2026-11-21T08:30:00.Z", "2026-11-21T08:30:00.1234567890Z", "2026-11-21T08:30:00+2:00", "2026-11-21T08:30:00Zx",
        "0000-01-01T00:00:00Z", "2026-11-21T08:30:00+24:00", "2026-11-21T08:30:00+00:60", "2026-12-31T23:59:60Z",
        "2026-11-21T08:30:60Z", "2026_11-21T08:30:00Z", "0001-01-01T00:00:00+00:01"}) {
    EXPECT_FALSE(Timestamp::parse(text)) << text;
  }
}

TEST(Timestamp, ReadsOffsetsAndFractionsAndWritesUtc) {
  const auto written = [](std::string_view text) { return Timestamp::parse(text)->to_string(); };
  EXPECT_EQ(written("2026-11-21T08:30:00Z"), "2026-11-21T08:30:00.000Z");
  EXPECT_EQ(written("2026-11-21t08:30:00.5+02:00"), "2026-11-21T06:30:00.500Z");
  EXPECT_EQ(written("2026-12-31T23:59:59Z"), "2026-12-31T23:59:59.000Z");
  EXPECT_EQ(written("2026-11-21T08:30:00-23:59"), "2026-11-22T08:29:00.000Z");
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

// Fills with one byte.
class ConstantRandom final : public Random {
 public:
  explicit ConstantRandom(std::uint8_t byte) : byte_(byte) {}
  void fill(std::span<std::byte> bytes) override { std::ranges::fill(bytes, std::byte{byte_}); }

 private:
  std::uint8_t byte_;
};

TEST(Uuid, HasTheVersionAndVariantOfRfc9562AndKeepsTheRest) {
  const ManualClock clock(Timestamp::from_milliseconds(0x0193508e7b2c));
  ConstantRandom zeros(0x00), ones(0xff);
  EXPECT_EQ(Uuid::make(clock, zeros).to_string(), "0193508e-7b2c-7000-8000-000000000000");
  EXPECT_EQ(Uuid::make(clock, ones).to_string(), "0193508e-7b2c-7fff-bfff-ffffffffffff");
}

TEST(Uuid, ReadsEitherCase) {
  EXPECT_EQ(Uuid::parse("ABCDEF09-0000-7000-8000-00000000FFff")->to_string(), "abcdef09-0000-7000-8000-00000000ffff");
}

// Small fills come from a reserve of 256 bytes.
TEST(SystemRandom, NeverHandsOutTheSameBytesTwice) {
  SystemRandom random;
  std::set<std::array<std::byte, 16>> seen;
  for (int i = 0; i < 200; ++i) {
    std::array<std::byte, 16> bytes{};
    random.fill(bytes);
    EXPECT_TRUE(seen.insert(bytes).second) << i;
  }
  std::thread([&] {
    for (int i = 0; i < 200; ++i) {
      std::array<std::byte, 16> bytes{};
      random.fill(bytes);
      EXPECT_TRUE(seen.insert(bytes).second) << "of another thread, " << i;
    }
  }).join();
}

TEST(SystemRandom, FillsEveryByteAndNoOther) {
  SystemRandom random;
  for (const std::size_t size : {0, 1, 7, 63, 64, 65, 255, 256, 257, 1000}) {
    std::vector<std::byte> bytes(size + 1), any(size + 1);
    for (int round = 0; round < 8; ++round) {  // a byte stays zero by chance in one of 2^64 cases
      random.fill(std::span(bytes).first(size));
      for (std::size_t i = 0; i <= size; ++i) any[i] |= bytes[i];
    }
    EXPECT_EQ(std::ranges::count(any, std::byte{0}), 1) << size;
    EXPECT_EQ(any.back(), std::byte{0}) << size;
  }
}

TEST(SystemRandom, TakesFillsOfOneByteFromTheWholeRange) {
  SystemRandom random;
  std::set<std::byte> seen;
  for (int i = 0; i < 8192; ++i) {  // one of 256 is missing by chance in one of 10^11 cases
    std::byte byte{};
    random.fill(std::span(&byte, 1));
    seen.insert(byte);
  }
  EXPECT_EQ(seen.size(), 256U);
}

TEST(Hex, ReadsTheDigitsOfEitherCaseAndNothingElse) {
  for (int c = 0; c < 256; ++c) {
    const auto at = std::string_view("0123456789abcdefABCDEF").find(static_cast<char>(c));
    const int expected = at == std::string_view::npos ? -1 : static_cast<int>(at < 16 ? at : at - 6);
    EXPECT_EQ(hex_value(static_cast<char>(c)), expected) << c;
    EXPECT_EQ(is_hex_digit(static_cast<char>(c)), expected >= 0) << c;
  }
  constexpr std::array bytes{std::byte{0x00}, std::byte{0x9a}, std::byte{0xff}};
  EXPECT_EQ(to_hex(bytes), "009aff");
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
