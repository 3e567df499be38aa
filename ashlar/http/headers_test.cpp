// SPDX-License-Identifier: Apache-2.0
#include "ashlar/http/headers.hpp"

#include <gtest/gtest.h>

#include <array>
#include <stdexcept>
#include <string>

namespace ashlar::http {
namespace {

using namespace std::string_view_literals;

TEST(Headers, RefuseWhatWouldSplitAResponse) {
  constexpr std::array bad_names{""sv, " "sv, "A B"sv, "A:"sv, "A\r\n"sv, "\xc3\xa4"sv, "A\0"sv};
  constexpr std::array bad_values{"a\r\nB: c"sv, "a\n"sv,  "a\r"sv,
                                  "a\0b"sv,      "\x01"sv, "long enough to be read by words\x7f"sv};
  ResponseHeaders headers;
  for (const auto name : bad_names) EXPECT_THROW(headers.add(name, "v"), std::invalid_argument) << name;
  for (const auto value : bad_values) {
    EXPECT_THROW(headers.add("X", value), std::invalid_argument) << value;
    EXPECT_THROW(headers.set("X", value), std::invalid_argument) << value;
    EXPECT_THROW(HeaderBlock(std::array{Field{"X", value}}), std::invalid_argument) << value;
  }
  EXPECT_EQ(headers.count(), 0U);
  EXPECT_EQ(headers.http1_bytes(), "");
}

TEST(Headers, RefuseWhatBelongsToTheConnection) {
  ResponseHeaders headers;
  for (const auto name : {"content-length"sv, "Transfer-Encoding"sv, "CONNECTION"sv, "Date"sv}) {
    EXPECT_THROW(headers.add(name, "1"), std::invalid_argument) << name;
  }
  headers.add("Content-Type", "a");
  EXPECT_EQ(headers.count(), 1U);
}

TEST(Headers, TakeEveryVisibleByteTabsAndBytesPastAscii) {
  ResponseHeaders headers;
  headers.add("X", "a\tb \xc3\xa4 \"quoted\" ~");
  headers.add("Empty", "");
  EXPECT_EQ(headers.http1_bytes(), "X: a\tb \xc3\xa4 \"quoted\" ~\r\nEmpty: \r\n");
}

TEST(Headers, AreFoundWithoutCase) {
  ResponseHeaders headers;
  headers.add("Vary", "a");
  headers.add("vary", "b");
  EXPECT_EQ(headers.find("VARY"), "a");
  EXPECT_EQ(headers.find("none"), std::nullopt);
  EXPECT_EQ(headers.at(1).name, "vary");
  EXPECT_EQ(headers.at(1).value, "b");
}

TEST(Headers, SetReplacesAllOfThatName) {
  ResponseHeaders headers;
  headers.add("A", "1");
  headers.add("B", "2");
  headers.add("a", "3");
  headers.add("C", "4");
  headers.set("A", "5");
  EXPECT_EQ(headers.http1_bytes(), "B: 2\r\nC: 4\r\nA: 5\r\n");
  EXPECT_EQ(headers.find("a"), "5");
  EXPECT_EQ(headers.find("c"), "4");
  headers.remove("b");
  EXPECT_EQ(headers.http1_bytes(), "C: 4\r\nA: 5\r\n");
  EXPECT_EQ(headers.at(1).value, "5");
}

TEST(Headers, ABlockIsAddedWhole) {
  const HeaderBlock block(std::array{Field{"X", "1"}, Field{"Y", "2"}});
  ResponseHeaders headers;
  headers.add("A", "0");
  headers.add(block);
  headers.add(block);
  EXPECT_EQ(headers.http1_bytes(), "A: 0\r\nX: 1\r\nY: 2\r\nX: 1\r\nY: 2\r\n");
  EXPECT_EQ(headers.at(4).value, "2");
  headers.set("X", "3");
  EXPECT_EQ(headers.http1_bytes(), "A: 0\r\nY: 2\r\nY: 2\r\nX: 3\r\n");
}

TEST(Headers, ClearKeepsTheMemory) {
  ResponseHeaders headers;
  headers.add("Name", std::string(100, 'v'));
  const char* before = headers.http1_bytes().data();
  headers.clear();
  EXPECT_EQ(headers.count(), 0U);
  headers.add("Name", std::string(100, 'w'));
  EXPECT_EQ(headers.http1_bytes().data(), before);
}

}  // namespace
}  // namespace ashlar::http
