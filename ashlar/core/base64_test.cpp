// SPDX-License-Identifier: Apache-2.0
#include "ashlar/core/base64.hpp"

#include "ashlar/core/encoding.hpp"
#include "ashlar/core/hmac.hpp"

#include <gtest/gtest.h>

#include <string>

namespace ashlar {
namespace {

std::string encoded(std::string_view text) { return to_base64(std::as_bytes(std::span(text.data(), text.size()))); }

TEST(Base64, RefusesOtherTexts) {
  for (const char* text :
       {"Z", "Zg", "Zg=", "Zh==", "Zm9=", "Z===", "====", "Zm-v", "Zm_v", "Zm9v\n", " Zm9v", "Zm9v="})
    EXPECT_FALSE(from_base64(text)) << text;
}

TEST(Base64, IsThatOfRfc4648Section10) {
  const std::pair<const char*, const char*> rows[] = {{"", ""},
                                                      {"f", "Zg=="},
                                                      {"fo", "Zm8="},
                                                      {"foo", "Zm9v"},
                                                      {"foob", "Zm9vYg=="},
                                                      {"fooba", "Zm9vYmE="},
                                                      {"foobar", "Zm9vYmFy"},
                                                      {"\xfb\xff\xbf", "+/+/"}};
  for (const auto& [text, base64] : rows) {
    EXPECT_EQ(encoded(text), base64);
    EXPECT_EQ(from_base64(base64), text);
  }
}

// RFC 4231 section 4.3, test case 2.
TEST(HmacSha256, IsThatOfRfc4231) {
  EXPECT_EQ(to_hex(hmac_sha256("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST(EqualInConstantTime, ComparesTexts) {
  EXPECT_TRUE(equal_in_constant_time("", ""));
  EXPECT_TRUE(equal_in_constant_time("abc", "abc"));
  EXPECT_FALSE(equal_in_constant_time("abc", "abd"));
  EXPECT_FALSE(equal_in_constant_time("abc", "ab"));
}

}  // namespace
}  // namespace ashlar
