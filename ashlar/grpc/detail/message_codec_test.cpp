// SPDX-License-Identifier: Apache-2.0
#include "ashlar/grpc/detail/message_codec.hpp"

#include "ashlar/grpc/detail/test_operations.hpp"
#include "ashlar/grpc/detail/wire.hpp"
#include "ashlar/schema/json.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <string>
#include <vector>

namespace ashlar::grpc::detail {
namespace {

std::string varint_field(std::uint32_t number, std::uint64_t value) {
  std::string out;
  append_varint_field(number, value, out);
  return out;
}
std::string bytes_field(std::uint32_t number, std::string_view bytes) {
  std::string out;
  append_bytes(number, bytes, out);
  return out;
}

class MessageCodec : public testing::Test {
 protected:
  [[nodiscard]] std::uint32_t number(std::string_view field) const {
    return std::ranges::find(thing.fields, field, &Field::name)->number;
  }
  [[nodiscard]] std::string bytes(std::string_view field, std::string_view value) const {
    return bytes_field(number(field), value);
  }
  [[nodiscard]] std::string varint(std::string_view field, std::uint64_t value) const {
    return varint_field(number(field), value);
  }
  // What a Thing needs.
  [[nodiscard]] std::string least() const {
    return bytes("id", "01234567-89ab-7def-8123-456789abcdef") + bytes("name", "N") + bytes("colour", "green") +
           bytes("made_at", varint_field(1, 5)) + bytes("shape", bytes_field(1, varint_field(1, 4))) +
           bytes("data", "{}");
  }
  // The value as JSON; of an error its code, and the path and code of each fault.
  [[nodiscard]] std::string read(std::string_view message, const ReadLimits& limits = {}) const {
    Thing value;
    const auto read = read_message(message, thing, &value, limits);
    if (read) return schema::to_json(value);
    std::string out(read.error().code().name);
    for (const Fault& fault : read.error().faults()) out += " " + fault.path + " " + fault.code;
    return out;
  }

