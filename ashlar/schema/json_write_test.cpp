// SPDX-License-Identifier: Apache-2.0
#include "ashlar/schema/constraints.hpp"
#include "ashlar/schema/json.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace ashlar::schema {

struct Lengthy {
  std::string a_name_that_is_longer_than_two_blocks_of_sixteen;
  std::optional<Password> password;
  Nullable<Password> other_password;
  std::string x;
};
ASHLAR_DESCRIBE(Lengthy, a_name_that_is_longer_than_two_blocks_of_sixteen, password, other_password, x)

struct Secrets {
  Password password;
  std::optional<Password> other;
};
ASHLAR_DESCRIBE(Secrets, password, other)

struct WithSecrets {
  Secrets secrets;
  std::optional<std::string> none;
};
ASHLAR_DESCRIBE(WithSecrets, secrets, none)

namespace {

// By the letter of RFC 8259 section 7, a character at a time.
std::string as_the_letter_says(std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : text) {
    const auto short_form = std::string_view("\"\\\b\f\n\r\t").find(c);
    if (short_form != std::string_view::npos) {
      out += {'\\', std::string_view("\"\\bfnrt")[short_form]};
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += {'\\', 'u', '0', '0', digits[static_cast<unsigned char>(c) >> 4], digits[c & 15]};
    } else {
      out += c;
    }
  }
  return out + "\"";
}

std::vector<std::size_t> lengths() {
  std::vector<std::size_t> out;
  for (std::size_t length = 1; length <= 40; ++length) out.push_back(length);
  for (const std::size_t length : {1015, 1016, 1017, 1018, 1019, 1022, 1023, 1024, 1025, 2040, 2048, 2050, 5000}) {
    out.push_back(length);
  }
  return out;
}

TEST(JsonWrite, EscapesEachCharacterAtEachPlaceOfEachLength) {
  for (const std::size_t length : lengths()) {
    const std::size_t step = length > 40 ? 7 : 1;
    for (std::size_t at = 0; at < length; at += step) {
      for (const char c : {'"', '\\', '\0', '\x1f', '\n', ' ', '!', '#', '[', ']', '\x7f'}) {
        std::string text(length, 'a');
        text[at] = c;
        ASSERT_EQ(to_json(text), as_the_letter_says(text)) << length << " characters, one of them at " << at;
      }
    }
  }
}

TEST(JsonWrite, EveryByteBesideEveryOther) {
  for (int first = 0; first < 256; ++first) {
    for (int second = 0; second < 256; ++second) {
      const std::string text = {'a', 'b', static_cast<char>(first), static_cast<char>(second), 'c', 'd', 'e', 'f', 'g'};
      ASSERT_EQ(to_json(text), as_the_letter_says(text)) << first << ", " << second;
    }
  }
}

TEST(JsonWrite, ALongListIsWhole) {
  const std::string piece = "0123456789\"\n";
  std::vector<std::string> list;
  std::string expected = "[";
  for (std::size_t i = 0; i < 3000; ++i) {
    list.push_back(piece + std::to_string(i));
    expected += (i == 0 ? "" : ",") + as_the_letter_says(list.back());
  }
  EXPECT_EQ(to_json(list), expected + "]");
}

TEST(JsonWrite, GoesBehindWhatIsThere) {
  std::string out(5000, 'x');
  write_json(std::vector<std::int64_t>{1, 2}, out);
  EXPECT_EQ(out, std::string(5000, 'x') + "[1,2]");
}

TEST(JsonWrite, LongNamesAreWhole) {
  Lengthy value;
  value.a_name_that_is_longer_than_two_blocks_of_sixteen = "1";
  value.x = "2";
  EXPECT_EQ(to_json(value), R"({"aNameThatIsLongerThanTwoBlocksOfSixteen":"1","x":"2"})");
}

TEST(JsonWrite, APasswordIsLeftOutWhereverItStands) {
  const auto password = Password::of("a long passphrase");
  Lengthy value;
  value.password = password;
  value.other_password = password;
  value.x = "2";
  EXPECT_EQ(to_json(value), R"({"aNameThatIsLongerThanTwoBlocksOfSixteen":"","x":"2"})");
  WithSecrets nested;
  nested.secrets = {.password = password, .other = password};
  EXPECT_EQ(to_json(nested), R"({"secrets":{}})");
}

}  // namespace
}  // namespace ashlar::schema
