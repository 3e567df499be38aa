// SPDX-License-Identifier: Apache-2.0
#include "ashlar/schema/constraints.hpp"
#include "ashlar/schema/json.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace ashlar::schema {
namespace {

enum class Order { newest, oldest };
ASHLAR_DESCRIBE_ENUM(Order, newest, oldest)

// The code of what is wrong, or "".
template <class T>
std::string fault_of(std::string_view text) {
  T value{};
  const Check broken = read_text(text, type_of<T>(), &value);
  return broken ? std::string(broken->code) : "";
}

template <class T>
T read(std::string_view text) {
  T value{};
  const Check broken = read_text(text, type_of<T>(), &value);
  EXPECT_FALSE(broken) << text;
  return value;
}

TEST(ReadText, RefusesWhatIsNotQuiteAnInteger) {
  for (const std::string_view text :
       {"",   "12abc", "+1",  "01",   "-01",   " 1",    "1 ",  "1e3",  "1.0",  "1.",
        ".5", "-",     "--1", "0x10", "1_000", "1,000", "NaN", "null", "true", "\xd9\xa1"}) {
    EXPECT_EQ(fault_of<std::int64_t>(text), "type") << text;
  }
  EXPECT_EQ(fault_of<std::int64_t>(std::string_view("1\0", 2)), "type");
  EXPECT_EQ(fault_of<std::int64_t>("9223372036854775808"), "too_large");
  EXPECT_EQ(fault_of<std::int64_t>("-9223372036854775809"), "too_small");
  EXPECT_EQ((fault_of<Int<1, 100>>("0")), "too_small");
  EXPECT_EQ((fault_of<Int<1, 100>>("101")), "too_large");
  EXPECT_EQ(fault_of<std::uint8_t>("256"), "too_large");
}

TEST(ReadText, RefusesWhatIsNotQuiteANumber) {
  for (const std::string_view text :
       {"", "1e3", "inf", "nan", "-Infinity", "1.", ".5", "+1.5", "01.5", "1.5f", "0x1p3"}) {
    EXPECT_EQ(fault_of<double>(text), "type") << text;
  }
  EXPECT_EQ(fault_of<double>(std::string(400, '9')), "too_large");
  EXPECT_EQ(fault_of<double>("-" + std::string(400, '9')), "too_small");
}

TEST(ReadText, RefusesOtherScalars) {
  for (const std::string_view text : {"", "True", "1", "yes", "true "}) EXPECT_EQ(fault_of<bool>(text), "type") << text;
  for (const std::string_view text : {"", "Newest", "newest ", "0"}) EXPECT_EQ(fault_of<Order>(text), "one_of") << text;
  for (const std::string_view text : {"", "ten", "1.005", "+1", "01", "1.", "1e2", "10.50 "}) {
    EXPECT_EQ(fault_of<Money>(text), "money") << text;
  }
  EXPECT_EQ(fault_of<Uuid>("0193508e"), "uuid");
  EXPECT_EQ(fault_of<Timestamp>("yesterday"), "date_time");
  EXPECT_EQ((fault_of<Text<2, 3>>("a")), "too_short");
  EXPECT_EQ((fault_of<Text<2, 3>>("a\xff")), "text");
  EXPECT_EQ(fault_of<std::string>("a\xff"), "text");
  EXPECT_EQ((fault_of<std::optional<Int<1, 5>>>("")), "type");
}

TEST(ReadText, ReadsScalars) {
  EXPECT_EQ(read<std::int64_t>("-9223372036854775808"), std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(read<std::uint8_t>("255"), 255);
  EXPECT_EQ(read<double>("-0.5"), -0.5);
  EXPECT_EQ(read<double>("0." + std::string(400, '0') + "1"), 0.0);
  EXPECT_TRUE(read<bool>("true"));
  EXPECT_FALSE(read<bool>("false"));
  EXPECT_EQ(read<Order>("oldest"), Order::oldest);
  EXPECT_EQ(read<Money>("10").minor_units(), 1000);
  EXPECT_EQ(read<Money>("-10.5").minor_units(), -1050);
  EXPECT_EQ(read<Money>("10.55").minor_units(), 1055);
  EXPECT_EQ((read<Text<1, 3>>("äöü").view()), "äöü");
  EXPECT_EQ((read<std::optional<Int<1, 5>>>("3")->value()), 3);
  EXPECT_EQ((read<Nullable<Int<1, 5>>>("3")->value()), 3);
  EXPECT_EQ((read<Defaulted<Int<1, 5>, 2>>("3").value().value()), 3);
}

TEST(ReadText, AddsAnItemToAnArrayForEachText) {
  using Tags = Array<Text<1, 5>, 2, 3>;
  std::optional<Tags> tags;
  const Type& type = type_of<std::optional<Tags>>();
  EXPECT_FALSE(check_items(type, &tags));
  EXPECT_FALSE(read_text("a", type, &tags));
  EXPECT_EQ(check_items(type, &tags)->code, "too_few_items");
  EXPECT_EQ(read_text("123456", type, &tags)->code, "too_long");
  EXPECT_FALSE(read_text("b", type, &tags));
  EXPECT_FALSE(check_items(type, &tags));
  EXPECT_FALSE(read_text("c", type, &tags));
  EXPECT_EQ(read_text("d", type, &tags)->code, "too_many_items");
  ASSERT_EQ(tags->size(), 3);
  EXPECT_EQ(tags->at(1).view(), "b");

  std::vector<int> numbers;
  const ReadOptions options{.array_items_max = 1};
  EXPECT_FALSE(read_text("1", type_of<std::vector<int>>(), &numbers, options));
  EXPECT_EQ(read_text("2", type_of<std::vector<int>>(), &numbers, options)->code, "too_many_items");
}

}  // namespace
}  // namespace ashlar::schema
