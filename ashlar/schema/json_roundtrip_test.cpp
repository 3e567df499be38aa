// SPDX-License-Identifier: Apache-2.0
#include "ashlar/schema/constraints.hpp"
#include "ashlar/schema/detail/json_flaw.hpp"
#include "ashlar/schema/json.hpp"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <bit>
#include <cmath>
#include <limits>
#include <random>
#include <string>
#include <thread>
#include <vector>

// What the writer writes, the reader reads, and it is the same: for values made at random from the descriptions.
namespace ashlar::schema {
namespace {

enum class Shade { light, dark, none };
ASHLAR_DESCRIBE_ENUM(Shade, light, dark, none)

struct Leaf {
  static constexpr std::string_view tag = "leaf";
  Text<0, 12> name;
  double weight = 0;
};
ASHLAR_DESCRIBE(Leaf, name, weight)
struct Stone {
  static constexpr std::string_view tag = "stone \"grey\"";
  Int<-5, 5> grade;
};
ASHLAR_DESCRIBE(Stone, grade)

struct Everything {
  bool flag = false;
  std::int8_t small = 0;
  std::int64_t wide = 0;
  std::uint64_t natural = 0;
  Int<-3, 7> bounded;
  Money amount;
  Email email;
  Uuid id;
  Timestamp moment;
  Shade shade = Shade::light;
  std::string text;
  std::optional<Text<1, 5>> maybe;
  Nullable<Text<1, 5>> nothing;
  std::optional<Nullable<double>> both;
  Defaulted<Int<1, 9>, 4> usual;
  std::vector<Text<0, 3>> words;
  Array<Leaf, 1, 3> leaves;
  OneOf<"kind", Leaf, Stone> found;
  Nullable<OneOf<"kind", Leaf, Stone>> lost;
};
ASHLAR_DESCRIBE(Everything, flag, small, wide, natural, bounded, amount, email, id, moment, shade, text, maybe, nothing,
                both, usual, words, leaves, found, lost)

class Maker {
 public:
  explicit Maker(std::uint64_t seed) : random_(seed) {}

  void make(const Type& type, void* value) {
    const Access& access = type.access;
    switch (type.kind) {
      case Kind::boolean:
        access.set_boolean(value, coin());
        return;
      case Kind::integer:
        return expect_set(access.set_integer(value, between(*type.bounds.min, *type.bounds.max)));
      case Kind::number:
        return expect_set(access.set_number(value, finite()));
      case Kind::string:
        return make_string(type, value);
      case Kind::object:
        for (const Member& member : type.members) make(member.type(), member.locate(value));
        return;
      case Kind::array:
        for (auto left = between(type.bounds.min.value_or(0), type.bounds.max.value_or(4)); left > 0; --left) {
          make(type.element(), access.append(value));
        }
        return;
      case Kind::optional:
      case Kind::nullable:
        return coin() ? make(type.element(), access.emplace(value)) : access.clear(value);
      case Kind::choice: {
        const Alternative& alternative = type.alternatives[random_() % type.alternatives.size()];
        return make(alternative.type(), alternative.emplace(value));
      }
    }
  }

 private:
  bool coin() { return random_() % 2 == 0; }
  std::int64_t between(std::int64_t min, std::int64_t max) {
    if (random_() % 8 == 0) return coin() ? min : max;
    return std::uniform_int_distribution<std::int64_t>(min, max)(random_);
  }
  double finite() {
    while (true) {
      const double number = std::bit_cast<double>(random_());
      if (std::isfinite(number)) return number;
    }
  }
  static void expect_set(const Check& broken) { EXPECT_FALSE(broken) << broken->message; }

  void make_string(const Type& type, void* value) {
    switch (type.format) {
      case Format::email:
        return expect_set(type.access.set_text(value, coin() ? "a@b.de" : "x.y+z@sub.example.com"));
      case Format::uuid: {
        std::array<std::uint8_t, 16> bytes{};
        for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random_());
        *static_cast<Uuid*>(value) = Uuid(bytes);
        return;
      }
      case Format::date_time:
        return expect_set(
            type.access.set_integer(value, between(Timestamp::milliseconds_min, Timestamp::milliseconds_max)));
      case Format::money:
        return expect_set(type.access.set_integer(value, between(*type.bounds.min, *type.bounds.max)));
      case Format::enumeration:
        return expect_set(type.access.set_text(value, type.enumerators[random_() % type.enumerators.size()]));
      default:
        break;
    }
    static constexpr std::array<std::string_view, 14> pieces{"a",  "Z",    "\"", "\\", "/",  "\n", "\t",
                                                             "\b", "\x01", "é",  "€",  "😀", " ",  "\x7f"};
    std::string text;
    for (auto left = between(type.bounds.min.value_or(0), type.bounds.max.value_or(40)); left > 0; --left) {
      text += pieces[random_() % pieces.size()];
    }
    expect_set(type.access.set_text(value, text));
  }

