// SPDX-License-Identifier: Apache-2.0
#include "ashlar/schema/constraints.hpp"
#include "ashlar/schema/detail/json_flaw.hpp"
#include "ashlar/schema/json.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

// What is JSON and what is not. Every kind of refusal that the JSON Parsing Test Suite knows is here, in our words.
// Each text is judged twice, by the parser that reads and by the one that finds the flaw's place: they must agree.
namespace ashlar::schema {
namespace {

struct Anything {
  std::optional<bool> unused;
};
ASHLAR_DESCRIBE(Anything, unused)

constexpr ReadOptions lenient{.depth_max = 1000, .unknown = ReadOptions::Unknown::ignore};

// As read: malformed, or JSON of whatever kind.
bool is_json(std::string_view text) {
  const auto read = read_json<Anything>(text, lenient);
  return read || read.error().code() != errors::malformed_json;
}

std::string shown(std::string_view text) { return std::string(text.substr(0, 80)); }

void expect_refused(std::string_view text) {
  EXPECT_FALSE(is_json(text)) << shown(text);
  EXPECT_TRUE(detail::find_json_flaw(text, lenient.depth_max)) << shown(text);
}

void expect_accepted(std::string_view text) {
  EXPECT_TRUE(is_json(text)) << shown(text);
  const auto flaw = detail::find_json_flaw(text, lenient.depth_max);
  EXPECT_FALSE(flaw) << shown(text) << " at " << flaw->offset << ": " << flaw->reason;
}

using Texts = std::vector<std::string_view>;

// Bytes between the white space.
Texts words(std::string_view list) {
  constexpr std::string_view space = " \n";
  Texts out;
  for (auto at = list.find_first_not_of(space); at < list.size(); at = list.find_first_not_of(space, at)) {
    const std::size_t end = std::min(list.find_first_of(space, at), list.size());
    out.push_back(list.substr(at, end - at));
    at = end;
  }
  return out;
}

void expect_each_refused(const Texts& texts) {
  for (const std::string_view text : texts) expect_refused(text);
}

// Neither alone, nor as an item, nor as a member's value.
void expect_no_value(const Texts& fragments) {
  for (const std::string_view fragment : fragments) {
    const std::string text(fragment);
    expect_refused(text);
    expect_refused('[' + text + ']');
    expect_refused("[1, " + text + " ,2]");
    expect_refused("{\"a\":" + text + '}');
  }
}

void expect_value(const Texts& fragments) {
  for (const std::string_view fragment : fragments) {
    const std::string text(fragment);
    expect_accepted(text);
    expect_accepted('[' + text + ']');
    expect_accepted("\t{ \"a\" :\r\n " + text + " , \"b\" : [ " + text + " ] } \n");
  }
}

TEST(MalformedJson, Numbers) {
  expect_no_value(words(R"~(
    +1   ++1234   -   --1   +-1   -+1   01   -01   00   012   1_000   1,000.   .1   -.1   .-1   .2e-3   1.   -2.
    2.e3   2.e+3   2.e-3   0.e1   9.e+   0.1.2   1.0.   1e   1e+   1e-   0e   0e+   0E   0E+   0.3e   0.3e+   1.0e
    1.0e+   1.0e-   1eE2   1ee2   1e1.5   1e2e3   0x1   0x42   0b1   0o7   1a   1.2a-3   1.8011670033376514H-308
    -1x   -foo   1e1q   1+2   1-2   NaN   -NaN   nan   Inf   +Inf   inf   Infinity   -Infinity   infinity   1n
    1f   $1
  )~"));
  expect_no_value({"- 1", "1 000", "\xef\xbc\x91", "\xd9\xa3"});
}

TEST(MalformedJson, Literals) {
  expect_no_value(words(R"~(
    tru   fals   nul   truee   falsey   nulls   True   TRUE   False   Null   NULL   None   undefined   t   f   n
    true1   nullnull   a   *   #   <null>   <.>   'text'   '   `a`   /a/   @   \u000A""   \n
  )~"));
  expect_no_value({"true false", "a\xc3\xa5", "\xc3\xa9"});
}

TEST(MalformedJson, Strings) {
  expect_no_value(words(R"~(
    "   "a   a"   ""x   "a"b"   "\"   "\x00"   "\a"   "\0"   "\'"   "\U0041"   "\u"   "\u0"   "\u00"   "\u00A"
    "\u00Ag"   "\u+041"   "\u-041"   "\\\"
  )~"));
  expect_no_value({"\"\\ \"", "\"\\u 041\"", "\"a\nb\"", "\"a\tb\"", "\"a\x1f\"", "\"a\\\nb\"", "\"\\\t\"",
                   "\"\\\xf0\x9f\x8c\x80\"", "\"\\\xe5\"", "\"\\u\xe5\"", "\"a\" \"b\"",
                   "\xe2\x80\x9c"
                   "a\xe2\x80\x9d"});
  using namespace std::string_view_literals;
  expect_no_value({"\"a\0b\""sv, "\"\\\0\""sv});
}

TEST(MalformedJson, Surrogates) {
  expect_no_value(words(R"~(
    "\uD800"   "\uDBFF"   "\uDC00"   "\uDFFF"   "\uD800\uD800"   "\uDC00\uD800"   "\uD800abc"   "\uD800\n"
    "\uD800\u"   "\uD800\u1"   "\uD800\u1x"   "\uD800\u0041"   "\uD834\uDd"   "\uD800\   "\uD888\u1234"   "\uDADA"
    "\uDd1ea"   "\uDC00\uDC00"
  )~"));

  expect_refused(R"({"\uDFAA":0})");
}

TEST(MalformedJson, Utf8) {
  expect_no_value({"\"\xff\"",
                   "\"\xfe\"",
                   "\"\x80\"",
                   "\"\xbf\"",
                   "\"\xc0\x80\"",
                   "\"\xc0\xaf\"",
                   "\"\xc1\xbf\"",
                   "\"\xc3\"",
                   "\"\xc3(\"",
                   "\"\xe0\xff\"",
                   "\"\xe2\x82\"",
                   "\"\xe0\x80\x80\"",
                   "\"\xe0\x9f\xbf\"",
                   "\"\xed\xa0\x80\"",
                   "\"\xed\xbf\xbf\"",
                   "\"\xf0\x80\x80\x80\"",
                   "\"\xf0\x9f\x98\"",
                   "\"\xf4\x90\x80\x80\"",
                   "\"\xf5\x80\x80\x80\"",
                   "\"\xf8\x88\x80\x80\x80\"",
                   "\"\xfc\x83\xbf\xbf\xbf\xbf\"",
                   "\xff",
                   "\xe5",
                   "1\xe5",
                   "1e1\xe5",
                   "-\xe5",
                   "0e\xe5"});
  expect_refused("{\"\xb9\":\"0\",}");
  expect_refused("\xef\xbb\xbf{}");  // byte order marks
  expect_refused("\xef\xbb{}");
  expect_refused("\xef\xbb\xbf");
  expect_refused("\xfe\xff{}");
  expect_refused(std::string_view("\xff\xfe{\0}\0", 6));
  expect_refused(std::string_view("[\0\"\0\xe9\0\"\0]\0", 10));
}

TEST(MalformedJson, White) {
  using namespace std::string_view_literals;
  for (const std::string_view text :
       {""sv, " "sv, "\t\r\n"sv, "[\f]"sv, "[\v]"sv, "[\xc2\xa0]"sv, "[\xe2\x81\xa0]"sv, "\xe2\x81\xa0[]"sv,
        "[\xe2\x80\x83]"sv, "[1\0]"sv, "[\0]"sv, "{}\0"sv, "\0{}"sv, "[\b]"sv, "[1\v]"sv, "[\x1b]"sv}) {
    expect_refused(text);
  }
}

TEST(MalformedJson, Arrays) {
  expect_each_refused(words(R"~(
    [   ]   [1   [""   [1,   [,   [,]   [,1]   [1,]   [1,,]   [1,,2]   ["",]   [3[4]]   [1:2]   ["":1]   [1;2]
    [1]]   [1],   [][]   []]   [1]x   [1]#   [1}   [{}   [{]   ["a   ["a]   ['   [a   [a]   [nul   [fals   [tru
    [-   [-]   [*]   [[   [(1)]   [1]1   [<null>]   ["asd]   ["x""y"]   [,""]   [1,""   [}   []{}
  )~"));
  expect_each_refused({"[1 2]", "[1 true]", "[1,\n1\n,1", "[\"a\",\n4\n,1,", "[\n\n", "[\"\\", "[1 ,]"});
}

TEST(MalformedJson, Objects) {
  expect_each_refused(words(R"~(
    {   }   {"a"   {"a":   {"a":1   {"a":1,   {"a":1,}   {"a":1,,}   {"a":1,,"b":2}   {,}   {,"a":1}   {"a"}
    {"a",1}   {"a"::1}   {"a":}   {"a":,}   {:1}   {:"b"}   {a:1}   {a:"b"}   {'a':1}   {'a'   {1:1}   {1e4000:1}
    {null:null,null:null}   {[]:1}   {["a"]:1}   {"a":1]   {]   {[   {"   {"a":"a   {"a":"a"   {"a":"b"}x
    {"a":1}}   {}}   {"a":1}#   {"a":1};   {"a":1}/**/   {"a":1}/**//   {"a":1}//   {"a":1}/   {/**/"a":1}
    {"a":1;"b":2}   {"a":truth}   {"asd":"asd"   {"":   {"a":[}   {"a":{}   {"a"=1}
  )~"));
  expect_each_refused({"{\"a\" 1}", "{\"a\" \"b\"}", "{\"a\":\"b\" 123}", "{\"a\":true} \"x\"", "{\"a\":/* */1}",
                       "{\"a\":1 \"b\":2}", "{\"x\", null}", "{\xf0\x9f\x87\xa8\xf0\x9f\x87\xad}",
                       "{\"a\":1\n\"b\":2}"});
}

TEST(MalformedJson, AfterTheValue) {
  expect_each_refused(words(R"~(
    1,   2@   1]   "a"x   "a",   true,true   {}[]   1//   1#   1;   null}   """"
  )~"));
  expect_each_refused({"1 2", "null null", "{} 1", "[] x"});
}

TEST(MalformedJson, Depth) {
  expect_refused(std::string(100'000, '['));
  expect_refused(std::string(100'000, '[') + std::string(100'000, ']'));
  std::string objects;
  for (int i = 0; i < 50'000; ++i) objects += "[{\"\":";
  expect_refused(objects);
  std::string at_limit;
  for (int i = 0; i < 1000; ++i) at_limit += '[';
  expect_accepted(at_limit + "1" + std::string(1000, ']'));
  expect_refused('[' + at_limit + "1" + std::string(1001, ']'));
}

TEST(MalformedJson, EveryTextCutShort) {
  const std::string whole = R"({"a":[1,-2.5e+10,"x\n\ud83d\ude00é",true,false,null,{"b":{}},[[]]],"c":"d"})";
  expect_accepted(whole);
  for (std::size_t length = 0; length < whole.size(); ++length) expect_refused(whole.substr(0, length));
}

TEST(WellFormedJson, Values) {
  expect_value(words(R"~(
    0   -0   1   -1   123   -123   0.5   -0.0   1.5   123.456789   0e1   0e+1   0E-1   1e5   1E22   1E-2   1E+2
    20e1   123e45   123.456e78   1e-10   -1e-10   1e-400   5e-324
    -0.000000000000000000000000000000000000000000000000000000000000000000000000000001   1e999   -1e999
    0.4e00669999999999999999999999999999999999   9223372036854775807   -9223372036854775808   18446744073709551615
    18446744073709551616   -9223372036854775809   100000000000000000000000000   true   false   null   {}   []
    [[],[[]],{}]   ""   "a/*b*/c"   "\"\\\/\b\f\n\r\t"   "\u0000"   "\u0012\u001f"
    "\u0041\u00e9\u20AC\uffff\uFDD0"   "\\u0000"   "\""   "\\a"   "\uD83D\uDE00"   "\ud83d\ude00\ud83d\ude01"
    "\uDBFF\uDFFF"   "\uDBFF\uDFFE\uD834\uDd1e"   "\u005C\u0022\u000A\u00A0\u2028\u2029"   {"":0}   {"a":1,"a":1}
    {"a\u0000b":1}   {"a":[1,"2",null,{"b":true}]}
  )~"));
  expect_value({"[ ]", "{ }", R"(" ")", "\"\x7f\"", "\"\xc3\xa9\"", "\"\xe2\x82\xac\"", "\"\xf0\x9f\x98\x80\"",
                "\"\xef\xbf\xbf\"", "\"\xef\xbf\xbe\"", "\"\xef\xb7\x90\"", "\"\xf4\x8f\xbf\xbf\"",
                "\"\xf0\x9b\xbf\xbf\"", "\"\xe2\x80\xa8\xe2\x80\xa9\xe2\x80\x8b\xe2\x81\xa4\"", "\"\xef\xbb\xbf\"",
                "\"\xee\x80\x80\""});
  expect_accepted(" [1] ");
  expect_accepted("\r\n\t [\n1\r,\t2 ]\n");
  expect_accepted('"' + std::string(100'000, 'x') + '"');
}

TEST(MalformedJson, SaysWhere) {
  struct Case {
    std::string_view json, message;
  };
  for (const auto& [json, message] : std::initializer_list<Case>{
           {"", "This is not valid JSON: it is empty."},
           {" \n", "This is not valid JSON: it is empty."},
           {"{\"a\":1,}", "This is not valid JSON at byte 7: a member's name in double quotes is expected."},
           {"{\"a\":1", "This is not valid JSON at byte 6: the text ends too early."},
           {"{\"a\" 1}", "This is not valid JSON at byte 5: a colon is expected."},
           {"[1 2]", "This is not valid JSON at byte 3: a comma or ] is expected."},
           {"{\"a\":1 2}", "This is not valid JSON at byte 7: a comma or } is expected."},
           {"[nope]", "This is not valid JSON at byte 1: a value is expected."},
           {"[01]", "This is not valid JSON at byte 1: the number is malformed."},
           {"[\"a\nb\"]", "This is not valid JSON at byte 3: a control character must be escaped."},
           {"[\"\\q\"]", "This is not valid JSON at byte 3: the escape is unknown."},
           {"[\"\\ud800\"]", "This is not valid JSON at byte 2: a surrogate is unpaired."},
           {"[\"\xc3(\"]", "This is not valid JSON at byte 2: the UTF-8 is not well-formed."},
           {"\xef\xbb\xbf{}", "This is not valid JSON at byte 0: a byte order mark is not allowed."},
           {"{} {}", "This is not valid JSON at byte 3: nothing may follow the value."},
       }) {
    const auto read = read_json<Anything>(json);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().message(), message);
  }
  const auto deep = read_json<Anything>("[[[1]]]", {.depth_max = 2});
  EXPECT_EQ(deep.error().message(), "This is not valid JSON at byte 2: arrays and objects are nested too deeply.");
}

// The two judges agree on texts that were broken at random, too.
TEST(MalformedJson, BothParsersAgree) {
  const std::string_view seed =
      R"({"a":[1,-2.5e+10,"x\n\ud83d\ude00é",true,false,null,{"b":{}},[[]]],"c":"d","e":{"f":[0.1,1e5,{}]}})";
  using namespace std::string_view_literals;
  constexpr std::string_view bytes = "{}[]:,\"\\ \n0123456789+-.eEtrufalsn\xc3\xa9\xff\0u"sv;
  std::mt19937 random(20261121);
  int refused = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string text(seed);
    for (auto edits = random() % 3 + 1; edits > 0; --edits) {
      const std::size_t at = random() % text.size();
      const char byte = bytes[random() % bytes.size()];
      switch (random() % 4) {
        case 0:
          text[at] = byte;
          break;
        case 1:
          text.insert(at, 1, byte);
          break;
        case 2:
          text.erase(at, random() % 3 + 1);
          break;
        default:
          text.insert(at, text.substr(random() % text.size(), 5));
          break;
      }
    }
    const bool json = is_json(text);
    refused += json ? 0 : 1;
    ASSERT_EQ(json, !detail::find_json_flaw(text, lenient.depth_max).has_value()) << text;
  }
  EXPECT_GT(refused, 10'000);
  EXPECT_LT(refused, 20'000);
}

}  // namespace
}  // namespace ashlar::schema
