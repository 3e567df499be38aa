// SPDX-License-Identifier: Apache-2.0
#include "ashlar/schema/constraints.hpp"

#include "ashlar/schema/json.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace ashlar {
namespace {

using schema::Violation;

template <class T, class From>
std::string fault_of(From from) {
  const auto parsed = T::parse(from);
  return parsed ? "" : std::string(parsed.error().code);
}

std::string many(std::size_t count, std::string_view what) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += what;
  return out;
}

TEST(Text, RefusesWrongLengthsInCodePoints) {
  EXPECT_EQ((fault_of<Text<1, 3>, std::string_view>("")), "too_short");
  EXPECT_EQ((fault_of<Text<2, 3>, std::string_view>("é")), "too_short");
  EXPECT_EQ((fault_of<Text<2, 3>, std::string_view>("😀😀😀😀")), "too_long");
  EXPECT_EQ((fault_of<Text<2, 3>, std::string_view>("😀😀😀")), "");
  EXPECT_EQ((fault_of<Text<0, 0>, std::string_view>("")), "");
  EXPECT_EQ((fault_of<Text<0, 120>>(std::string_view(many(120, "é")))), "");
  EXPECT_EQ((fault_of<Text<0, 120>>(std::string_view(many(121, "é")))), "too_long");
}

TEST(Text, RefusesNulAndIllFormedUtf8Anywhere) {
  for (std::size_t at = 0; at < 20; ++at) {
    std::string text(20, 'x');
    text[at] = '\0';
    EXPECT_EQ((fault_of<Text<0, 100>>(std::string_view(text))), "text") << at;
    text[at] = '\xff';
    EXPECT_EQ((fault_of<Text<0, 100>>(std::string_view(text))), "text") << at;
    text.replace(at, 1, "é");
    EXPECT_EQ((fault_of<Text<0, 100>>(std::string_view(text))), "") << at;
  }
}

TEST(Line, RefusesWhatATerminalObeys) {
  for (const std::string_view text : {"a\nb", "a\r", "\t", "\x1b[2J", "\x7f", "\u0085", "\u009b31m", "\u061c", "\u200e",
                                      "\u200f", "\u2028", "\u202a", "moc.\u202egnp", "\u2066a", "\u2069"}) {
    EXPECT_EQ((fault_of<Line<0, 100>>(text)), "control_character") << text;
    EXPECT_EQ((fault_of<Text<0, 100>>(text)), "") << "which prose may hold";
  }
  EXPECT_EQ((fault_of<Line<1, 3>, std::string_view>("")), "too_short");
  EXPECT_EQ((fault_of<Line<1, 3>, std::string_view>("abcd")), "too_long");
  EXPECT_EQ((fault_of<Line<1, 3>>(std::string_view("a\0", 2))), "text");
  EXPECT_EQ((fault_of<Line<1, 3>, std::string_view>("a\xff")), "text");
}

TEST(Line, AcceptsNamesOfEveryScript) {
  for (const std::string_view text :
       {"Ada Lovelace", "\u05d3\u05d5\u05d3", "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", "\u5c0f\u6797",
        "\U0001f469\u200d\U0001f680", "\u00a0"}) {
    EXPECT_EQ((fault_of<Line<1, 100>>(text)), "") << text;
  }
}

TEST(Text, SaysTheRuleToAPerson) {
  EXPECT_EQ((Text<1, 3>::parse("").error().message), "must not be empty");
  EXPECT_EQ((Text<2, 3>::parse("a").error().message), "must be at least 2 characters");
  EXPECT_EQ((Text<0, 1>::parse("ab").error().message), "must be at most 1 character");
  EXPECT_EQ((Int<1, 100>::parse(0).error().message), "must be at least 1");
  EXPECT_EQ((MoneyBetween<-5, 100>::parse("2.00").error().message), "must be at most 1.00");
  EXPECT_EQ((MoneyBetween<-5, 100>::parse("-0.06").error().message), "must be at least -0.05");
}

