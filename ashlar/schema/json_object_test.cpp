// SPDX-License-Identifier: Apache-2.0
#include "ashlar/schema/json_object.hpp"

#include "ashlar/schema/constraints.hpp"
#include "ashlar/schema/json_schema.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

namespace ashlar {
namespace {

struct Parcel {
  std::string label;
  JsonObject content;
};
ASHLAR_DESCRIBE(Parcel, label, content)

struct Book {
  std::string title;
  std::int64_t pages = 0;
};
ASHLAR_DESCRIBE(Book, title, pages)

TEST(JsonObject, RefusesWhatIsNoObject) {
  for (const char* content : {"null", "1", "\"{}\"", "[]", "true"}) {
    const auto read = schema::read_json<Parcel>(R"({"label":"a","content":)" + std::string(content) + "}");
    ASSERT_FALSE(read) << content;
    EXPECT_EQ(read.error().faults().at(0).path, "/content") << content;
  }
  EXPECT_FALSE(schema::read_json<Parcel>(R"({"label":"a"})"));
  EXPECT_FALSE(schema::read_json<Parcel>(R"({"label":"a","content":{"b":}})"));
}

TEST(JsonObject, IsWrittenAsItIs) {
  const Parcel parcel{.label = "a", .content = JsonObject::of(Book{.title = "\"Emma\"", .pages = 3})};
  const std::string json = schema::to_json(parcel);
  EXPECT_EQ(json, R"({"label":"a","content":{"title":"\"Emma\"","pages":3}})");
  const auto read = schema::read_json<Parcel>(json);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->content, parcel.content);
  EXPECT_EQ(schema::to_json(Parcel{}), R"({"label":"","content":{}})");
}

TEST(JsonObject, KeepsItsTextWithoutWhiteSpace) {
  const auto read = schema::read_json<Parcel>(R"({"label":"a","content": { "b" : [1, 2.5, null], "c d": "e f" } })");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->content.text(), R"({"b":[1,2.5,null],"c d":"e f"})");
}

TEST(JsonObject, GivesTheTextOfAMember) {
  const auto object =
      JsonObject::trusted(R"({"a":1,"b":{"a":2,"c":"}"},"d":[1,{"e":"\\\""}],"f\"g":true,"h":"x\\","i":null})");
  EXPECT_EQ(object.member("a"), "1");
  EXPECT_EQ(object.member("b"), R"({"a":2,"c":"}"})");
  EXPECT_EQ(object.member("c"), std::nullopt) << "a member of a member";
  EXPECT_EQ(object.member("d"), R"([1,{"e":"\\\""}])");
  EXPECT_EQ(object.member("h"), R"("x\\")");
  EXPECT_EQ(object.member("i"), "null");
  EXPECT_EQ(object.member(""), std::nullopt);
  EXPECT_EQ(JsonObject{}.member("a"), std::nullopt);
  const auto spaced = JsonObject::trusted(" { \"a\" : 1 , \"b\" :\n[ 2 ] } ");
  EXPECT_EQ(spaced.member("a"), "1");
  EXPECT_EQ(spaced.member("b"), "[ 2 ]");
}

TEST(JsonObject, IsReadAsAStructThatKnowsFewerMembers) {
  const auto book = JsonObject::trusted(R"({"title":"Emma","pages":3,"isbn":"1"})").as<Book>();
  ASSERT_TRUE(book);
  EXPECT_EQ(book->pages, 3);
  EXPECT_FALSE(JsonObject{}.as<Book>());
}

TEST(JsonObject, IsAnyObjectInASchema) {
  schema::JsonSchemas schemas("#/");
  std::string out;
  schemas.append(schema::type_of<JsonObject>(), schema::JsonSchemas::Use::output, out);
  EXPECT_EQ(out, R"({"type":"object"})");
}

}  // namespace
}  // namespace ashlar
