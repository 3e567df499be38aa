// SPDX-License-Identifier: Apache-2.0
#include "ashlar/mail/message.hpp"

#include <gtest/gtest.h>

#include <string>

namespace ashlar::mail {
namespace {

using namespace std::string_literals;

TEST(Mailbox, RefusesWhatIsNone) {
  for (const std::string& text :
       {""s, "ada"s, "<>"s, "<ada@example.com"s, "ada@example.com>"s, "Ada <ada>"s, "Ada <ada@example.com> x"s,
        "<ada@example.com>, <eve@example.com>"s, "ada@example.com\r\nBcc: eve@example.com"s,
        "Ada\r\nBcc: eve@example.com\r\nX: <ada@example.com>"s, "Ada\nBcc: eve <ada@example.com>"s,
        "Ada <ada@example.com\r\nBcc:eve@example.com>"s, "Ada\0 <ada@example.com>"s,
        "A\xe2\x80\xa8 B <ada@example.com>"s, std::string(121, 'a') + " <ada@example.com>"}) {
    EXPECT_FALSE(Mailbox::parse(text)) << text;
  }
}

TEST(Mailbox, IsAnAddressWithOrWithoutAName) {
  const auto plain = Mailbox::parse(" ada@example.com ");
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->address.view(), "ada@example.com");
  EXPECT_EQ(plain->name.view(), "");
  const auto named = Mailbox::parse("Ada Lovelace <ada@example.com>");
  ASSERT_TRUE(named);
  EXPECT_EQ(named->address.view(), "ada@example.com");
  EXPECT_EQ(named->name.view(), "Ada Lovelace");
}

TEST(Subject, RefusesALineBreakAndAControlCharacter) {
  for (const std::string& text : {"a\r\nBcc: eve@example.com"s, "a\nb"s, "a\rb"s, "a\0b"s, "a\tb"s, "\x7f"s,
                                  "a\xe2\x80\xa9 b"s, "a\xe2\x80\xae b"s, ""s, std::string(201, 'a')}) {
    EXPECT_FALSE(Subject::parse(text)) << text;
  }
}

TEST(MessageId, RefusesWhatIsNone) {
  for (const std::string& text :
       {""s, "a"s, "@example.com"s, "a@"s, "a@b"s, "<a@example.com>"s, "a b@example.com"s, "../a@example.com"s,
        "a/b@example.com"s, ".a@example.com"s, "a.@example.com"s, "a..b@example.com"s, "a@b@example.com"s,
        "a\r\nX: y@example.com"s, "a@example.com\r\nX: y"s, std::string(65, 'a') + "@example.com"}) {
    EXPECT_FALSE(MessageId::parse(text)) << text;
  }
}

TEST(MessageId, IsMadeAtTheSendersDomain) {
  const ManualClock clock(Timestamp::parse("2026-05-04T08:30:00Z").value());
  SeededRandom random(1);
  const MessageId id = MessageId::make(clock, random, Email::of("no-reply@mail.example.com"));
  EXPECT_TRUE(id.view().ends_with("@mail.example.com")) << id.view();
  EXPECT_EQ(id.left().size(), 36U);
  EXPECT_NE(MessageId::make(clock, random, Email::of("no-reply@mail.example.com")), id);
}

}  // namespace
}  // namespace ashlar::mail