TEST(Email, RefusesWhatIsNoAddress) {
  for (const std::string_view text : {"",           "a",           "@",         "a@",
                                      "@b.de",      "a@b",         "a@b.",      "a@.de",
                                      "a@b..de",    "a@-b.de",     "a@b-.de",   "a@b.de-",
                                      ".a@b.de",    "a.@b.de",     "a..c@b.de", "a b@c.de",
                                      "a@b c.de",   "a@b.de ",     " a@b.de",   "a@b@c.de",
                                      "\"a\"@b.de", "a@[1.2.3.4]", "a@1.2.3.4", "a@b.1",
                                      "a@b_c.de",   "a@b.de\n",    "a,b@c.de",  "<a@b.de>",
                                      "ä@b.de",     "a@ä.de",      "a(x)@b.de", "a@b.de\r\nBcc: c@d.de",
                                      "a\\@b.de",   "a:b@c.de",    "a;b@c.de"}) {
    EXPECT_EQ(fault_of<Email>(text), "email") << text;
  }
  EXPECT_EQ(fault_of<Email>(std::string_view("a\0@b.de", 7)), "email");
  EXPECT_EQ(fault_of<Email>(std::string_view(many(65, "a") + "@b.de")), "email");
  EXPECT_EQ(fault_of<Email>(std::string_view("a@" + many(64, "b") + ".de")), "email");
  EXPECT_EQ(fault_of<Email>(std::string_view("a@" + many(127, "b.") + "de")), "email");  // 258 bytes
}

TEST(Email, AcceptsAddressesAsTheyAreWritten) {
  for (const std::string_view text : {"a@b.de", "Ada.Lovelace@Example.COM", "a+tag@b.co.uk", "!#$%&'*+-/=?^_`{|}~@b.de",
                                      "1@2.de", "a@1b.de", "a@xn--bcher-kva.example", "a@b-c.de"}) {
    EXPECT_EQ(fault_of<Email>(text), "") << text;
  }
  EXPECT_EQ(fault_of<Email>(std::string_view(many(64, "a") + "@" + many(63, "b") + ".de")), "");
  EXPECT_EQ(Email::of("Ada@Example.com").str(), "Ada@Example.com");
}

TEST(Email, HasTheSameKeyInEveryCase) {
  EXPECT_EQ(Email::of("IVAN.I@EXAMPLE.com").key(), "ivan.i@example.com");
  EXPECT_EQ(Email::of("iVaN.i@Example.COM").key(), Email::of("IVAN.I@EXAMPLE.com").key());
  EXPECT_NE(Email::of("ivan+i@example.com").key(), Email::of("ivan.i@example.com").key());
}

TEST(Url, RefusesWhatIsNoWebAddress) {
  for (const std::string_view text : {"",
                                      "example.com",
                                      "//example.com",
                                      "/a",
                                      "http:",
                                      "http:/a",
                                      "http://",
                                      "http:///a",
                                      "https://?q",
                                      "ftp://a.de",
                                      "javascript:alert(1)",
                                      "JAVASCRIPT://x/%0aalert(1)",
                                      "data:text/html,x",
                                      "file:///etc/passwd",
                                      "mailto:a@b.de",
                                      "http://u@a.de",
                                      "http://u:p@a.de",
                                      "http://a.de:p@b.de/",
                                      "http://a b.de",
                                      "http://a.de/a b",
                                      "http://a.de/\"",
                                      "http://a.de/<x>",
                                      "http://a.de/\\",
                                      "http://a.de/{x}",
                                      "http://a.de/|",
                                      "http://a.de/^",
                                      "http://a.de/`",
                                      "http://a.de/%",
                                      "http://a.de/%4",
                                      "http://a.de/%zz",
                                      "http://a.de:99999",
                                      "http://a.de:65536/",
                                      "http://a.de:1x",
                                      "http://:80/",
                                      "http://a.de#a#b",
                                      "http://a.de/\n",
                                      "http://a.de/ä",
                                      "http://ä.de",
                                      " http://a.de",
                                      "http://a.de ",
                                      "h\tttp://a.de"}) {
    EXPECT_EQ(fault_of<Url>(text), "url") << text;
  }
  EXPECT_EQ(fault_of<Url>(std::string_view("http://a.de/" + many(2037, "a"))), "url");
}

TEST(Url, RefusesInvalidHosts) {
  for (const std::string_view text : {"http://[::1",
                                      "http://[]",
                                      "http://[::1]x",
                                      "http://[1.2.3.4]",
                                      "http://[:::]",
                                      "http://[1:2:3:4:5:6:7]",
                                      "http://[1:2:3:4:5:6:7:8:9]",
                                      "http://[12345::]",
                                      "http://[::1::]",
                                      "http://[1:2:3:4:5:6:7:]",
                                      "http://[1:2:3:4:5:6:7::8]",
                                      "http://[1::2:3:4:5:6:7:8]",
                                      "http://[1:2:3:4:5:6:7:8::]",
                                      "http://[::1:2:3:4:5:6:7:8]",
                                      "http://[::1.2.3.256]",
                                      "http://[fe80::1%25eth0]",
                                      "http://[v1.x]",
                                      "http://[::1]:80x",
                                      "http://[::1]evil.de/",
                                      "http://a.de:80b.de/",
                                      "http://a.de:80,b.de:81/",
                                      "http://a.de:b.de/",
                                      "http://a.de:000080/",
                                      "http://@a.de/",
                                      "http://a.de\\@b.de/",
                                      "http:a.de",
                                      "http:a@b.de/"}) {
    EXPECT_EQ(fault_of<Url>(text), "url") << text;
  }
}

