// SPDX-License-Identifier: Apache-2.0
#include "ashlar/http/content_coding.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace ashlar::http {
namespace {

constexpr std::array offered{ContentCoding::zstd, ContentCoding::brotli, ContentCoding::gzip};

std::string chosen(const std::vector<std::string_view>& fields) {
  AcceptedCodings accepted;
  for (const auto field : fields) accepted.add(field);
  const auto best = accepted.best(offered);
  return best ? std::string(name_of(*best)) : "none";
}

TEST(AcceptedCodings, ChoosesWhatTheClientLikesBest) {
  struct Case {
    std::vector<std::string_view> fields;
    std::string coding;
  };
  const std::vector<Case> cases = {
      // Refusals.
      {{"identity;q=0"}, "none"},
      {{"*;q=0"}, "none"},
      {{"deflate, *;q=0"}, "none"},
      {{"identity;q=0, gzip;q=0, deflate"}, "none"},
      {{"identity;q=0.000"}, "none"},
      {{"gzip;q=0"}, "identity"},
      {{"gzip;q=0, *"}, "zstd"},
      {{"*;q=0, identity"}, "identity"},
      {{"*;q=0, gzip"}, "gzip"},
      {{"identity;q=0, gzip;q=0.001"}, "gzip"},
      // Nothing said, or nothing that we know.
      {{}, "identity"},
      {{""}, "identity"},
      {{" , ,"}, "identity"},
      {{"deflate, compress"}, "identity"},
      // Preferences.
      {{"gzip, deflate, br, zstd"}, "zstd"},
      {{"gzip, deflate, br"}, "br"},
      {{"gzip"}, "gzip"},
      {{"x-gzip"}, "gzip"},
      {{"GZIP"}, "gzip"},
      {{"*"}, "zstd"},
      {{"gzip;q=1.0, br;q=0.9, *;q=0.1"}, "gzip"},
      {{"gzip;q=0.5, *;q=0.7, zstd;q=0"}, "br"},
      {{"gzip;q=0.5, identity"}, "identity"},
      {{"gzip;q=0.5, identity;q=0.5"}, "gzip"},
      {{"gzip;q=0.001"}, "gzip"},
      {{"gzip \t;\t Q=0.8 , br;q=0.81"}, "br"},
      {{"gzip;q=0.5", "br;q=0.6"}, "br"},
      {{"gzip;q=0, gzip"}, "identity"},
      // What breaks the grammar counts for nothing.
      {{"gzip;q=2"}, "identity"},
      {{"gzip;q=1.001"}, "identity"},
      {{"gzip;q=-1"}, "identity"},
      {{"gzip;q=0.1234"}, "identity"},
      {{"gzip;q=.5"}, "identity"},
      {{"gzip;q=5"}, "identity"},
      {{"gzip;q="}, "identity"},
      {{"gzip;"}, "identity"},
      {{"gzip;q = 1"}, "identity"},
      {{"gzip;x=1"}, "identity"},
      {{"gzip br"}, "identity"},
      {{"gzip;q=x, br"}, "br"},
      {{";q=1"}, "identity"},
  };
  for (const auto& c : cases) EXPECT_EQ(chosen(c.fields), c.coding) << (c.fields.empty() ? "no field" : c.fields[0]);
}

TEST(AcceptedCodings, NothingOnOfferIsIdentityUnlessRefused) {
  AcceptedCodings any;
  any.add("gzip, br");
  EXPECT_EQ(any.best({}), ContentCoding::identity);
  AcceptedCodings strict;
  strict.add("gzip, identity;q=0");
  EXPECT_EQ(strict.best({}), std::nullopt);
  EXPECT_TRUE(strict.takes(ContentCoding::gzip));
  EXPECT_FALSE(strict.takes(ContentCoding::identity));
}

}  // namespace
}  // namespace ashlar::http