  test::Operations operations;
  const Message& thing = operations.message("Thing");
};

TEST_F(MessageCodec, RefusesWhatIsNoProtobuf) {
  const std::vector<std::string> cases{
      "\x08",                      // a tag without its value
      std::string("\x00\x01", 2),  // the number zero
      "\x0a\x05"
      "abc",                                           // fewer bytes than announced
      "\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f",  // a length past 64 bits
      std::string(11, '\xff'),                         // a varint that does not end
      "\x0c",                                          // the end of no group
      "\x0b\x14",                                      // the end of another group
      "\x0b",                                          // a group without an end
      std::string(100, '\x0b'),                        // groups nested too deeply
      "\x0f",                                          // a wire type that does not exist
      bytes("numbers", "\x80"),                        // a packed field that is cut off
      bytes("part", "\x08"),
      bytes("made_at", "\x08"),
      bytes("shape", "\x08"),
      bytes("age", "\x08"),
      bytes("name", "\xff"),          // no UTF-8
      bytes("name", "\xed\xa0\x80"),  // a surrogate
      bytes("words", "\xc0\x80"),
  };
  for (const std::string& message : cases) EXPECT_EQ(read(message), "request.malformed_protobuf") << message;
}

TEST_F(MessageCodec, RefusesMessagesThatAreTooDeep) {
  const auto nested = [&](int depth) {
    const Message& part = operations.message("Part");
    std::string inner = bytes_field(part.fields[0].number, "p");
    for (int i = 1; i < depth; ++i)
      inner = bytes_field(part.fields[0].number, "p") + bytes_field(part.fields[1].number, inner);
    return least() + bytes("part", inner);
  };
  EXPECT_EQ(read(nested(32)), "request.malformed_protobuf");
  EXPECT_TRUE(read(nested(31)).starts_with("{")) << read(nested(31));
}

TEST_F(MessageCodec, NamesEachFaultByItsPath) {
  EXPECT_EQ(read(""),
            "request.invalid /id required /name required /colour required /madeAt required /shape required "
            "/data required");
  const std::string good = least();
  struct Case {
    std::string message;
    std::string faults;
  };
  const std::vector<Case> cases{
      {good + bytes("id", "x"), "/id uuid"},
      {good + bytes("name", std::string(21, 'n')), "/name too_long"},
      {good + bytes("colour", "blue"), "/colour one_of"},
      {good + varint("limit", 0), "/limit too_small"},
      {good + bytes("words", "a") + bytes("words", "long word"), "/words/1 too_long"},
      {good + bytes("words", "a") + bytes("words", "b") + bytes("words", "c") + bytes("words", "d") +
           bytes("words", "e"),
       "/words too_many_items"},
      {good + bytes("made_at", varint_field(1, 253'402'300'800)), "/madeAt date_time"},
      {good + bytes("made_at", varint_field(2, 1'000'000'000)), "/madeAt date_time"},
      {good + bytes("part", ""), "/part/name required"},
      {good + bytes("data", "[]"), "/data type"},
      {good + bytes("data", "{"), "/data type"},
  };
  for (const Case& c : cases) EXPECT_EQ(read(c.message), "request.invalid " + c.faults);
  std::string infinite;
  append_tag(number("weight"), WireType::fixed64, infinite);
  append_fixed64(std::bit_cast<std::uint64_t>(std::numeric_limits<double>::infinity()), infinite);
  EXPECT_EQ(read(good + infinite), "request.invalid /weight type");
}

TEST_F(MessageCodec, TakesAbsentFieldsAsProto3Says) {
  EXPECT_EQ(read(least()),
            R"({"id":"01234567-89ab-7def-8123-456789abcdef","name":"N","count":0,"isNew":false,"weight":0,)"
            R"("colour":"green","madeAt":"1970-01-01T00:00:05.000Z","rank":null,"limit":20,"numbers":[],"words":[],)"
            R"("shape":{"type":"square","side":4},"data":{}})");
}

TEST_F(MessageCodec, ReadsRepeatedPackedAndMergedFields) {
  const std::string packed = bytes("numbers", std::string("\x01\x02", 2)) + varint("numbers", 3);
  EXPECT_NE(read(least() + packed).find(R"("numbers":[1,2,3])"), std::string::npos);
  EXPECT_NE(read(least() + varint("count", 1) + varint("count", static_cast<std::uint64_t>(-2))).find(R"("count":-2)"),
            std::string::npos);
  const Message& part = operations.message("Part");
  const std::string merged = bytes("part", bytes_field(part.fields[0].number, "first")) +
                             bytes("part", bytes_field(part.fields[1].number, bytes_field(part.fields[0].number, "x")));
  EXPECT_NE(read(least() + merged).find(R"("part":{"name":"first","parts":[{"name":"x","parts":[]}]})"),
            std::string::npos)
      << read(least() + merged);
  std::string circle;
  append_tag(1, WireType::fixed64, circle);
  append_fixed64(std::bit_cast<std::uint64_t>(1.5), circle);
  EXPECT_NE(read(least() + bytes("shape", bytes_field(2, circle))).find(R"({"type":"circle","radius":1.5})"),
            std::string::npos);
}

TEST_F(MessageCodec, SkipsUnknownFieldsAndOtherWireTypes) {
  std::string unknown = varint_field(5000, 7) + bytes_field(5001, "x");
  append_tag(5002, WireType::fixed32, unknown);
  unknown += "1234";
  append_tag(5003, WireType::fixed64, unknown);
  unknown += "12345678";
  append_tag(5004, WireType::group, unknown);
  append_tag(5005, WireType::group, unknown);
  unknown += varint_field(1, 1);
  append_tag(5005, WireType::group_end, unknown);
  append_tag(5004, WireType::group_end, unknown);
  EXPECT_EQ(read(least() + unknown + varint("name", 3) + bytes("count", "x")), read(least()));
}

TEST_F(MessageCodec, KnowsPresence) {
  EXPECT_NE(read(least() + bytes("note", "")).find(R"("note":"")"), std::string::npos);
  EXPECT_NE(read(least() + varint("rank", 0)).find(R"("rank":0)"), std::string::npos);
  EXPECT_NE(read(least() + bytes("age", "")).find(R"("age":null)"), std::string::npos);
  EXPECT_NE(read(least() + bytes("age", varint_field(1, 0))).find(R"("age":0)"), std::string::npos);
}

TEST_F(MessageCodec, ComesBackTheSame) {
  const std::string json =
      R"({"id":"01234567-89ab-7def-8123-456789abcdef","name":"N","count":-9223372036854775808,"isNew":true,)"
      R"("weight":-0.5,"colour":"red","madeAt":"0001-01-01T00:00:00.001Z","note":"\u00e4","rank":1,"age":null,"limit":7,)"
      R"("numbers":[0,-1,300],"words":["a","b"],"part":{"name":"p","parts":[{"name":"q","parts":[]}]},)"
      R"("shape":{"type":"circle","radius":2.5},"data":{"a":[1]}})";
  const auto value = schema::read_json<Thing>(json);
  ASSERT_TRUE(value) << value.error().faults().front().path << value.error().faults().front().message;
  std::string encoded;
  write_message(thing, &*value, encoded);
  EXPECT_EQ(read(encoded), schema::to_json(*value));
}

TEST_F(MessageCodec, WritesZeroOnlyWherePresenceCounts) {
  const auto value = schema::read_json<Greet>(R"({"name":"A"})");
  std::string out;
  write_message(operations.message("Greet"), &*value, out);
  EXPECT_EQ(out, bytes_field(1, "A"));
  Greeting greeting;
  std::string empty;
  write_message(operations.message("Greeting"), &greeting, empty);
  EXPECT_EQ(empty, "");
}

TEST_F(MessageCodec, WritesJsonAsProtobufDoes) {
  Thing value;
  ASSERT_TRUE(read_message(least() + varint("count", 5) + bytes("age", ""), thing, &value));
  std::string out;
  write_json(thing, &value, out);
  EXPECT_EQ(out,
            R"({"id":"01234567-89ab-7def-8123-456789abcdef","name":"N","count":"5","isNew":false,"weight":0,)"
            R"("colour":"green","madeAt":"1970-01-01T00:00:05.000Z","age":{},"limit":"20","numbers":[],"words":[],)"
            R"("shape":{"square":{"side":"4"}},"data":"{}"})");
}

}  // namespace
}  // namespace ashlar::grpc::detail