  std::mt19937_64 random_;
};

TEST(RoundTrip, WhatIsWrittenReadsBackTheSame) {
  Maker maker(20261121);
  for (int round = 0; round < 3'000; ++round) {
    Everything value{};
    maker.make(type_of<Everything>(), &value);
    const std::string json = to_json(value);
    ASSERT_FALSE(detail::find_json_flaw(json, 32)) << json;
    const auto read = read_json<Everything>(json);
    ASSERT_TRUE(read) << json << '\n' << (read.error().faults().empty() ? "" : read.error().faults()[0].path);
    ASSERT_EQ(to_json(*read), json);
    ASSERT_EQ(read->wide, value.wide);
    ASSERT_EQ(read->moment, value.moment);
    ASSERT_EQ(read->amount, value.amount);
    ASSERT_EQ(read->text, value.text);
    ASSERT_EQ(read->both, value.both);
    ASSERT_EQ(read->nothing, value.nothing);
  }
}

// A scalar that is JSON inside a string: reading it happens while the outer text is being read.
struct Quoted {
  std::vector<std::string> words;
};

// A scalar whose description was made from a string's, which it is not in memory.
struct Shouted {
  int number = 0;
  std::string word;
};

}  // namespace

template <>
struct Describe<Shouted> {
  static Type type() {
    Type out = type_of<std::string>();
    out.access.set_text = [](void* value, std::string_view text) -> Check {
      static_cast<Shouted*>(value)->word = text;
      return {};
    };
    out.access.view_text = nullptr;
    out.access.append_text = [](const void* value, std::string& text) {
      text.append(static_cast<const Shouted*>(value)->word).append("!");
    };
    return out;
  }
};

template <>
struct Describe<Quoted> {
  static Type type() {
    Type out{.kind = Kind::string};
    out.access.set_text = [](void* value, std::string_view text) -> Check {
      auto words = read_json<std::vector<std::string>>(text);
      if (!words) return Violation{"words", "must be JSON"};
      static_cast<Quoted*>(value)->words = std::move(*words);
      return {};
    };
    out.access.append_text = [](const void* value, std::string& text) {
      write_json(static_cast<const Quoted*>(value)->words, text);
    };
    return out;
  }
};

namespace {

TEST(RoundTrip, AScalarMayBeDescribedAsAnother) {
  EXPECT_EQ(type_of<Shouted>().storage, Storage::other);
  EXPECT_EQ(to_json(std::vector<Shouted>{Shouted{1, "quiet"}}), R"(["quiet!"])");
}

TEST(RoundTrip, AScalarMayReadJsonItself) {
  const std::string json = R"(["[\"a\",\"b\"]","[]","[\"c\"]"])";
  const auto read = read_json<std::vector<Quoted>>(json);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->at(0).words, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(read->at(2).words, std::vector<std::string>{"c"});
  EXPECT_EQ(to_json(*read), json);
  EXPECT_FALSE(read_json<std::vector<Quoted>>(R"(["[1","[]"])"));
}

// Members in any order, with white space anywhere, read the same.
TEST(RoundTrip, OrderAndSpaceDoNotMatter) {
  const auto a = read_json<Leaf>(R"({"name":"x","weight":1.25})");
  const auto b = read_json<Leaf>("\r\n{\t\"weight\" :\n1.25 , \"name\"\t: \"\\u0078\" } ");
  ASSERT_TRUE(a && b);
  EXPECT_EQ(to_json(*a), to_json(*b));
}

TEST(RoundTrip, ReadsFromTextThatIsNotPadded) {  // the sanitizers watch the byte after the end
  const std::string json = R"({"name":"x","weight":1.25})";
  for (int extra = 0; extra < 70; ++extra) {
    const std::string spaced = std::string(static_cast<std::size_t>(extra), ' ') + json;
    const std::vector<char> exact(spaced.begin(), spaced.end());
    ASSERT_TRUE(read_json<Leaf>(std::string_view(exact.data(), exact.size()))) << extra;
  }
}

TEST(RoundTrip, EachThreadReadsForItself) {
  std::atomic<int> wrong = 0;
  {
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < 4; ++thread) {
      threads.emplace_back([&wrong, thread] {
        for (int i = 0; i < 200; ++i) {
          const std::string json = R"({"name":")" + std::to_string(thread) + R"(","weight":)" + std::to_string(i) + "}";
          const auto read = read_json<Leaf>(json);
          if (!read || to_json(*read) != json) ++wrong;
        }
      });
    }
  }
  EXPECT_EQ(wrong, 0);
}

TEST(RoundTrip, LargeTextsAfterSmallOnes) {
  for (const std::size_t size : {10UL, 100'000UL, 10UL, 1'000'000UL, 70'000UL, 10UL}) {
    const std::vector<std::string> texts{std::string(size, 'x')};
    const auto read = read_json<std::vector<std::string>>(to_json(texts));
    ASSERT_TRUE(read);
    EXPECT_EQ(*read, texts);
  }
}

}  // namespace
}  // namespace ashlar::schema
