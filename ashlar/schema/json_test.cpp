// SPDX-License-Identifier: Apache-2.0
#include "ashlar/schema/json.hpp"

#include "ashlar/schema/constraints.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace ashlar::schema {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

enum class Size { small, large };
ASHLAR_DESCRIBE_ENUM(Size, small, large)

struct Part {
  Text<1, 5> label;
  Int<1, 9> amount;
};
ASHLAR_DESCRIBE(Part, label, amount)

struct Article {
  Text<1, 10> display_name;
  Money price;
  std::optional<Int<0, 150>> age;
  Nullable<Email> contact;
  std::optional<Nullable<Text<0, 5>>> note;
  Defaulted<Int<1, 100>, 20> limit;
  Defaulted<Size, Size::large> size;
  std::optional<Array<Part, 1, 3>> parts;
};
ASHLAR_DESCRIBE(Article, display_name, price, age, contact, note, limit, size, parts)

struct Scalars {
  bool flag = false;
  std::int32_t count = 0;
  std::uint8_t octet = 0;
  double ratio = 0;
  std::string text;
  Uuid id;
  Timestamp at;
};
ASHLAR_DESCRIBE(Scalars, flag, count, octet, ratio, text, id, at)

struct Card {
  static constexpr std::string_view tag = "card";
  Text<4, 4> last_digits;
};
ASHLAR_DESCRIBE(Card, last_digits)
struct Transfer {
  static constexpr std::string_view tag = "transfer";
  Text<1, 34> iban;
};
ASHLAR_DESCRIBE(Transfer, iban)
using Payment = OneOf<"type", Card, Transfer>;
struct Order {
  Payment payment;
};
ASHLAR_DESCRIBE(Order, payment)

struct Stay {
  Int<1, 31> from_day;
  Int<1, 31> to_day;
  void refine(Refinement& out) const {
    if (to_day < from_day) out.fault("to_day", "before_start", "must not be before fromDay");
    if (to_day == from_day) out.fault("", "empty_stay", "must be a night at least");
  }
};
ASHLAR_DESCRIBE(Stay, from_day, to_day)
struct Trip {
  std::vector<Stay> stays;
};
ASHLAR_DESCRIBE(Trip, stays)

struct Tree {
  std::vector<Tree> children;
};
ASHLAR_DESCRIBE(Tree, children)

// "path code" of each fault; "malformed" when the text as a whole was refused; empty when it was read.
template <class T>
std::vector<std::string> faults_of(std::string_view json, const ReadOptions& options = {}) {
  const auto read = read_json<T>(json, options);
  if (read) return {};
  if (read.error().code() == errors::malformed_json) return {"malformed"};
  EXPECT_EQ(read.error().code(), errors::invalid_input);
  std::vector<std::string> out;
  for (const Fault& fault : read.error().faults()) out.push_back(fault.path + " " + fault.code);
  return out;
}

constexpr std::string_view smallest_article = R"({"displayName":"a","price":"1.00","contact":null})";

