// SPDX-License-Identifier: Apache-2.0
#include "ashlar/log/detail/line_format.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <initializer_list>
#include <limits>
#include <span>
#include <string>

namespace ashlar::log::detail {
namespace {

constexpr std::string_view at_half_past_eight = "2026-11-21T08:30:00.125Z";

std::string escaped(std::string_view text) {
  LineBuffer out;
  append_escaped(out, text);
  return std::string(out.view());
}

std::string json(std::string_view message, std::initializer_list<Attribute> attributes,
                 std::size_t text_bytes_max = 100) {
  const Redaction redaction(LogOptions{}.redact);
  LineBuffer out;
  append_json_line(out, {at_half_past_eight, Level::info, message, {attributes.begin(), attributes.size()}},
                   {redaction, text_bytes_max});
  return std::string(out.view());
}

std::string pretty(Colour colour, std::initializer_list<Attribute> attributes) {
  const Redaction redaction(LogOptions{}.redact);
  LineBuffer out;
  append_pretty_line(out, {at_half_past_eight, Level::warn, "Slow", {attributes.begin(), attributes.size()}},
                     {redaction, 100}, colour);
  return std::string(out.view());
}

TEST(LogLine, EscapesWhatCouldEndItOrMoveACursor) {
  struct Case {
    std::string_view text, expected;
  };
  for (const Case& c : std::initializer_list<Case>{
           {"", ""},
           {"plain text of more than eight bytes", "plain text of more than eight bytes"},
           {"say \"no\"", R"(say \"no\")"},
           {"a\\b", R"(a\\b)"},
           {"line\nfeed\r\ttab", R"(line\nfeed\r\ttab)"},
           {std::string_view("nul\0nul", 7), R"(nul\u0000nul)"},
           {"\x1b[31mred", R"(\u001b[31mred)"},
           {"12345678\x7f", R"(12345678\u007f)"},
           {"1234567\x01", R"(1234567\u0001)"},
           {"\xc2\x85next line", R"(\u0085next line)"},
           {"\xe2\x80\xa8\xe2\x80\xa9", R"(\u2028\u2029)"},
           {"moc.\xe2\x80\xaegnp", R"(moc.\u202egnp)"},
           {"\xe2\x80\x8e\xe2\x80\x8f\xd8\x9c\xe2\x81\xa6\xe2\x81\xa9", R"(\u200e\u200f\u061c\u2066\u2069)"},
           {"\xd7\x93\xe2\x80\x8d", "\xd7\x93\xe2\x80\x8d"},
           {"Z\xc3\xbcrich \xf0\x9f\x98\x80", "Z\xc3\xbcrich \xf0\x9f\x98\x80"},
       }) {
    EXPECT_EQ(escaped(c.text), c.expected);
  }
}

TEST(LogLine, ReplacesWhatIsNotUtf8) {
  struct Case {
    std::string_view text, expected;
  };
  for (const Case& c : std::initializer_list<Case>{
           {"\xff", "\xef\xbf\xbd"},
           {"a\x80z", "a\xef\xbf\xbdz"},
           {"\xc3", "\xef\xbf\xbd"},                                                  // cut off
           {"\xc0\xaf", "\xef\xbf\xbd\xef\xbf\xbd"},                                  // overlong
           {"\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},                  // a surrogate
           {"\xf4\x90\x80\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},  // past the last code point
           {"\xe2\x82\x22", "\xef\xbf\xbd\xef\xbf\xbd\\\""},                          // a quote hidden in a sequence
       }) {
    EXPECT_EQ(escaped(c.text), c.expected);
  }
}

TEST(LogLine, EscapesAnywhereInTextsOfEachLength) {
  for (std::size_t size = 1; size <= 25; ++size) {
    EXPECT_EQ(escaped(std::string(size, 'x')), std::string(size, 'x'));
    for (std::size_t at = 0; at < size; ++at) {
      const std::string before(at, 'x'), after(size - at - 1, 'y');
      EXPECT_EQ(escaped(before + '"' + after), before + "\\\"" + after);
      EXPECT_EQ(escaped(before + '\n' + after), before + "\\n" + after);
      EXPECT_EQ(escaped(before + '\xff' + after), before + "\xef\xbf\xbd" + after);
    }
  }
}

TEST(LogLine, WritesNumbersAsShortAsTheyAre) {
  struct Case {
    double number;
    std::string_view expected;
  };
  for (const Case& c : std::initializer_list<Case>{{0, "0"},
                                                   {7, "7"},
                                                   {0.037, "0.037"},
                                                   {0.5, "0.5"},
                                                   {1234.25, "1234.25"},
                                                   {0.0005, "5e-04"},
                                                   {2.0 / 3, "0.6666666666666666"},
                                                   {-0.25, "-0.25"},
                                                   {1e300, "1e+300"},
                                                   {std::numeric_limits<double>::infinity(), "null"}}) {
    EXPECT_NE(json("m", {{"n", c.number}}).find("\"n\":" + std::string(c.expected) + "}"), std::string::npos)
        << json("m", {{"n", c.number}});
  }
}

TEST(LogLine, EscapesLongTextsWhole) {
  std::string text, expected;
  for (int i = 0; i < 2000; ++i) {
    text += "ab\xc3\xa4\x01";
    expected += "ab\xc3\xa4\\u0001";
  }
  EXPECT_EQ(escaped(text), expected);
}

TEST(LogLine, IsOneJsonObject) {
  EXPECT_EQ(json("Request", {{"method", "GET"},
                             {"status", 200},
                             {"most", std::numeric_limits<std::uint64_t>::max()},
                             {"least", std::numeric_limits<std::int64_t>::min()},
                             {"ms", 1.25},
                             {"cached", true},
                             {"ratio", std::nan("")}}),
            R"({"time":"2026-11-21T08:30:00.125Z","level":"info","message":"Request","method":"GET","status":200,)"
            R"("most":18446744073709551615,"least":-9223372036854775808,"ms":1.25,"cached":true,"ratio":null})"
            "\n");
}

TEST(LogLine, KeepsItsOwnMembers) {
  EXPECT_EQ(
      json("m", {{"time", 1}, {"level", 2}, {"message", "x"}, {"a\"b", 3}}),
      R"({"time":"2026-11-21T08:30:00.125Z","level":"info","message":"m","time_":1,"level_":2,"message_":"x","a\"b":3})"
      "\n");
}

TEST(LogLine, CutsWhatIsTooLongBetweenTwoCharacters) {
  EXPECT_EQ(
      json("1234567\xc3\xa4", {{"k", "123456789"}}, 8),
      R"({"time":"2026-11-21T08:30:00.125Z","level":"info","message":"1234567...[2 bytes cut]","k":"12345678...[1 bytes cut]"})"
      "\n");
}

TEST(LogLine, HidesSecretsInBothStyles) {
  EXPECT_NE(json("m", {{"password", "hunter2"}}).find(R"("password":"[redacted]")"), std::string::npos);
  EXPECT_NE(json("m", {{"token", 12345}}).find(R"("token":"[redacted]")"), std::string::npos);
  EXPECT_EQ(pretty(Colour::off, {{"password", "hunter2"}}), "08:30:00.125 WARN  Slow password=[redacted]\n");
}

TEST(LogLine, EscapesKeysAndMessagesAsItDoesValues) {
  for (const std::string_view text : {"\x1b[2J", "\xc2\x9b", "\xe2\x80\xae", "\n"}) {
    const Redaction redaction({});
    const Attribute attribute(text, text);
    for (const bool as_json : {true, false}) {
      LineBuffer out;
      const Line line{at_half_past_eight, Level::info, text, std::span(&attribute, 1)};
      if (as_json) append_json_line(out, line, {redaction, 100});
      if (!as_json) append_pretty_line(out, line, {redaction, 100}, Colour::off);
      EXPECT_EQ(out.view().find(text), text == "\n" ? out.size() - 1 : std::string_view::npos) << out.view();
    }
  }
}

TEST(LogLine, IsForAPersonWhenPretty) {
  EXPECT_EQ(pretty(Colour::off, {{"path", "/a b"}, {"ms", 12}, {"e", ""}, {"x", "\x1b[2J"}}),
            "08:30:00.125 WARN  Slow path=\"/a b\" ms=12 e=\"\" x=\\u001b[2J\n");
  EXPECT_EQ(pretty(Colour::on, {{"ms", 12}}),
            "\x1b[2m08:30:00.125\x1b[0m \x1b[33mWARN  \x1b[0mSlow \x1b[2mms=\x1b[0m12\n");
}

TEST(TimeText, FollowsTheClock) {
  TimeText text;
  for (const std::int64_t ms : {1'700'000'000'000, 1'700'000'000'007, 1'700'000'000'999, 1'700'000'001'000,
                                1'699'999'999'999, -1L, 0L, -86'400'001L}) {
    const Timestamp time = Timestamp::from_milliseconds(ms);
    EXPECT_EQ(text.of(time), time.to_string());
  }
}

TEST(Redaction, FindsNamesHoweverWritten) {
  const Redaction redaction({"password", "accessToken", "headers.*", "a.*.c", "x"});
  for (const std::string_view key :
       {"password", "PASSWORD", "user.password", "access_token", "Access-Token", "ACCESSTOKEN", "password_",
        "headers.host", "Headers.X-Custom", "a.b.c", "x", "X", "y.x"}) {
    EXPECT_TRUE(redaction.hides(key)) << key;
  }
  for (const std::string_view key : {"", "passwords", "my password", "headers", "headers.a.b", "a.c", "a.b.c.d",
                                     "token", "word", "xx", "password.length"}) {
    EXPECT_FALSE(redaction.hides(key)) << key;
  }
}

TEST(Redaction, OfTheDefaultsHidesEach) {
  const LogOptions options;
  const Redaction redaction(options.redact);
  for (const std::string& name : options.redact) EXPECT_TRUE(redaction.hides(name)) << name;
  for (const std::string_view key : {"auth", "session", "pwd", "user.session", "X-Auth", "api_key", "Set-Cookie"}) {
    EXPECT_EQ(redaction.hides(key), key != "X-Auth") << key;
  }
  for (const std::string_view key : {"sessionId", "author", "code", "duration", "method", "path", "status", "requestId",
                                     "ip", "userAgent", "count"}) {
    EXPECT_FALSE(redaction.hides(key)) << key;
  }
}

}  // namespace
}  // namespace ashlar::log::detail
