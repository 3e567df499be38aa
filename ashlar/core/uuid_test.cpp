// SPDX-License-Identifier: Apache-2.0
#include "ashlar/core/uuid.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <set>
#include <span>
#include <string>

namespace ashlar {
namespace {

constexpr std::string_view example = "017f22e2-79b0-7cc3-98c4-dc0c0c07398f";  // RFC 9562 appendix A.6

// Every byte is the same.
class ConstantRandom final : public Random {
 public:
  explicit ConstantRandom(std::byte byte) : byte_(byte) {}
  void fill(std::span<std::byte> bytes) override { std::ranges::fill(bytes, byte_); }

 private:
  std::byte byte_;
};

TEST(UuidText, RefusesAnotherCharacterAtEachPlace) {
  ASSERT_TRUE(Uuid::parse(example));
  for (std::size_t i = 0; i < example.size(); ++i) {
    for (const char other : {'/', ':', '@', 'G', '`', 'g', '-'}) {  // the neighbours of the digits in ASCII
      std::string text(example);
      if (text[i] == other) continue;
      text[i] = other;
      EXPECT_FALSE(Uuid::parse(text)) << text;
    }
  }
  EXPECT_FALSE(Uuid::parse(example.substr(0, 35)));
  EXPECT_FALSE(Uuid::parse(std::string(example) + "0"));
}

TEST(UuidText, IsReadInEitherCaseAndWrittenInLowerCase) {
  const auto read = Uuid::parse("00112233-4455-6677-8899-AABBCCDDEEFF");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->to_string(), "00112233-4455-6677-8899-aabbccddeeff");
  EXPECT_EQ(Uuid::parse("00112233-4455-6677-8899-aabbccddeeff"), read);
  for (std::size_t i = 0; i < 16; ++i) EXPECT_EQ(read->bytes()[i], 0x11 * i);
  std::string text = "id ";
  read->append_to(text);
  EXPECT_EQ(text, "id 00112233-4455-6677-8899-aabbccddeeff");
}

// RFC 9562 section 5.7.
TEST(UuidVersion7, HasItsTimeVersionAndVariant) {
  const ManualClock clock(Timestamp::from_milliseconds(0x017f22e279b0));
  ConstantRandom ones(std::byte{0xff}), zeros(std::byte{0});
  EXPECT_EQ(Uuid::make(clock, ones).to_string(), "017f22e2-79b0-7fff-bfff-ffffffffffff");
  EXPECT_EQ(Uuid::make(clock, zeros).to_string(), "017f22e2-79b0-7000-8000-000000000000");
}

TEST(UuidValue, IsNilUnlessItIsGiven) {
  EXPECT_TRUE(Uuid{}.is_nil());
  EXPECT_EQ(Uuid{}.to_string(), "00000000-0000-0000-0000-000000000000");
  EXPECT_FALSE(Uuid::parse(example)->is_nil());
}

TEST(UuidValue, HashesDifferWithEachByte) {
  std::set<std::size_t> hashes{std::hash<Uuid>{}(Uuid{})};
  for (std::size_t i = 0; i < 16; ++i) {
    std::array<std::uint8_t, 16> bytes{};
    bytes[i] = 1;
    hashes.insert(std::hash<Uuid>{}(Uuid{bytes}));
  }
  EXPECT_EQ(hashes.size(), 17U);
  // Equal halves do not cancel each other out.
  std::array<std::uint8_t, 16> twice{};
  twice[0] = twice[8] = 1;
  EXPECT_NE(std::hash<Uuid>{}(Uuid{twice}), std::hash<Uuid>{}(Uuid{}));
}

}  // namespace
}  // namespace ashlar
