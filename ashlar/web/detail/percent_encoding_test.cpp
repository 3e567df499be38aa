// SPDX-License-Identifier: Apache-2.0
#include "ashlar/web/detail/percent_encoding.hpp"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace ashlar::web {
namespace {

std::optional<std::string> decoded(std::string_view text, PlusSign plus) {
  std::string buffer;
  const auto out = percent_decode(text, plus, buffer);
  return out ? std::optional<std::string>(*out) : std::nullopt;
}

TEST(PercentEncoding, RefusesWhatIsNoText) {
  for (const std::string_view text : {"%", "%4", "a%", "%zz", "%4z", "%%41", "% 41", "%00", "a%00b", "%ff", "%c3",
                                      "%c3(", "%ed%a0%80", "%c0%af", "%f4%90%80%80", "\xff", "\xc3"}) {
    EXPECT_EQ(decoded(text, PlusSign::plus), std::nullopt) << text;
    EXPECT_EQ(decoded(text, PlusSign::space), std::nullopt) << text;
  }
}

TEST(PercentEncoding, DecodesOnce) {
  EXPECT_EQ(decoded("plain", PlusSign::plus), "plain");
  EXPECT_EQ(decoded("", PlusSign::plus), "");
  EXPECT_EQ(decoded("a%2Fb%2f", PlusSign::plus), "a/b/");
  EXPECT_EQ(decoded("%2541", PlusSign::plus), "%41");
  EXPECT_EQ(decoded("Ad%C3%A9la", PlusSign::plus), "Ad\u00e9la");
  EXPECT_EQ(decoded("a+b%2B", PlusSign::plus), "a+b+");
  EXPECT_EQ(decoded("a+b%2B", PlusSign::space), "a b+");
}

TEST(QueryPieces, CutsAtAmpersandsAndTheFirstEqualsSign) {
  std::vector<std::pair<std::string, std::string>> found;
  for (QueryPieces pieces("a=1&&b=x=y&c&=v&"); pieces.next();) found.emplace_back(pieces.name(), pieces.value());
  const std::vector<std::pair<std::string, std::string>> expected = {{"a", "1"}, {"b", "x=y"}, {"c", ""}, {"", "v"}};
  EXPECT_EQ(found, expected);
}

}  // namespace
}  // namespace ashlar::web
