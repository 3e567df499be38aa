// SPDX-License-Identifier: Apache-2.0
#include "ashlar/auth/api_key.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ashlar::auth {
namespace {

using ::testing::MatchesRegex;
using ::testing::StartsWith;

const ManualClock wall(Timestamp::from_milliseconds(1'763'713'800'000));

TEST(ApiKey, RefusesMalformedText) {
  SystemRandom random;
  const std::string key = new_api_key(wall, random).text;
  for (const std::string& text : std::vector<std::string>{
           "", "ash_", key.substr(0, 74), key + "0", " " + key, key + "\n", key + std::string(1, '\0'),
           "Ash_" + key.substr(4), "ash-" + key.substr(4), key.substr(4), "ash_" + std::string(71, '0'),
           "ash_" + std::string(71, 'z'), key.substr(0, 26) + "-" + key.substr(27), std::string(100'000, 'x')}) {
    EXPECT_FALSE(parse_api_key(text)) << text.substr(0, 80);
  }
  for (std::size_t i = 0; i < key.size(); ++i) {  // the checksum finds every changed character
    for (const char c : {'0', 'A', 'z'}) {
      std::string changed = key;
      changed[i] = c;
      EXPECT_EQ(parse_api_key(changed).has_value(), changed == key) << changed;
    }
    if (i > 0 && key[i] != key[i - 1]) {  // and every pair that was swapped
      std::string swapped = key;
      std::swap(swapped[i], swapped[i - 1]);
      EXPECT_FALSE(parse_api_key(swapped)) << swapped;
    }
  }
}

// Numbers that do not fit in the bytes are another spelling of nothing, even with a right checksum.
TEST(ApiKey, RefusesNumbersThatDoNotFit) {
  class Full final : public Random {
   public:
    void fill(std::span<std::byte> bytes) override { std::ranges::fill(bytes, std::byte{0xff}); }
  } full;
  const ApiKey greatest = new_api_key(wall, full);
  EXPECT_EQ(parse_api_key(greatest.text), greatest.id);
  for (const std::string_view text : {
           "ash_7n42DGM5Tflk9n8mt7Fhc8000000000000000000000000000000000000000000519nvZR",
           "ash_0000000000000000000001yhjskwdA6OZ1AL1YmHWZWm8LLG7HjnuCA2j5rOw8Xp23OADKC",
           "ash_zzzzzzzzzzzzzzzzzzzzzz00000000000000000000000000000000000000000001pT0Gy",
           "ash_0000000000000000000000zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz3ZApXN",
       }) {
    EXPECT_FALSE(parse_api_key(text)) << text;
  }
  EXPECT_EQ(greatest.text.substr(26, 43), "yhjskwdA6OZ1AL1YmHWZWm8LLG7HjnuCA2j5rOw8Xp1");
}

TEST(ApiKey, SaysWhichOneItIsAndHidesTheRest) {
  SystemRandom random;
  std::set<std::string> texts, hashes;
  for (int i = 0; i < 1000; ++i) {
    const ApiKey key = new_api_key(wall, random);
    EXPECT_THAT(key.text, MatchesRegex("ash_[0-9A-Za-z]{71}"));
    EXPECT_THAT(key.text, StartsWith(key.prefix));
    EXPECT_EQ(key.prefix.size(), 26U);
    EXPECT_THAT(key.hash, MatchesRegex("[0-9a-f]{64}"));
    EXPECT_EQ(parse_api_key(key.text), key.id);
    EXPECT_EQ(api_key_hash(key.text), key.hash);
    EXPECT_TRUE(api_key_matches(key.text, key.hash));
    texts.insert(key.text);
    hashes.insert(key.hash);
  }
  EXPECT_EQ(texts.size(), 1000U);
  EXPECT_EQ(hashes.size(), 1000U);
  const ApiKey a = new_api_key(wall, random), b = new_api_key(wall, random);
  EXPECT_FALSE(api_key_matches(a.text, b.hash));
  EXPECT_FALSE(api_key_matches(a.text, ""));
  EXPECT_FALSE(api_key_matches(a.text, a.hash.substr(1)));
}

// So that scanners of others can recognise a key: the format does not change.
TEST(ApiKey, KeepsItsFormat) {
  // Id, secret and checksum computed by hand in Python (int.from_bytes, zlib.crc32).
  EXPECT_EQ(parse_api_key("ash_000SYW7RiJxkEgOGusQGwp003aUlTJC7tjlCTQj2uNU3MFagCXG9LRKRcwGkBIDlf2z32Ko")->to_string(),
            "00010203-0405-0607-0809-0a0b0c0d0e0f");
  EXPECT_EQ(api_key_hash("ash_x"), "d21b8a30c83c45675b73bb38e2795c19563578af185a49944fbbfd59287e3724");
}

}  // namespace
}  // namespace ashlar::auth