TEST(Url, AcceptsWebAddresses) {
  for (const std::string_view text :
       {"http://a", "https://example.com", "HTTPS://Example.com/", "http://a.de:8080/x", "http://a.de:/",
        "http://a.de?q=1&r=%20", "http://a.de/a/b;c=1,2?x=/?#f/?", "http://127.0.0.1/", "http://[::1]:80/",
        "http://[::]/", "http://[::ffff:192.0.2.1]/", "http://[1:2:3:4:5:6:7::]", "http://[2001:db8::1]",
        "http://[1:2:3:4:5:6:7:8]", "http://a.de/~u/!$&'()*+,;=:@"}) {
    EXPECT_EQ(fault_of<Url>(text), "") << text;
  }
  EXPECT_EQ(fault_of<Url>(std::string_view("http://a.de/" + many(2036, "a"))), "");
}

TEST(Password, CountsCharactersInNfcAndDoesNotRevealTheValue) {
  EXPECT_EQ(fault_of<Password>(std::string_view("1234567")), "too_short");
  EXPECT_EQ(fault_of<Password>(std::string_view("12345678")), "");
  EXPECT_EQ(fault_of<Password>(std::string_view(many(128, "a"))), "");
  EXPECT_EQ(fault_of<Password>(std::string_view(many(129, "a"))), "too_long");
  EXPECT_EQ(fault_of<Password>(std::string_view(many(128, "\U0001F512"))), "");
  EXPECT_EQ(fault_of<Password>(std::string_view(many(100'000, "a"))), "too_long");
  EXPECT_EQ(fault_of<Password>(std::string_view(many(7, "e\u0301"))), "too_short");
  EXPECT_EQ(fault_of<Password>(std::string_view(many(128, "e\u0301"))), "");
  EXPECT_EQ(fault_of<Password>(std::string_view(many(129, "e\u0301"))), "too_long");
  EXPECT_EQ(fault_of<Password>(std::string_view("12345678" + many(31, "\u0301"))), "text");
  EXPECT_EQ(fault_of<Password>(std::string_view("1234567\0", 8)), "text");
  EXPECT_EQ(fault_of<Password>(std::string_view("1234567\xff")), "text");
  EXPECT_EQ(Password::parse("secret").error().message, "must be at least 8 characters");
  EXPECT_EQ(schema::type_of<Password>().access.append_text, nullptr);
}

TEST(Money, RefusesTextThatIsNotTwoDecimals) {
  for (const std::string_view text :
       {"",      "1",    "1.",   "1.0",  "1.000",  ".50",    "-.50", "01.00", "-",      "+1.00",   " 1.00",
        "1.00 ", "1,00", "1.0x", "x.00", "1e2.00", "--1.00", "1.-1", "NaN",   "0x1.00", "1 000.00"}) {
    EXPECT_EQ(fault_of<Money>(text), "money") << text;
  }
  EXPECT_EQ(fault_of<Money>(std::string_view("10000000000000.00")), "too_large");
  EXPECT_EQ(fault_of<Money>(std::string_view("-10000000000000.00")), "too_small");
  EXPECT_EQ(fault_of<Money>(std::string_view(many(100, "9") + ".99")), "too_large");
  EXPECT_EQ(fault_of<Money>(std::string_view("-" + many(100, "9") + ".99")), "too_small");
  EXPECT_EQ((fault_of<MoneyBetween<1, 100>, std::string_view>("0.00")), "too_small");
  EXPECT_EQ((fault_of<MoneyBetween<0, 100>, std::string_view>("-0.00")), "money") << "its pattern has no sign";
}

TEST(Money, KeepsEveryMinorUnit) {
  for (const std::int64_t amount :
       {0L, 1L, 9L, 10L, 99L, 100L, 1250L, -1L, -99L, -100L, 999'999'999'999'999L, -999'999'999'999'999L}) {
    std::string text;
    schema::detail::append_money(amount, text);
    EXPECT_EQ(Money::parse(text)->minor_units(), amount) << text;
  }
  std::string least;
  schema::detail::append_money(std::numeric_limits<std::int64_t>::min(), least);
  EXPECT_EQ(least, "-92233720368547758.08");
  EXPECT_EQ(Money::parse("-0.00")->minor_units(), 0);
}

TEST(Money, ReadsTheNumberThatWasWritten) {
  const auto read = [](std::string_view json) {
    const auto money = schema::read_json<Money>(json);
    if (money) return std::to_string(money->minor_units());
    return money.error().faults().empty() ? "malformed" : money.error().faults()[0].code;
  };
  EXPECT_EQ(read("12"), "1200");
  EXPECT_EQ(read("12.5"), "1250");
  EXPECT_EQ(read("12.50"), "1250");
  EXPECT_EQ(read("-0.01"), "-1");
  EXPECT_EQ(read("0.29"), "29");  // times a hundred it is 28.999999999999996
  EXPECT_EQ(read("1.15"), "115");
  EXPECT_EQ(read("9999999999999.99"), "999999999999999");
  EXPECT_EQ(read("1e3"), "100000");
  EXPECT_EQ(read("0.001"), "money");
  EXPECT_EQ(read("1e-3"), "money");
  EXPECT_EQ(read("10000000000000"), "too_large");
  EXPECT_EQ(read("-1e300"), "too_small");
  EXPECT_EQ(read("18446744073709551615"), "too_large");
  EXPECT_EQ(read("1e400"), "too_large");
  EXPECT_EQ(read("true"), "type");
  for (std::int64_t cents = 0; cents < 100'000; cents += 7) {  // what JavaScript's numbers say is what is meant
    const std::string text =
        std::to_string(cents / 100) + '.' + std::to_string(cents % 100 / 10) + std::to_string(cents % 10);
    ASSERT_EQ(read(text), std::to_string(cents)) << text;
  }
}

TEST(Scalars, AreSetFromIntegersForRows) {
  Timestamp at;
  const auto& moment = schema::type_of<Timestamp>().access;
  EXPECT_FALSE(moment.set_integer(&at, 1'000));
  EXPECT_EQ(at.to_string(), "1970-01-01T00:00:01.000Z");
  EXPECT_EQ(moment.get_integer(&at), 1'000);
  EXPECT_EQ(moment.set_integer(&at, Timestamp::milliseconds_max + 1)->code, "too_large");
  EXPECT_EQ(moment.set_integer(&at, Timestamp::milliseconds_min - 1)->code, "too_small");

  MoneyBetween<0, 500> price;
  const auto& amount = schema::type_of<MoneyBetween<0, 500>>().access;
  EXPECT_FALSE(amount.set_integer(&price, 500));
  EXPECT_EQ(amount.get_integer(&price), 500);
  EXPECT_EQ(amount.set_integer(&price, 501)->code, "too_large");
}

// A scalar of a user's own: a colour, on the wire "#rrggbb".
struct Colour {
  std::uint32_t rgb = 0;
};

}  // namespace
}  // namespace ashlar

template <>
struct ashlar::schema::Describe<ashlar::Colour> {
  static Type type() {
    Type out{.kind = Kind::string, .description = "A colour", .pattern = "^#[0-9a-f]{6}$", .bounds = {7, 7}};
    out.append_example = [](std::string& json) { json += R"("#00aaff")"; };
    out.access.set_text = [](void* value, std::string_view text) -> Check {
      if (text.size() != 7 || text[0] != '#') return Violation{"colour", "must be a colour, as #00aaff"};
      std::uint32_t rgb = 0;
      for (const char c : text.substr(1)) {
        const std::size_t digit = std::string_view("0123456789abcdef").find(c);
        if (digit == std::string_view::npos) return Violation{"colour", "must be a colour, as #00aaff"};
        rgb = rgb << 4 | static_cast<std::uint32_t>(digit);
      }
      static_cast<Colour*>(value)->rgb = rgb;
      return {};
    };
    out.access.append_text = [](const void* value, std::string& text) {
      text += '#';
      for (int shift = 20; shift >= 0; shift -= 4) {
        text += "0123456789abcdef"[static_cast<const Colour*>(value)->rgb >> shift & 15];
      }
    };
    return out;
  }
};

namespace ashlar {
namespace {

struct Paint {
  Colour colour;
  std::optional<Nullable<Colour>> trim;
};
ASHLAR_DESCRIBE(Paint, colour, trim)

TEST(OwnScalar, IsReadWrittenAndRefusedAsAnyOther) {
  const auto paint = schema::read_json<Paint>(R"({"colour":"#0080ff","trim":null})");
  ASSERT_TRUE(paint);
  EXPECT_EQ(paint->colour.rgb, 0x0080ffU);
  EXPECT_EQ(schema::to_json(*paint), R"({"colour":"#0080ff","trim":null})");
  const auto refused = schema::read_json<Paint>(R"({"colour":"#0080f","trim":"blue"})");
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().faults(),
              ::testing::ElementsAre(Fault{"/colour", "colour", "must be a colour, as #00aaff"},
                                     Fault{"/trim", "colour", "must be a colour, as #00aaff"}));
}

}  // namespace
}  // namespace ashlar