TEST(ReadJson, RefusesOneWrongMember) {
  struct Case {
    std::string_view json, fault;
  };
  for (const auto& [json, fault] : std::initializer_list<Case>{
           {R"([])", " type"},
           {R"(null)", " null"},
           {R"({"price":"1.00","contact":null})", "/displayName required"},
           {R"({"displayName":"","price":"1.00","contact":null})", "/displayName too_short"},
           {R"({"displayName":"12345678901","price":"1.00","contact":null})", "/displayName too_long"},
           {R"({"displayName":"a\u0000b","price":"1.00","contact":null})", "/displayName text"},
           {R"({"displayName":1,"price":"1.00","contact":null})", "/displayName type"},
           {R"({"displayName":null,"price":"1.00","contact":null})", "/displayName null"},
           {R"({"displayName":"a","price":"1.0","contact":null})", "/price money"},
           {R"({"displayName":"a","price":true,"contact":null})", "/price type"},
           {R"({"displayName":"a","price":1.005,"contact":null})", "/price money"},
           {R"({"displayName":"a","price":1e15,"contact":null})", "/price too_large"},
           {R"({"displayName":"a","price":1e400,"contact":null})", "/price too_large"},
           {R"({"displayName":"a","price":"1.00"})", "/contact required"},
           {R"({"displayName":"a","price":"1.00","contact":"x"})", "/contact email"},
           {R"({"displayName":"a","price":"1.00","contact":null,"age":null})", "/age null"},
           {R"({"displayName":"a","price":"1.00","contact":null,"age":-1})", "/age too_small"},
           {R"({"displayName":"a","price":"1.00","contact":null,"age":151})", "/age too_large"},
           {R"({"displayName":"a","price":"1.00","contact":null,"age":1.5})", "/age type"},
           {R"({"displayName":"a","price":"1.00","contact":null,"age":"1"})", "/age type"},
           {R"({"displayName":"a","price":"1.00","contact":null,"note":"123456"})", "/note too_long"},
           {R"({"displayName":"a","price":"1.00","contact":null,"limit":0})", "/limit too_small"},
           {R"({"displayName":"a","price":"1.00","contact":null,"limit":null})", "/limit null"},
           {R"({"displayName":"a","price":"1.00","contact":null,"size":"medium"})", "/size one_of"},
           {R"({"displayName":"a","price":"1.00","contact":null,"parts":[]})", "/parts too_few_items"},
           {R"({"displayName":"a","price":"1.00","contact":null,"parts":[1,2,3,4]})", "/parts too_many_items"},
           {R"({"displayName":"a","price":"1.00","contact":null,"parts":{}})", "/parts type"},
           {R"({"displayName":"a","price":"1.00","contact":null,"parts":[null]})", "/parts/0 null"},
           {R"({"displayName":"a","price":"1.00","contact":null,"parts":[{"label":"a","amount":0}]})",
            "/parts/0/amount too_small"},
           {R"({"displayName":"a","price":"1.00","contact":null,"display_name":"a"})", "/display_name unknown_member"},
           {R"({"displayName":"a","price":"1.00","contact":null,"a/b~c":1})", "/a~1b~0c unknown_member"},
           {R"({"displayName":"a","price":"1.00","contact":null,"price":"1.00"})", "/price duplicate_member"},
           {R"({"displayName":"a","price":"1.00","contact":null,"pric\u0065":"1.00"})", "/price duplicate_member"},
       }) {
    EXPECT_THAT(faults_of<Article>(json), ElementsAre(fault)) << json;
  }
  EXPECT_THAT(faults_of<Article>(smallest_article), IsEmpty());
}

TEST(ReadJson, ReportsEveryFaultOfABodyAtOnce) {
  EXPECT_THAT(faults_of<Article>(R"({"zzz":1,"parts":[{"label":"","amount":"2"},{"amount":10,"x":[]},7],"age":200,
                                     "contact":"nobody","limit":true,"age":3,"price":"free"})"),
              ElementsAre("/zzz unknown_member", "/parts/0/label too_short", "/parts/0/amount type",
                          "/parts/1/amount too_large", "/parts/1/x unknown_member", "/parts/1/label required",
                          "/parts/2 type", "/age too_large", "/contact email", "/limit type", "/age duplicate_member",
                          "/price money", "/displayName required"));
}

TEST(ReadJson, SaysWhatIsWrongInWords) {
  const auto read =
      read_json<Article>(R"({"displayName":"12345678901","price":"1","contact":"x","size":"m","age":151})");
  ASSERT_FALSE(read);
  std::vector<std::string> messages;
  for (const Fault& fault : read.error().faults()) messages.push_back(fault.message);
  EXPECT_THAT(messages,
              ElementsAre("must be at most 10 characters", "must be an amount with two decimals, such as \"12.50\"",
                          "must be an e-mail address", "must be one of small, large", "must be at most 150"));
}

TEST(ReadJson, StopsAtTheFaultLimit) {
  std::string json = "[";
  for (int i = 0; i < 500; ++i) json += "0,";
  json += "0]";
  EXPECT_EQ(faults_of<std::vector<Part>>(json).size(), 100);
  EXPECT_EQ(faults_of<std::vector<Part>>(json, {.faults_max = 1}).size(), 1);
  EXPECT_EQ(faults_of<std::vector<Part>>(json, {.faults_max = 0}).size(), 1);
  EXPECT_THAT(faults_of<Trip>(R"({"stays":[{"fromDay":5,"toDay":4},{"fromDay":5,"toDay":4}]})", {.faults_max = 1}),
              ElementsAre("/stays/0/toDay before_start"));
}

