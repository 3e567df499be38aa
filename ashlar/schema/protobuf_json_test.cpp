// SPDX-License-Identifier: Apache-2.0
#include "ashlar/schema/protobuf_json.hpp"

#include "ashlar/schema/constraints.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>

namespace ashlar::schema {
namespace {

struct Numbers {
  std::int64_t exact = 0;
  std::optional<Int<1, 9>> small{};
};
ASHLAR_DESCRIBE(Numbers, exact, small)

std::string outcome(std::string_view json) {
  Numbers value;
  const auto read = read_protobuf_json(json, type_of<Numbers>(), &value);
  return read ? to_json(value) : read.error().faults().front().path + " " + read.error().faults().front().code;
}

TEST(ProtobufJson, RefusesTextsThatAreNoInteger) {
  for (const char* text : {R"("")", R"("1.5")", R"("x")", R"("1 ")", "true"})
    EXPECT_EQ(outcome(R"({"exact":)" + std::string(text) + "}"), "/exact type") << text;
  EXPECT_EQ(outcome(R"({"exact":1,"small":"10"})"), "/small too_large");
}

TEST(ProtobufJson, TakesIntegersAsTexts) {
  EXPECT_EQ(outcome(R"({"exact":"-9223372036854775808","small":"3"})"), R"({"exact":-9223372036854775808,"small":3})");
  EXPECT_EQ(outcome(R"({"exact":5})"), R"({"exact":5})");
  Numbers value;
  EXPECT_FALSE(read_json(R"({"exact":"5"})", type_of<Numbers>(), &value));
}

}  // namespace
}  // namespace ashlar::schema
