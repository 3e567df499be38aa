// SPDX-License-Identifier: Apache-2.0
#include "ashlar/graphql/detail/lexer.hpp"
#include "ashlar/graphql/document.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace ashlar::graphql {
namespace {

using testing::HasSubstr;

std::string repeated(std::string_view text, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += text;
  return out;
}

struct Misplaced {
  std::string source;
  Location at;
};
const std::vector<Misplaced> misplaced = {
    {"", {1, 1}},
    {"   \n  ", {2, 3}},
    {"{", {1, 2}},
    {"{}", {1, 2}},
    {"}", {1, 1}},
    {"{ a", {1, 4}},
    {"{ a(", {1, 5}},
    {"{ a() }", {1, 5}},
    {"{ a(b) }", {1, 6}},
    {"{ a(b:) }", {1, 7}},
    {"{ a(b: $) }", {1, 9}},
    {"{ a: }", {1, 6}},
    {"{ a: b: c }", {1, 7}},
    {"{ ... }", {1, 7}},
    {"{ ...on }", {1, 9}},
    {"{ a @ }", {1, 7}},
    {"{ a @b( }", {1, 9}},
    {"query", {1, 6}},
    {"query A", {1, 8}},
    {"query () { a }", {1, 8}},
    {"query ($a) { a }", {1, 10}},
    {"query ($a: ) { a }", {1, 12}},
    {"query ($a: [A) { a }", {1, 14}},
    {"query ($a: A!!) { a }", {1, 14}},
    {"query ($a: A = $b) { a }", {1, 16}},
    {"query ($a: A @d(b: $c)) { a }", {1, 20}},
    {"fragment on on T { a }", {1, 10}},
    {"fragment F { a }", {1, 12}},
    {"fragment F on { a }", {1, 15}},
    {"fragment F($a: A) on T { a }", {1, 11}},
    {"type T { a: Int }", {1, 1}},
    {"extend type T { a: Int }", {1, 1}},
    {"schema { query: Q }", {1, 1}},
    {"notAnOperation A { a }", {1, 1}},
    {"\"described\" { a }", {1, 13}},
    {"{ a } garbage", {1, 7}},
    {"{ a ? }", {1, 5}},
    {"{ a .. b }", {1, 5}},
    {"{ a & b }", {1, 5}},
    {"{ a\r\n  b\r  c\n  % }", {4, 3}},
    {"{ \xC3\xA9 }", {1, 3}},
    {"# \xE2\x82\xAC \xF0\x9F\x98\x80\n{ a(b: \"\xE2\x82\xAC\") ? }", {2, 13}},
    {"{ a(b: 01) }", {1, 9}},
    {"{ a(b: -) }", {1, 9}},
    {"{ a(b: +1) }", {1, 8}},
    {"{ a(b: 1.) }", {1, 10}},
    {"{ a(b: .5) }", {1, 8}},
    {"{ a(b: 1e) }", {1, 10}},
    {"{ a(b: 1x) }", {1, 9}},
    {"{ a(b: 1.5.2) }", {1, 11}},
    {"{ a(b: 0x1) }", {1, 9}},
    {"{ a(b: \"c) }", {1, 13}},
    {"{ a(b: \"c\nd\") }", {1, 10}},
    {"{ a(b: \"\\x\") }", {1, 9}},
    {"{ a(b: \"\\u12\") }", {1, 9}},
    {"{ a(b: \"\\uD800\") }", {1, 9}},
    {"{ a(b: \"\\uDC00\\uD800\") }", {1, 9}},
    {"{ a(b: \"\\uD83D\\u0041\") }", {1, 9}},
    {"{ a(b: \"\\u{}\") }", {1, 9}},
    {"{ a(b: \"\\u{D800}\") }", {1, 9}},
    {"{ a(b: \"\\u{110000}\") }", {1, 9}},
    {"{ a(b: \"\\u{FFFFFFFFFFFF0041}\") }", {1, 9}},
    {"{ a(b: \"\\u{41\") }", {1, 9}},
    {"{ a(b: \"\"\"c) }", {1, 15}},
    {"{ a(b: \xC3) }", {1, 1}},
    {std::string("{ a\0 }", 6), {1, 4}},
    {"{ a \x07 }", {1, 5}},
};

TEST(GraphqlParser, RefusesWhatIsNoDocumentAtItsPlace) {
  for (const Misplaced& each : misplaced) {
    const auto document = parse(each.source);
    ASSERT_FALSE(document) << each.source;
    EXPECT_EQ(document.error().code.name, "graphql.syntax_error") << each.source;
    ASSERT_EQ(document.error().locations.size(), 1U);
    const Location at = document.error().locations[0];
    EXPECT_EQ(at, each.at) << each.source << " at " << at.line << ":" << at.column << " " << document.error().message;
  }
}

TEST(GraphqlParser, KeepsItsLimits) {
  struct Case {
    std::string source;
    DocumentLimits limits;
    std::string what;
  };
  const std::vector<Case> cases = {
      {"{ a }   ", {.bytes_max = 7}, "7 bytes"},
      {"{ a b c }", {.tokens_max = 4}, "4 tokens"},
      {"{ a b c }", {.selections_max = 2}, "2 selections"},
      {"{ a { b { c } } }", {.nesting_max = 2}, "2 levels of nesting"},
      {"{ a(b: [[[1]]]) }", {.nesting_max = 4}, "4 levels of nesting"},
      {"query ($a: [[[A]]]) { a }", {.nesting_max = 3}, "3 levels of nesting"},
      {"{ x: a y: a z: a }", {.aliases_max = 2}, "2 aliases"},
      {"{ a @b @c @d }", {.directives_max = 2}, "2 directives"},
      {repeated("{a", 100'000), {.bytes_max = 1'000'000, .tokens_max = 1'000'000}, "64 levels of nesting"},
      {"{a(b:" + repeated("[", 100'000), {.bytes_max = 1'000'000, .tokens_max = 1'000'000}, "64 levels of nesting"},
      {"{a(b:" + repeated("{c:", 100'000), {.bytes_max = 1'000'000, .tokens_max = 1'000'000}, "64 levels of nesting"},
      {"query($a:" + repeated("[", 100'000), {.bytes_max = 1'000'000, .tokens_max = 1'000'000}, "64 levels of nesting"},
  };
  for (const Case& each : cases) {
    const auto document = parse(each.source, each.limits);
    ASSERT_FALSE(document) << each.what;
    EXPECT_EQ(document.error().code.name, "graphql.limit_exceeded");
    EXPECT_THAT(document.error().message, HasSubstr(each.what));
  }
  EXPECT_TRUE(parse("{ a }  ", {.bytes_max = 7, .tokens_max = 3, .nesting_max = 1, .selections_max = 1}));
}

TEST(GraphqlParser, ReadsOperationsAndFragments) {
  const auto document = parse(R"(
    "What it is for" query Q($a: [Int!]! = [1], "of $b" $b: String @x) @y(z: 1) {
      one: field(a: $a, b: {c: "d", e: [true, null, ENUM, -1.5e3]}) @include(if: true) { id }
      ...F @skip(if: false)
      ... on T @w { query fragment on true }
      ... { mutation }
    }
    mutation { a } subscription S { b }
    """described""" fragment F on T @v { null })");
  ASSERT_TRUE(document) << document.error().message;
  ASSERT_EQ(document->operations.size(), 3U);
  const OperationDefinition& query = document->operations[0];
  EXPECT_EQ(query.name, "Q");
  EXPECT_EQ(query.at, (Location{2, 22}));
  ASSERT_EQ(query.variables.size(), 2U);
  EXPECT_EQ(query.variables[0].type.name, "Int");
  EXPECT_EQ(query.variables[0].type.wrappers, "![!");
  EXPECT_EQ(query.variables[0].default_value->items[0].text, "1");
  EXPECT_EQ(query.variables[1].directives[0].name, "x");
  ASSERT_EQ(query.selections.size(), 4U);
  const Selection& one = query.selections[0];
  EXPECT_EQ(one.alias, "one");
  EXPECT_EQ(one.name, "field");
  EXPECT_EQ(one.response_name(), "one");
  EXPECT_EQ(one.arguments[0].value.kind, Value::Kind::variable);
  const Value& object = one.arguments[1].value;
  EXPECT_EQ(object.items[0].text, "d");
  ASSERT_EQ(object.items[1].items.size(), 4U);
  EXPECT_EQ(object.items[1].items[0].kind, Value::Kind::boolean);
  EXPECT_EQ(object.items[1].items[1].kind, Value::Kind::null);
  EXPECT_EQ(object.items[1].items[2].kind, Value::Kind::enumeration);
  EXPECT_EQ(object.items[1].items[3].text, "-1.5e3");
  EXPECT_EQ(one.selections[0].name, "id");
  EXPECT_EQ(query.selections[1].kind, Selection::Kind::spread);
  EXPECT_EQ(query.selections[2].type_condition, "T");
  EXPECT_EQ(query.selections[2].selections.size(), 4U);
  EXPECT_EQ(query.selections[3].kind, Selection::Kind::inline_fragment);
  EXPECT_EQ(document->operations[1].kind, OperationKind::mutation);
  EXPECT_EQ(document->operations[2].kind, OperationKind::subscription);
  ASSERT_EQ(document->fragments.size(), 1U);
  EXPECT_EQ(document->fragments[0].type_condition, "T");
}

TEST(GraphqlParser, ReadsStrings) {
  const auto text = [](const std::string& literal) {
    const auto document = parse("{ a(b: " + literal + ") }");
    return document ? document->operations[0].selections[0].arguments[0].value.text : document.error().message;
  };
  EXPECT_EQ(text(R"("")"), "");
  EXPECT_EQ(text(R"("a\"\\\/\b\f\n\r\tz")"), "a\"\\/\b\f\n\r\tz");
  EXPECT_EQ(text(R"("\u0041\u00e9\u20AC")"), "A\xC3\xA9\xE2\x82\xAC");
  EXPECT_EQ(text(R"("\u{1F600}\uD83D\uDE00\u{000041}")"),
            "\xF0\x9F\x98\x80\xF0\x9F\x98\x80"
            "A");
  EXPECT_EQ(text("\"# no comment, {\""), "# no comment, {");
  EXPECT_EQ(text(R"("""""")"), "");
  EXPECT_EQ(text(R"(""" a "quoted" \" \n """)"), R"( a "quoted" \" \n )");
  EXPECT_EQ(text(R"("""one \""" two""")"), R"(one """ two)");
}

TEST(GraphqlParser, RemovesTheIndentationOfBlockStrings) {
  using detail::block_string_value;
  EXPECT_EQ(block_string_value("\n    Hello,\n      World!\n\n    Yours,\n      GraphQL.\n  "),
            "Hello,\n  World!\n\nYours,\n  GraphQL.");
  EXPECT_EQ(block_string_value("  first\n    second\r\n  third\r"), "  first\n  second\nthird");
  EXPECT_EQ(block_string_value("\n\n  \t\n  a\n  \n"), "a");
  EXPECT_EQ(block_string_value("\n \n"), "");
  EXPECT_EQ(block_string_value("\n\tA\n\t\tB\n      \n"), "A\n\tB");
}

TEST(GraphqlParser, IgnoresWhatSeparatesTokens) {
  EXPECT_TRUE(parse("\xEF\xBB\xBF{a}"));
  EXPECT_TRUE(parse(",,{,a,,,b(c:1,,d:[1,2 3,]),},,"));
  EXPECT_TRUE(parse("# comment with \xE2\x82\xAC\r{ a # }\n }"));
  EXPECT_TRUE(parse("{...F}fragment F on T{a}"));
}

}  // namespace
}  // namespace ashlar::graphql