TEST(ReadJson, ReadsEveryKind) {
  const auto article = read_json<Article>(
      R"({"displayName":"Größe","price":12.5,"age":0,"contact":"a@b.de","note":null,"limit":7,"size":"small",
          "parts":[{"amount":2,"label":"x"}]})");
  ASSERT_TRUE(article) << article.error().faults().at(0).path;
  EXPECT_EQ(article->display_name.str(), "Größe");
  EXPECT_EQ(article->price.minor_units(), 1250);
  EXPECT_EQ(article->age->value(), 0);
  EXPECT_EQ((*article->contact).str(), "a@b.de");
  ASSERT_TRUE(article->note.has_value());
  EXPECT_FALSE(article->note->has_value());
  EXPECT_EQ(article->limit.value().value(), 7);
  EXPECT_EQ(article->size.value(), Size::small);
  EXPECT_EQ(article->parts->at(0).label.str(), "x");

  const auto scalars = read_json<Scalars>(
      R"({"flag":true,"count":-2147483648,"octet":255,"ratio":1e-3,"text":"","at":"2026-11-21T08:30:00+01:00",
          "id":"0193508E-0000-7000-8000-000000000001"})");
  ASSERT_TRUE(scalars);
  EXPECT_TRUE(scalars->flag);
  EXPECT_EQ(scalars->count, std::numeric_limits<std::int32_t>::min());
  EXPECT_EQ(scalars->octet, 255);
  EXPECT_EQ(scalars->ratio, 0.001);
  EXPECT_EQ(scalars->at.to_string(), "2026-11-21T07:30:00.000Z");
  EXPECT_EQ(scalars->id.to_string(), "0193508e-0000-7000-8000-000000000001");
}

TEST(ReadJson, LeavesWhatIsAbsentAndTakesDefaults) {
  const auto article = read_json<Article>(smallest_article);
  ASSERT_TRUE(article);
  EXPECT_FALSE(article->age);
  EXPECT_FALSE(article->contact);
  EXPECT_FALSE(article->note);
  EXPECT_EQ(article->limit.value().value(), 20);
  EXPECT_EQ(article->size.value(), Size::large);
}

TEST(ReadJson, KeepsIntegersInTheirType) {
  const auto with = [](std::string_view count, std::string_view octet) {
    return R"({"flag":true,"ratio":1,"text":"","at":"2026-11-21T08:30:00Z","id":"0193508e-0000-7000-8000-000000000001",)"
           R"("count":)" +
           std::string(count) + R"(,"octet":)" + std::string(octet) + "}";
  };
  EXPECT_THAT(faults_of<Scalars>(with("2147483648", "256")), ElementsAre("/count too_large", "/octet too_large"));
  EXPECT_THAT(faults_of<Scalars>(with("-2147483649", "-1")), ElementsAre("/count too_small", "/octet too_small"));
  EXPECT_THAT(faults_of<Scalars>(with("9223372036854775808", "0")), ElementsAre("/count too_large"));
  EXPECT_THAT(faults_of<Scalars>(with("123456789012345678901234567890", "0")), ElementsAre("/count too_large"));
  EXPECT_THAT(faults_of<Scalars>(with("-123456789012345678901234567890", "0")), ElementsAre("/count too_small"));
  EXPECT_THAT(faults_of<Scalars>(with("1e30", "1.5")), ElementsAre("/count too_large", "/octet type"));
  EXPECT_THAT(faults_of<Scalars>(with("-0", "0")), IsEmpty());
}

// As JSON Schema's "integer": a number without a fraction, in whatever form.
TEST(ReadJson, TakesIntegersInTheFormOfAFraction) {
  using Wide = std::vector<std::int64_t>;
  EXPECT_EQ(read_json<Wide>("[5.0,1e1,-0.0,50e-1,-3E+2,9007199254740991.0]"),
            (Wide{5, 10, 0, 5, -300, 9007199254740991}));
  EXPECT_THAT(faults_of<Wide>("[5.5,1e-1,-0.5]"), ElementsAre("/0 type", "/1 type", "/2 type"));
  EXPECT_THAT(faults_of<Wide>("[9007199254740993.0,1e17]"), ElementsAre("/0 type", "/1 type"))
      << "a double does not tell it from its neighbours";
  EXPECT_THAT(faults_of<std::vector<std::uint8_t>>("[256.0,-1.0]"), ElementsAre("/0 too_large", "/1 too_small"));
}

