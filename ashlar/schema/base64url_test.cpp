// SPDX-License-Identifier: Apache-2.0
#include "ashlar/schema/base64url.hpp"

#include "ashlar/schema/constraints.hpp"
#include "ashlar/schema/json.hpp"
#include "ashlar/schema/json_schema.hpp"

#include <gtest/gtest.h>

#include <string>

namespace ashlar {
namespace {

struct Blob {
  Base64url<1, 4> bytes;
};
ASHLAR_DESCRIBE(Blob, bytes)

std::string fault_of(const std::string& text) {
  const auto read = schema::read_json<Blob>(R"({"bytes": ")" + text + R"("})");
  return read ? "" : read.error().faults().at(0).code;
}

TEST(Base64url, RefusesOtherSpellingsAndLengths) {
  EXPECT_EQ(fault_of(""), "too_short");
  EXPECT_EQ(fault_of("AAECAwQ"), "too_long");
  EXPECT_EQ(fault_of("AA=="), "base64url");
  EXPECT_EQ(fault_of("AB"), "base64url") << "unused bits are zero";
  EXPECT_EQ(fault_of("A"), "too_short");
  EXPECT_EQ(fault_of("AAECA"), "base64url");
  EXPECT_EQ(fault_of("+/8"), "base64url");
  EXPECT_EQ(fault_of("AA E"), "base64url");
  EXPECT_EQ(fault_of("é"), "base64url");
}

TEST(Base64url, HoldsTheBytesAndIsWrittenAsItWasRead) {
  const std::string json = R"({"bytes":"AP8A-w"})";
  const auto read = schema::read_json<Blob>(json);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->bytes.bytes(), std::string("\x00\xff\x00\xfb", 4));
  EXPECT_EQ(schema::to_json(*read), json);
}

struct Foreign {
  static constexpr auto unknown_members = schema::UnknownMembers::ignored;
  std::string known;
};
ASHLAR_DESCRIBE(Foreign, known)

struct Ours {
  Foreign foreign;
};
ASHLAR_DESCRIBE(Ours, foreign)

TEST(UnknownMembers, AreIgnoredInsideTheStructThatSaysSoAlone) {
  EXPECT_TRUE(schema::read_json<Ours>(R"({"foreign": {"known": "a", "x": {"y": [1]}}})"));
  EXPECT_FALSE(schema::read_json<Ours>(R"({"foreign": {"known": "a"}, "x": 1})"));
  EXPECT_FALSE(schema::read_json<Ours>(R"({"foreign": {"known": "a", "known": "b"}})"));
  EXPECT_FALSE(schema::read_json<Ours>(R"({"foreign": {"x": "a"}})"));
}

TEST(UnknownMembers, TheSchemaSaysWhichStructTakesThem) {
  schema::JsonSchemas schemas("#/");
  std::string out;
  schemas.append(schema::type_of<Ours>(), schema::JsonSchemas::Use::input, out);
  EXPECT_FALSE(schemas.definitions().at("Foreign").contains("additionalProperties"));
  EXPECT_TRUE(schemas.definitions().at("Ours").contains(R"("additionalProperties":false)"));
}

}  // namespace
}  // namespace ashlar
