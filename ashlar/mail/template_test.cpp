// SPDX-License-Identifier: Apache-2.0
#include "ashlar/mail/template.hpp"

#include "ashlar/mail/templates.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace ashlar::mail {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Language, IsTheOneThatIsWantedMost) {
  const std::vector<std::string_view> available{"en", "de"};
  const auto chosen = [&](std::string_view accept) { return choose_language(accept, available); };
  for (const char* none : {"", "fr", "fr, it;q=0.5", "de;q=0", "de;q=x", "de;q=1.5", "de;", "-", ",,,", "d", "de-;q",
                           "*;q=0", "de;q=0.0000"})
    EXPECT_EQ(chosen(none), "") << none;
  for (const char* german_one : {"de", "DE", "de-CH", "de-Latn-CH-1996", "fr, de", "en;q=0.5, de;q=0.6", "de,en",
                                 "en;q=0.999,de;q=1.000", "xx, de ; q=0.1", " de\t;q=0.1"})
    EXPECT_EQ(chosen(german_one), "de") << german_one;
  EXPECT_EQ(chosen("*"), "en");
  EXPECT_EQ(chosen("fr, *;q=0.1"), "en");
  std::string many;
  for (int i = 0; i < 100'000; ++i) many += "fr,";
  EXPECT_EQ(chosen(many + "de"), "") << "32 are read";
}

TEST(Language, WritesDurationsTimesAndAmounts) {
  using namespace std::chrono_literals;
  EXPECT_EQ(english.duration(24h), "24 hours");
  EXPECT_EQ(english.duration(48h), "2 days");
  EXPECT_EQ(english.duration(1min), "1 minute");
  EXPECT_EQ(english.duration(0s), "0 seconds");
  EXPECT_EQ(german.duration(90min), "90 Minuten");
  EXPECT_EQ(english.time("2026-05-04T08:03:09.123Z"), "4 May 2026, 08:03 UTC");
  EXPECT_EQ(german.time("2026-03-04T23:30:00-01:00"), "5. März 2026, 00:30 UTC");
  EXPECT_EQ(german.time("tomorrow"), std::nullopt);
  EXPECT_EQ(german.money("12.50 EUR"), "12,50 EUR");
  EXPECT_EQ(english.money("-0.05 EUR"), "-0.05 EUR");
  for (const char* none : {"", "12", "12.50", ".5 EUR", "<b>1.0 EUR"}) EXPECT_EQ(english.money(none), std::nullopt);
}

TEST(MailTemplate, RefusesWhatIsMalformed) {
  for (const char* source :
       {"", "Hello", "Subject: \n\nHello", "Subject: a", "Subject: a\nHello", "Subject: a\n\n", "Subject: {a\n\nHello",
        "Subject: a\n\n{}", "Subject: a\n\n{a b}", "Subject: a\n\n{a|bold}", "Subject: a\n\na } b", "Subject: a\n\n[x]",
        "Subject: a\n\n[x](https://example.com)", "Subject: a\n\n[x]({}) and more", "Subject: a\n\n{<b>}"})
    EXPECT_THROW(Template(source, english), std::invalid_argument) << source;
}

constexpr const char* order = R"(
Subject: Order {number}

Thank you, your order of {at|time}
costs {total|money}.

{rows|table}

[Pay {total|money}]({link})

You have {left|duration}.
)";

TemplateValues order_values() {
  return TemplateValues{}
      .text("number", "17")
      .text("at", "2026-05-04T08:03:09Z")
      .text("total", "12.50 EUR")
      .duration("left", std::chrono::minutes{30})
      .link("link", "https://shop.example/pay?order=17&x=1")
      .row("Apples & pears", "12.50 EUR");
}

TEST(MailTemplate, MakesBothParts) {
  const auto content = Template(order, german).render(order_values());
  ASSERT_TRUE(content) << content.error().cause();
  EXPECT_EQ(content->subject.view(), "Order 17");
  EXPECT_EQ(content->text.view(),
            "Thank you, your order of 4. Mai 2026, 08:03 UTC costs 12,50 EUR.\n\n"
            "Apples & pears: 12,50 EUR\n\n"
            "https://shop.example/pay?order=17&x=1\n\n"
            "You have 30 Minuten.\n");
  EXPECT_THAT(content->html.str(), HasSubstr("<html lang=\"de\">"));
  EXPECT_THAT(content->html.str(), HasSubstr("Apples &amp; pears</td>"));
  EXPECT_THAT(content->html.str(),
              HasSubstr("<a href=\"https://shop.example/pay?order=17&amp;x=1\">Pay 12,50 EUR</a>"));
}

