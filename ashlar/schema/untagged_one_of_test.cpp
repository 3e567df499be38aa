// SPDX-License-Identifier: Apache-2.0
#include "ashlar/schema/untagged_one_of.hpp"

#include "ashlar/schema/constraints.hpp"
#include "ashlar/schema/json.hpp"
#include "ashlar/schema/json_schema.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

namespace ashlar::schema {
namespace {

struct Granted {
  std::string token;
  static Granted example() { return {.token = "example"}; }
};
ASHLAR_DESCRIBE(Granted, token)

struct Pending {
  bool pending = true;
  std::optional<std::string> because;
};
ASHLAR_DESCRIBE(Pending, pending, because)

using Outcome = UntaggedOneOf<Granted, Pending>;

struct Envelope {
  Outcome outcome;
  Nullable<Outcome> earlier;
};
ASHLAR_DESCRIBE(Envelope, outcome, earlier)

TEST(UntaggedOneOf, IsWrittenAsItsActiveAlternativeAlone) {
  EXPECT_EQ(to_json(Outcome(Granted{.token = "t"})), R"({"token":"t"})");
  EXPECT_EQ(to_json(Outcome(Pending{})), R"({"pending":true})");
  EXPECT_EQ(to_json(Envelope{.outcome = Pending{.because = "slow"}, .earlier = {}}),
            R"({"outcome":{"pending":true,"because":"slow"},"earlier":null})");
}

// The alternatives have the definitions that they have elsewhere.
TEST(UntaggedOneOf, IsOneOfWithoutADiscriminatorInTheSchema) {
  JsonSchemas schemas("#/");
  std::string out;
  schemas.append(type_of<Granted>(), JsonSchemas::Use::output, out);
  EXPECT_EQ(out, R"({"$ref":"#/Granted"})");
  out.clear();
  schemas.append(type_of<Outcome>(), JsonSchemas::Use::output, out);
  EXPECT_EQ(out, R"({"oneOf":[{"$ref":"#/Granted"},{"$ref":"#/Pending"}]})");
  out.clear();
  schemas.append(type_of<Nullable<Outcome>>(), JsonSchemas::Use::output, out);
  EXPECT_EQ(out, R"({"anyOf":[{"oneOf":[{"$ref":"#/Granted"},{"$ref":"#/Pending"}]},{"type":"null"}]})");
}

TEST(UntaggedOneOf, HasTheExampleOfItsFirstAlternative) {
  std::string json;
  append_example(type_of<Outcome>(), json);
  EXPECT_EQ(json, R"({"token":"example"})");
}

TEST(UntaggedOneOf, IsNeverRead) {
  EXPECT_THROW((void)read_json<Envelope>(R"({"outcome": {"token": "t"}, "earlier": null})"), std::logic_error);
}

}  // namespace
}  // namespace ashlar::schema
