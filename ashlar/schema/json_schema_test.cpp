// SPDX-License-Identifier: Apache-2.0
#include "ashlar/schema/json_schema.hpp"

#include "ashlar/schema/constraints.hpp"
#include "ashlar/schema/json.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ashlar::schema {
namespace {

using ::testing::ElementsAre;
using ::testing::Key;
using ::testing::UnorderedElementsAre;
using Use = JsonSchemas::Use;

enum class Grade { plain, fine };
ASHLAR_DESCRIBE_ENUM(Grade, plain, fine)

struct Maker {
  static constexpr std::string_view description = "Who \"makes\" it.";
  Text<0, 40> name;
  std::vector<Maker> partners;
};
ASHLAR_DESCRIBE(Maker, name, partners)

struct Ware {
  Uuid id;
  Text<1, 120> name;
  MoneyBetween<0, 99'999> price;
  std::optional<Int<0, 150>> stock;
  Nullable<Text<1, 9>> colour;
  Nullable<Grade> grade;
  std::optional<Nullable<Maker>> maker;
  Defaulted<Grade, Grade::plain> wanted;
  Defaulted<Int<1, 100>, 20> limit;
  Array<std::string, 1, 3> tags;
  Timestamp made_at;
  Url page;
  double weight = 0;
  std::int64_t serial = 0;
};
ASHLAR_DESCRIBE(Ware, id, name, price, stock, colour, grade, maker, wanted, limit, tags, made_at, page, weight, serial)

struct Entry {
  Email email;
  Password password;
  bool keep = false;
};
ASHLAR_DESCRIBE(Entry, email, password, keep)

struct Card {
  static constexpr std::string_view tag = "card";
  Text<4, 4> digits;
};
ASHLAR_DESCRIBE(Card, digits)
struct Cash {
  static constexpr std::string_view tag = "cash";
};
ASHLAR_DESCRIBE(Cash)
struct Bill {
  OneOf<"type", Cash, Card> payment;
  Nullable<OneOf<"kind", Card>> refund;
};
ASHLAR_DESCRIBE(Bill, payment, refund)

struct Span {
  Int<1, 31> first;
  Int<1, 31> last;
  void refine(Refinement& out) const {
    if (last <= first) out.fault("last", "not_after", "must be after first");
  }
  static Span example() { return {.first = Int<1, 31>::of(3), .last = Int<1, 31>::of(9)}; }
};
ASHLAR_DESCRIBE(Span, first, last)

struct Entered {  // holds an example that holds a password
  Password password;
  static Entered example() { return {.password = Password::of("not to be seen")}; }
};
ASHLAR_DESCRIBE(Entered, password)

namespace other {
struct Card {
  int pages = 0;
};
ASHLAR_DESCRIBE(Card, pages)
}  // namespace other

template <class T>
std::string schema_of(JsonSchemas& schemas, Use use) {
  std::string out;
  schemas.append(type_of<T>(), use, out);
  return out;
}
template <class T>
std::string schema_of(Use use = Use::input) {
  JsonSchemas schemas("#/");
  return schema_of<T>(schemas, use);
}

TEST(JsonSchema, SaysTheConstraintsOfScalars) {
  EXPECT_EQ(schema_of<bool>(), R"({"type":"boolean"})");
  EXPECT_EQ((schema_of<Int<0, 150>>()), R"({"type":"integer","minimum":0,"maximum":150})");
  EXPECT_EQ(schema_of<std::int64_t>(), R"({"type":"integer","format":"int64"})");
  EXPECT_EQ(schema_of<std::uint64_t>(), R"({"type":"integer","format":"int64","minimum":0})");
  EXPECT_EQ(schema_of<double>(), R"({"type":"number","format":"double"})");
  EXPECT_EQ(schema_of<std::string>(), R"({"type":"string"})");
  EXPECT_EQ((schema_of<Text<0, 9>>()), R"({"type":"string","maxLength":9})");
  EXPECT_EQ((schema_of<Text<1, 9>>()), R"({"type":"string","minLength":1,"maxLength":9})");
  EXPECT_EQ(schema_of<Email>(), R"({"type":"string","format":"email","minLength":3,"maxLength":254})");
  EXPECT_EQ(schema_of<Uuid>(), R"({"type":"string","format":"uuid"})");
  EXPECT_EQ(schema_of<Timestamp>(), R"({"type":"string","format":"date-time"})");
  EXPECT_EQ(
      (schema_of<MoneyBetween<0, 99'999>>()),
      R"({"type":["string","number"],"pattern":"^(0|[1-9][0-9]{0,12})\\.[0-9]{2}$","minimum":0.00,"maximum":999.99,"multipleOf":0.01})");
  EXPECT_EQ((schema_of<MoneyBetween<-1, 1>>(Use::output)),
            R"({"type":"string","pattern":"^-?(0|[1-9][0-9]{0,12})\\.[0-9]{2}$"})");
  EXPECT_EQ((schema_of<Defaulted<Int<1, 100>, 20>>()), R"({"type":"integer","minimum":1,"maximum":100,"default":20})");
  EXPECT_EQ((schema_of<Nullable<Int<1, 2>>>()), R"({"type":["integer","null"],"minimum":1,"maximum":2})");
  EXPECT_EQ((schema_of<Array<std::string, 1, 3>>()),
            R"({"type":"array","items":{"type":"string"},"minItems":1,"maxItems":3})");
}

TEST(JsonSchema, RefersToNamedTypes) {
  EXPECT_EQ(schema_of<Maker>(), R"({"$ref":"#/Maker"})");
  EXPECT_EQ(schema_of<Nullable<Maker>>(), R"({"anyOf":[{"$ref":"#/Maker"},{"type":"null"}]})");
  EXPECT_EQ((schema_of<Defaulted<Grade, Grade::fine>>()), R"({"$ref":"#/Grade","default":"fine"})");
}

TEST(JsonSchema, DefinesAStructForEachDirection) {
  JsonSchemas schemas("#/");
  EXPECT_EQ(schema_of<Maker>(schemas, Use::output), R"({"$ref":"#/Maker"})");
  EXPECT_EQ(schema_of<Maker>(schemas, Use::input), R"({"$ref":"#/MakerInput"})");
  EXPECT_EQ(schema_of<Maker>(schemas, Use::output), R"({"$ref":"#/Maker"})");
  EXPECT_EQ(
      schemas.definitions().at("Maker"),
      R"({"type":"object","description":"Who \"makes\" it.","properties":{"name":{"type":"string","maxLength":40},)"
      R"("partners":{"type":"array","items":{"$ref":"#/Maker"}}},"required":["name","partners"]})");
  EXPECT_EQ(
      schemas.definitions().at("MakerInput"),
      R"({"type":"object","description":"Who \"makes\" it.","properties":{"name":{"type":"string","maxLength":40},)"
      R"("partners":{"type":"array","items":{"$ref":"#/MakerInput"}}},"required":["name","partners"],)"
      R"("additionalProperties":false})");
}

TEST(JsonSchema, RequiresWhatMustBeThere) {
  JsonSchemas schemas("#/");
  schema_of<Ware>(schemas, Use::input);
  schema_of<Ware>(schemas, Use::output);
  EXPECT_THAT(schemas.definitions().at("Ware"),
              ::testing::HasSubstr(
                  R"("required":["id","name","price","colour","grade","tags","madeAt","page","weight","serial"])"));
  EXPECT_THAT(
      schemas.definitions().at("WareOutput"),
      ::testing::HasSubstr(
          R"("required":["id","name","price","colour","grade","wanted","limit","tags","madeAt","page","weight","serial"])"));
  EXPECT_THAT(schemas.definitions(),
              UnorderedElementsAre(Key("Ware"), Key("WareOutput"), Key("Grade"), Key("Maker"), Key("MakerOutput")));
}

TEST(JsonSchema, ShowsPasswordsGoingInAndNeverComingOut) {
  JsonSchemas schemas("#/");
  schema_of<Entry>(schemas, Use::input);
  schema_of<Entry>(schemas, Use::output);
  EXPECT_THAT(schemas.definitions().at("Entry"), ::testing::HasSubstr(R"("format":"password")"));
  EXPECT_THAT(schemas.definitions().at("EntryOutput"), ::testing::Not(::testing::HasSubstr("password")));
}

TEST(JsonSchema, DistinguishesTheAlternativesOfAUnionByTheirTag) {
  JsonSchemas schemas("#/");
  schema_of<Bill>(schemas, Use::input);
  EXPECT_EQ(
      schemas.definitions().at("Bill"),
      R"({"type":"object","properties":{"payment":{"oneOf":[{"$ref":"#/Cash"},{"$ref":"#/Card"}],"discriminator":)"
      R"({"propertyName":"type","mapping":{"cash":"#/Cash","card":"#/Card"}}},"refund":{"anyOf":[{"oneOf":)"
      R"([{"$ref":"#/Card2"}],"discriminator":{"propertyName":"kind","mapping":{"card":"#/Card2"}}},)"
      R"({"type":"null"}]}},"required":["payment","refund"],"additionalProperties":false})");
  EXPECT_EQ(schemas.definitions().at("Card"),
            R"({"type":"object","properties":{"type":{"type":"string","const":"card"},"digits":{"type":"string",)"
            R"("minLength":4,"maxLength":4}},"required":["type","digits"],"additionalProperties":false})");
}

TEST(JsonSchema, NumbersDifferentTypesOfOneName) {
  JsonSchemas schemas("#/");
  EXPECT_EQ(schema_of<Card>(schemas, Use::input), R"({"$ref":"#/Card"})");
  EXPECT_EQ(schema_of<other::Card>(schemas, Use::input), R"({"$ref":"#/Card2"})");
  EXPECT_EQ(schema_of<Card>(schemas, Use::input), R"({"$ref":"#/Card"})");
}

template <class T>
void expect_readable_example() {
  std::string json;
  append_example(type_of<T>(), json);
  const auto read = read_json<T>(json);
  EXPECT_TRUE(read) << json << " " << (read ? "" : read.error().message());
  if (!read) {
    for (const Fault& fault : read.error().faults()) ADD_FAILURE() << fault.path << " " << fault.code;
  }
}

TEST(Example, IsAcceptedByItsType) {
  expect_readable_example<bool>();
  expect_readable_example<double>();
  expect_readable_example<std::int64_t>();
  expect_readable_example<std::uint8_t>();
  expect_readable_example<Int<7, 9>>();
  expect_readable_example<Int<-9, -7>>();
  expect_readable_example<Text<0, 3>>();
  expect_readable_example<Text<30, 40>>();
  expect_readable_example<Email>();
  expect_readable_example<Url>();
  expect_readable_example<Password>();
  expect_readable_example<Uuid>();
  expect_readable_example<Timestamp>();
  expect_readable_example<Money>();
  expect_readable_example<MoneyBetween<5, 7>>();
  expect_readable_example<Grade>();
  expect_readable_example<Nullable<Email>>();
  expect_readable_example<Array<Text<1, 2>, 3, 4>>();
  expect_readable_example<Maker>();
  expect_readable_example<Ware>();
  expect_readable_example<Entry>();
  expect_readable_example<Entered>();
  expect_readable_example<Bill>();
  expect_readable_example<Span>();
}

TEST(Example, IsTheStructsOwnWhereItHasOne) {
  std::string json;
  append_example(type_of<std::vector<Span>>(), json);
  EXPECT_EQ(json, R"([{"first":3,"last":9}])");
}

TEST(Example, ShowsNoPassword) {
  std::string json;
  append_example(type_of<Entered>(), json);
  EXPECT_EQ(json, R"({"password":"a long passphrase"})");
}

}  // namespace
}  // namespace ashlar::schema
