// SPDX-License-Identifier: Apache-2.0
#include "ashlar/schema/constraints.hpp"
#include "ashlar/schema/json.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace ashlar::schema {
namespace {

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

struct Claims {
  static constexpr auto json_names = JsonNames::as_written;
  int auth_time = 0;
  int plain = 0;
};
ASHLAR_DESCRIBE(Claims, auth_time, plain)

// By the letter of RFC 8259 section 7, a character at a time.
std::string escaped(char c) {
  constexpr std::string_view digits = "0123456789abcdef";
  const auto code = static_cast<unsigned char>(c);
  switch (c) {
    case '"':
    case '\\':
      return std::string{'\\', c};
    case '\b':
      return "\\b";
    case '\f':
      return "\\f";
    case '\n':
      return "\\n";
    case '\r':
      return "\\r";
    case '\t':
      return "\\t";
    default:
      return code < 0x20 ? std::string("\\u00") + digits[code >> 4] + digits[code & 15] : std::string(1, c);
  }
}
std::string as_the_letter_says(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) out += escaped(c);
  return out + "\"";
}

constexpr auto special = std::string_view("\"\\\0\x1f\n !#[]\x7f", 11);

std::vector<std::size_t> lengths() {
  std::vector<std::size_t> out;
  for (std::size_t length = 1; length <= 40; ++length) out.push_back(length);
  for (const std::size_t length : {1015, 1016, 1017, 1018, 1019, 1022, 1023, 1024, 1025, 2040, 2048, 2050, 5000}) {
    out.push_back(length);
  }
  return out;
}

TEST(JsonWrite, SpellsMembersAsWrittenWhereTheStructSaysSo) {
  EXPECT_EQ(to_json(Claims{.auth_time = 1, .plain = 2}), R"({"auth_time":1,"plain":2})");
  EXPECT_EQ(read_json<Claims>(R"({"plain":2,"auth_time":1})")->auth_time, 1);
  EXPECT_FALSE(read_json<Claims>(R"({"plain":2,"authTime":1})"));
}

TEST(JsonWrite, EscapesEachCharacterAtEachPlaceOfEachLength) {
  for (const std::size_t length : lengths()) {
    const std::size_t step = length > 40 ? 101 : 1;
    for (std::size_t at = 0; at < length; at += step) {
      for (const char c : special) {
        std::string text(length, 'a');
        text[at] = c;
        ASSERT_EQ(to_json(text), as_the_letter_says(text)) << length << " characters, one of them at " << at;
      }
    }
  }
}

TEST(JsonWrite, EveryByteNextToEveryOther) {
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

TEST(JsonWrite, APasswordIsOmittedEverywhere) {
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