TEST(ReadJson, RefusesNumbersPastADouble) {
  using Numbers = std::vector<double>;
  EXPECT_THAT(faults_of<Numbers>("[1,1e400,-1e400,2]"), ElementsAre("/1 too_large", "/2 too_small"));
  EXPECT_THAT(faults_of<Numbers>("[1e-400,0.0,1.7976931348623157e308]"), IsEmpty());
  EXPECT_THAT(faults_of<Numbers>("[" + std::string(400, '9') + "]"), ElementsAre("/0 too_large"));
  EXPECT_THAT(faults_of<Numbers>("[0." + std::string(400, '0') + "1e5]"), IsEmpty());
  EXPECT_THAT(faults_of<Numbers>("[0." + std::string(400, '0') + "1e800]"), ElementsAre("/0 too_large"));
  EXPECT_EQ(read_json<Numbers>("[123456789012345678901234567890,-18446744073709551616,1e300]"),
            (Numbers{123456789012345678901234567890.0, -18446744073709551616.0, 1e300}));
  EXPECT_THAT(faults_of<Numbers>("[18446744073709551616,1.7976931348623157e308]"), IsEmpty());
  EXPECT_THAT(faults_of<Numbers>("[1e400"), ElementsAre("malformed"));
  EXPECT_THAT(faults_of<Numbers>("[1e400,01]"), ElementsAre("malformed"));
  EXPECT_THAT(faults_of<std::vector<std::string>>(R"(["1e400 \" 99999999999999999999999",1e400])"),
              ElementsAre("/1 type"));
}

TEST(ReadJson, ReadsTheAlternativeThatTheTagNames) {
  const auto order = read_json<Order>(R"({"payment":{"iban":"DE1","type":"transfer"}})");
  ASSERT_TRUE(order);
  EXPECT_EQ(std::get<Transfer>(order->payment).iban.str(), "DE1");
  EXPECT_EQ(to_json(*order), R"({"payment":{"type":"transfer","iban":"DE1"}})");

  EXPECT_THAT(faults_of<Order>(R"({"payment":{"iban":"DE1"}})"), ElementsAre("/payment/type required"));
  EXPECT_THAT(faults_of<Order>(R"({"payment":{"type":1}})"), ElementsAre("/payment/type type"));
  EXPECT_THAT(faults_of<Order>(R"({"payment":{"type":null}})"), ElementsAre("/payment/type null"));
  EXPECT_THAT(faults_of<Order>(R"({"payment":{"type":"cash"}})"), ElementsAre("/payment/type one_of"));
  EXPECT_THAT(faults_of<Order>(R"({"payment":{"type":"card","iban":"DE1"}})"),
              ElementsAre("/payment/iban unknown_member", "/payment/lastDigits required"));
  EXPECT_THAT(faults_of<Order>(R"({"payment":{"type":"transfer","iban":"DE1","type":"transfer"}})"),
              ElementsAre("/payment/type duplicate_member"));
  EXPECT_THAT(faults_of<Order>(R"({"payment":[]})"), ElementsAre("/payment type"));
  EXPECT_THAT(faults_of<Order>(R"({"payment":null})"), ElementsAre("/payment null"));
}

TEST(ReadJson, AppliesRulesOverSeveralMembersOnceEachIsRight) {
  EXPECT_THAT(
      faults_of<Trip>(R"({"stays":[{"fromDay":5,"toDay":4},{"fromDay":5,"toDay":40},{"fromDay":3,"toDay":3}]})"),
      ElementsAre("/stays/0/toDay before_start", "/stays/1/toDay too_large", "/stays/2 empty_stay"));
  EXPECT_THAT(faults_of<Stay>(R"({"fromDay":5,"toDay":4})"), ElementsAre("/toDay before_start"));
  EXPECT_THAT(faults_of<Stay>(R"({"fromDay":4,"toDay":4})"), ElementsAre(" empty_stay"));
}

TEST(ReadJson, LeavesOutUnknownMembersWhenAsked) {
  const ReadOptions options{.unknown = ReadOptions::Unknown::ignore};
  EXPECT_THAT(faults_of<Stay>(R"({"x":{"y":[1e400]},"fromDay":1,"toDay":2})", options), IsEmpty());
  EXPECT_THAT(faults_of<Stay>(R"({"x":nul,"fromDay":1,"toDay":2})", options), ElementsAre("malformed"));
}