TEST(MailTemplate, TakesNoValueForMarkupOrForAnotherLine) {
  const Template of("Subject: {name}\n\nDear {name},\n\n[{name}]({link})\n\n{rows|table}", english);
  const std::string evil = "<a href=\"x\">'&\r\nBcc: eve@example.com\n\n\xe2\x80\xae{name}[x](y)";
  const auto content =
      of.render(TemplateValues{}.text("name", evil).link("link", "https://shop.example/").row(evil, evil));
  ASSERT_TRUE(content) << content.error().cause();
  const std::string shown = "<a href=\"x\">'&  Bcc: eve@example.com   {name}[x](y)";
  EXPECT_EQ(content->subject.view(), shown);
  EXPECT_EQ(content->text.view(), "Dear " + shown + ",\n\nhttps://shop.example/\n\n" + shown + ": " + shown + "\n");
  EXPECT_THAT(content->html.str(), Not(HasSubstr("<a href=\"x\"")));
  EXPECT_THAT(content->html.str(), HasSubstr("&lt;a href=&quot;x&quot;&gt;&#39;&amp;"));
}

TEST(MailTemplate, RefusesValuesThatAreMissingOrOfAnotherKind) {
  const auto cause = [](const char* source, const TemplateValues& values) {
    const auto content = Template(source, english).render(values);
    return content ? std::string("rendered") : content.error().cause();
  };
  EXPECT_EQ(cause("Subject: a\n\n{name}", {}), "{name} has no value");
  EXPECT_EQ(cause("Subject: a\n\n{at|time}", TemplateValues{}.text("at", "now")),
            "{at} is not of its placeholder's kind");
  EXPECT_EQ(cause("Subject: a\n\n{t|duration}", TemplateValues{}.text("t", "x")),
            "{t} is not of its placeholder's kind");
  EXPECT_EQ(cause("Subject: a\n\n[b]({link})", {}), "{link} has no link");
  for (const char* url : {"javascript:alert(1)", "data:text/html,x", "//evil.example", "https://a.example/\r\nx"})
    EXPECT_EQ(cause("Subject: a\n\n[b]({link})", TemplateValues{}.link("link", url)), "{link} is no http or https URL");
  EXPECT_EQ(cause("Subject: {name}\n\na", TemplateValues{}.text("name", "")),
            "the subject is empty, or a part is too long");
  EXPECT_EQ(cause("Subject: {name}\n\na", TemplateValues{}.text("name", std::string(500, 'a'))), "rendered")
      << "it is cut";
}

TEST(MailTemplates, AreCheckedAgainstEachOther) {
  const auto faults = [](const char* in_german) {
    Templates templates({&english, &german});
    templates.add("hello", english, "Subject: Hello\n\n{name}");
    if (in_german != nullptr) templates.add("hello", german, in_german);
    templates.validate();
  };
  EXPECT_THROW(faults(nullptr), std::invalid_argument);
  EXPECT_THROW(faults("Subject: Hallo\n\n{nane}"), std::invalid_argument);
  EXPECT_THROW(faults("Subject: Hallo\n\n{name|time}"), std::invalid_argument);
  EXPECT_NO_THROW(faults("Subject: Hallo {name}\n\nWillkommen."));
  Templates templates({&english});
  EXPECT_THROW(templates.add("hello", german, "Subject: Hallo\n\nx"), std::invalid_argument);
  templates.add("hello", english, "Subject: Hello\n\nx");
  EXPECT_THROW(templates.add("hello", english, "Subject: Hello\n\nx"), std::invalid_argument);
}

TEST(MailTemplates, FallBackToTheFirstLanguage) {
  Templates templates({&english, &german});
  templates.add("hello", english, "Subject: Hello\n\nx");
  templates.add("hello", german, "Subject: Hallo\n\nx");
  EXPECT_EQ(templates.choose("de-AT, en;q=0.5"), "de");
  EXPECT_EQ(templates.choose("fr"), "en");
  EXPECT_EQ(templates.render("hello", "de", {}).value().subject.view(), "Hallo");
  EXPECT_EQ(templates.render("hello", "fr", {}).value().subject.view(), "Hello");
  EXPECT_EQ(templates.render("nothing", "de", {}).error().cause(), "no template nothing");
}

}  // namespace
}  // namespace ashlar::mail
