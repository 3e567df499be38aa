// SPDX-License-Identifier: Apache-2.0
#include "ashlar/grpc/detail/framing.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace ashlar::grpc::detail {
namespace {

using namespace std::chrono_literals;

std::string frame(std::uint8_t flags, std::string_view message) {
  std::string out;
  append_frame(flags, message, out);
  return out;
}

TEST(Framing, RefusesBodiesThatAreNotOneMessage) {
  struct Case {
    std::string body;
    std::string_view code;
  };
  const std::vector<Case> cases{{"", "grpc.wrong_cardinality"},
                                {frame(0, "a") + frame(0, "b"), "grpc.wrong_cardinality"},
                                {frame(0, "abc").substr(0, 7), "grpc.malformed_frame"},
                                {std::string(2, '\0'), "grpc.malformed_frame"},
                                {frame(2, "a"), "grpc.malformed_frame"},
                                {std::string("\x00\xff\xff\xff\xff", 5), "grpc.message_too_large"},
                                {frame(0, std::string(11, 'a')), "grpc.message_too_large"}};
  for (const Case& c : cases) {
    const auto read = only_frame(c.body, 10);
    ASSERT_FALSE(read) << c.code;
    EXPECT_EQ(read.error().code().name, c.code);
  }
  EXPECT_EQ(only_frame(frame(1, std::string(10, 'a')), 10)->message, "aaaaaaaaaa");
  EXPECT_EQ(only_frame(frame(0, ""), 10)->message, "");
}

TEST(Framing, TakesFramesAsTheyArrive) {
  const std::string two = frame(0, "one") + frame(0, "two");
  std::string_view part = std::string_view(two).substr(0, 10);
  EXPECT_EQ((*take_frame(part, 10))->message, "one");
  EXPECT_EQ(*take_frame(part, 10), std::nullopt);
  EXPECT_EQ(part.size(), 2U);
}

TEST(Framing, LimitsWhatGzipBecomes) {
  const std::string zeros(100'000, '\0');
  const std::string small = gzip(zeros);
  ASSERT_LT(small.size(), 1000U);
  EXPECT_EQ(gunzip(small, zeros.size()), zeros);
  EXPECT_EQ(gunzip(small, zeros.size() - 1).error().code().name, "grpc.message_too_large");
  EXPECT_EQ(gunzip(small.substr(0, small.size() - 1), zeros.size()).error().code().name, "grpc.malformed_frame");
  EXPECT_EQ(gunzip(small + "x", zeros.size()).error().code().name, "grpc.malformed_frame");
  EXPECT_EQ(gunzip("plain", 100).error().code().name, "grpc.malformed_frame");
  EXPECT_EQ(gunzip("", 100).error().code().name, "grpc.malformed_frame");
}

TEST(Framing, ReadsTimeouts) {
  for (const char* text : {"", "S", "1", "1s", "-1S", "123456789S", "1 S", "+1S"}) EXPECT_FALSE(parse_timeout(text));
  EXPECT_EQ(parse_timeout("2H"), 2h);
  EXPECT_EQ(parse_timeout("3M"), 3min);
  EXPECT_EQ(parse_timeout("10S"), 10s);
  EXPECT_EQ(parse_timeout("99999999m"), 99'999'999ms);
  EXPECT_EQ(parse_timeout("1u"), 1ms);
  EXPECT_EQ(parse_timeout("1000001n"), 2ms);
  EXPECT_EQ(parse_timeout("99999999H"), 99'999'999h);
  for (const char* text : {"", "-1", "12345678901", "1.5"}) EXPECT_FALSE(parse_timeout_ms(text));
  EXPECT_EQ(parse_timeout_ms("1500"), 1500ms);
}

TEST(Framing, ReadsSeveralBase64TextsInARow) {
  EXPECT_EQ(from_base64_texts("YQ==YmM=ZGVm"), "abcdef");
  EXPECT_EQ(from_base64_texts(""), "");
  for (const char* text : {"Y", "YQ=", "Y Q==", "====", "YQ==="})
    EXPECT_EQ(from_base64_texts(text), std::nullopt) << text;
}

TEST(Framing, FindsNamesInLists) {
  EXPECT_TRUE(lists("identity, gzip", "gzip"));
  EXPECT_TRUE(lists("GZIP;q=1", "gzip"));
  EXPECT_FALSE(lists("gzipped,br", "gzip"));
  EXPECT_FALSE(lists("", "gzip"));
}

}  // namespace
}  // namespace ashlar::grpc::detail