TEST(ReadJson, CountsDepth) {
  const auto nested = [](int levels) {
    std::string json;
    for (int i = 1; i < levels; ++i) json += R"({"children":[)";
    json += R"({"children":[]})";
    for (int i = 1; i < levels; ++i) json += "]}";
    return json;
  };
  EXPECT_THAT(faults_of<Tree>(nested(16)), IsEmpty());  // an object and an array a level
  EXPECT_THAT(faults_of<Tree>(nested(17)), ElementsAre("malformed"));
  EXPECT_THAT(faults_of<Tree>(nested(2), {.depth_max = 3}), IsEmpty());  // the innermost array is empty
  EXPECT_THAT(faults_of<Tree>(nested(2), {.depth_max = 2}), ElementsAre("malformed"));
  EXPECT_THAT(faults_of<Stay>(R"({"fromDay":1,"toDay":2})", {.depth_max = 1}), IsEmpty());
  EXPECT_THAT(faults_of<Tree>(std::string(100'000, '[')), ElementsAre("malformed"));
}

TEST(ReadJson, BoundsArraysThatStateNoLimit) {
  std::string json = "[0";
  for (int i = 1; i < 10'000; ++i) json += ",0";
  EXPECT_THAT(faults_of<std::vector<int>>(json + "]"), IsEmpty());
  EXPECT_THAT(faults_of<std::vector<int>>(json + ",0]"), ElementsAre(" too_many_items"));
}

TEST(WriteJson, WritesWhatIsThere) {
  Article article{};
  article.display_name = Text<1, 10>::of("a\"b");
  article.price = Money::of_minor_units(-5);
  EXPECT_EQ(to_json(article), R"({"displayName":"a\"b","price":"-0.05","contact":null,"limit":20,"size":"large"})");
  article.note.emplace();
  article.age = Int<0, 150>::of(3);
  article.parts.emplace().push_back({.label = Text<1, 5>::of("x"), .amount = Int<1, 9>::of(2)});
  EXPECT_EQ(to_json(article), R"({"displayName":"a\"b","price":"-0.05","age":3,"contact":null,"note":null,"limit":20,)"
                              R"("size":"large","parts":[{"label":"x","amount":2}]})");
}

TEST(WriteJson, EscapesWhatRfc8259Requires) {
  const auto written = [](std::string_view text) {
    std::string out;
    write_json_string(text, out);
    return out;
  };
  EXPECT_EQ(written(""), R"("")");
  EXPECT_EQ(written("plain text, Größe, 😀 and / and \x7f"), "\"plain text, Größe, 😀 and / and \x7f\"");
  EXPECT_EQ(written("\"\\\b\f\n\r\t"), R"("\"\\\b\f\n\r\t")");
  EXPECT_EQ(written(std::string_view("\0\x01\x1f", 3)), R"("\u0000\u0001\u001f")");
  for (std::size_t at = 0; at < 40; ++at) {  // at every position in a word
    std::string text(40, 'x'), expected = text;
    text[at] = '\n';
    expected.replace(at, 1, "\\n");
    EXPECT_EQ(written(text), '"' + expected + '"');
  }
}

TEST(WriteJson, EscapesInAValueAtAnyPosition) {
  for (std::size_t length = 1; length <= 40; ++length) {
    for (std::size_t at = 0; at < length; ++at) {
      std::string text(length, 'x'), expected = text;
      text[at] = '"';
      expected.replace(at, 1, "\\\"");
      EXPECT_EQ(to_json(text), '"' + expected + '"');
    }
  }
}

TEST(WriteJson, WritesNumbersSoThatTheyReadBack) {
  EXPECT_EQ(to_json(0.1), "0.1");
  EXPECT_EQ(to_json(1e300), "1e+300");
  EXPECT_EQ(to_json(-0.0), "-0.0");
  EXPECT_EQ(to_json(std::numeric_limits<double>::max()), "1.7976931348623157e+308");
  EXPECT_EQ(to_json(std::numeric_limits<double>::quiet_NaN()), "null");
  EXPECT_EQ(to_json(-std::numeric_limits<double>::infinity()), "null");
  EXPECT_EQ(to_json(std::numeric_limits<std::int64_t>::min()), "-9223372036854775808");
  EXPECT_EQ(to_json(std::vector<int>{1, 2}), "[1,2]");
  EXPECT_EQ(to_json(true), "true");
}

struct Credentials {
  Email email;
  Password password;
};
ASHLAR_DESCRIBE(Credentials, email, password)

TEST(WriteJson, NeverWritesAPassword) {
  const Credentials credentials{.email = Email::of("a@b.de"), .password = Password::of("correct horse")};
  EXPECT_EQ(to_json(credentials), R"({"email":"a@b.de"})");
  EXPECT_EQ(to_json(std::vector{credentials.password}), "[null]");
}

}  // namespace
}  // namespace ashlar::schema
