// SPDX-License-Identifier: Apache-2.0
#include "ashlar/mail/internet_message.hpp"

#include "ashlar/mail/detail/quoted_printable.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace ashlar::mail {
namespace {

using testing::HasSubstr;
using testing::Not;

Message message() {
  return {.id = MessageId::of("0193508e@example.com"),
          .at = Timestamp::parse("2026-05-04T08:03:09.125Z").value(),
          .from = Mailbox::parse("Ashlar <no-reply@example.com>").value(),
          .to = Mailbox::parse("ada@example.org").value(),
          .subject = Subject::of("Confirm your address"),
          .text = BodyText::of("Hello\nhttps://example.com/a#token=b\n"),
          .html = BodyText::of("<p>Hello</p>")};
}

std::string encoded(std::string_view text) {
  std::string out;
  detail::append_quoted_printable(text, out);
  return out;
}

// The value of a field, unfolded.
std::string field(const Message& of, std::string_view name) {
  const std::string whole = to_internet_message(of);
  std::string head = whole.substr(0, whole.find("\r\n\r\n") + 2);
  for (std::size_t at = head.find("\r\n "); at != head.npos; at = head.find("\r\n ")) head.replace(at, 3, "|");
  const std::size_t begin = head.find(std::string(name) + ": ");
  if (begin == head.npos) return "absent";
  const std::size_t value = begin + name.size() + 2;
  return head.substr(value, head.find("\r\n", value) - value);
}

TEST(InternetMessage, IsWrittenWhole) {
  EXPECT_EQ(to_internet_message(message()),
            "Date: Mon, 04 May 2026 08:03:09 +0000\r\n"
            "From: Ashlar <no-reply@example.com>\r\n"
            "To: ada@example.org\r\n"
            "Subject: Confirm your address\r\n"
            "Message-ID: <0193508e@example.com>\r\n"
            "Auto-Submitted: auto-generated\r\n"
            "MIME-Version: 1.0\r\n"
            "Content-Type: multipart/alternative; boundary=\"=_ashlar\"\r\n"
            "\r\n"
            "--=_ashlar\r\n"
            "Content-Type: text/plain; charset=utf-8\r\n"
            "Content-Transfer-Encoding: quoted-printable\r\n"
            "\r\n"
            "Hello\r\n"
            "https://example.com/a#token=3Db\r\n"
            "--=_ashlar\r\n"
            "Content-Type: text/html; charset=utf-8\r\n"
            "Content-Transfer-Encoding: quoted-printable\r\n"
            "\r\n"
            "<p>Hello</p>\r\n"
            "--=_ashlar--\r\n");
}

TEST(InternetMessage, EncodesSubjectsThatAreNotPlainAscii) {
  Message of = message();
  of.subject = Subject::of("Grüße");
  EXPECT_EQ(field(of, "Subject"), "=?UTF-8?B?R3LDvMOfZQ==?=");
  of.subject = Subject::of("=?UTF-8?B?bXkgd29yZA==?=");  // it would be decoded
  EXPECT_EQ(field(of, "Subject"), "=?UTF-8?B?PT9VVEYtOD9CP2JYa2dkMjl5WkE9PT89?=");
  of.subject = Subject::of(" spaced ");  // it would be cut
  EXPECT_EQ(field(of, "Subject"), "=?UTF-8?B?IHNwYWNlZCA=?=");
  of.subject = Subject::of(
      "\xf0\x9f\x92\xa3\xf0\x9f\x92\xa3\xf0\x9f\x92\xa3\xf0\x9f\x92\xa3\xf0\x9f\x92\xa3"
      "\xf0\x9f\x92\xa3\xf0\x9f\x92\xa3\xf0\x9f\x92\xa3\xf0\x9f\x92\xa3\xf0\x9f\x92\xa3");
  EXPECT_EQ(field(of, "Subject"),  // each word holds whole characters: nine of four bytes, then one
            "=?UTF-8?B?8J+So/CfkqPwn5Kj8J+So/CfkqPwn5Kj8J+So/CfkqPwn5Kj?=|=?UTF-8?B?8J+Sow==?=");
}

TEST(InternetMessage, EncodesNamesThatAreNoAtoms) {
  Message of = message();
  const auto from = [&](const char* name) {
    of.from.name = DisplayName::of(name);
    return field(of, "From");
  };
  EXPECT_EQ(from(""), "no-reply@example.com");
  EXPECT_EQ(from("Ashlar & Co"), "Ashlar & Co <no-reply@example.com>");
  EXPECT_EQ(from("Ashlar, Inc."), "=?UTF-8?B?QXNobGFyLCBJbmMu?=|<no-reply@example.com>");
  EXPECT_EQ(from("<eve@example.com>"), "=?UTF-8?B?PGV2ZUBleGFtcGxlLmNvbT4=?=|<no-reply@example.com>");
  EXPECT_EQ(from("\"quoted\""), "=?UTF-8?B?InF1b3RlZCI=?=|<no-reply@example.com>");
  EXPECT_EQ(from("Zoë"), "=?UTF-8?B?Wm/Dqw==?=|<no-reply@example.com>");
}

TEST(InternetMessage, HasShortLinesOfAsciiWhateverItSays) {
  Message of = message();
  std::string wide, html;
  for (int i = 0; i < 200; ++i) wide += "\xf0\x9f\x92\xa3";
  for (int i = 0; i < 5'000; ++i) html += "ß= .\t";
  of.subject = Subject::of(wide);
  of.from.name = DisplayName::of(wide.substr(0, 480));
  of.to.name = DisplayName::of(std::string(120, 'a'));
  of.text = BodyText::of(wide + "\r--=_ashlar--\r\n.\nFrom me");
  of.html = BodyText::of(html);
  const std::string whole = to_internet_message(of);
  for (std::size_t at = 0; at < whole.size();) {
    const std::size_t end = whole.find("\r\n", at);
    ASSERT_NE(end, whole.npos) << "a line without an end";
    EXPECT_LE(end - at, 76U) << whole.substr(at, end - at);
    for (const char c : whole.substr(at, end - at))
      EXPECT_TRUE(c == '\t' || (c >= ' ' && c <= '~')) << static_cast<int>(c);
    at = end + 2;
  }
  EXPECT_THAT(whole, Not(HasSubstr("\r\n--=_ashlar--\r\n.\r\n"))) << "a part ended the message";
}

TEST(QuotedPrintable, EncodesWhatAMailServerWouldChange) {
  EXPECT_EQ(encoded(""), "");
  EXPECT_EQ(encoded("\n"), "\r\n");
  EXPECT_EQ(encoded("a\nb\r\nc\rd"), "a\r\nb\r\nc\r\nd\r\n");
  EXPECT_EQ(encoded("a \nb\t\nc d"), "a=20\r\nb=09\r\nc d\r\n");
  EXPECT_EQ(encoded("a=b"), "a=3Db\r\n");
  EXPECT_EQ(encoded("Grüße\x1b"), "Gr=C3=BC=C3=9Fe=1B\r\n");
}

TEST(QuotedPrintable, BreaksLinesAtTheirLimit) {
  EXPECT_EQ(encoded(std::string(76, 'a')), std::string(76, 'a') + "\r\n");
  EXPECT_EQ(encoded(std::string(77, 'a')), std::string(75, 'a') + "=\r\naa\r\n");
  EXPECT_EQ(encoded(std::string(73, 'a') + "="), std::string(73, 'a') + "=3D\r\n");
  EXPECT_EQ(encoded(std::string(74, 'a') + "="), std::string(74, 'a') + "=\r\n=3D\r\n");
  EXPECT_EQ(encoded(std::string(73, 'a') + "=b"), std::string(73, 'a') + "=\r\n=3Db\r\n");
}

}  // namespace
}  // namespace ashlar::mail
