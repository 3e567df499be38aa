// SPDX-License-Identifier: Apache-2.0
#include "ashlar/mail/smtp_url.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace ashlar::mail {
namespace {

using namespace std::string_literals;
using testing::HasSubstr;
using testing::Not;

TEST(SmtpUrl, RefusesWhatIsNone) {
  for (const std::string& url : {""s,
                                 "smtp"s,
                                 "http://mail.example"s,
                                 "smtp://"s,
                                 "smtp://:25"s,
                                 "smtp://mail.example:0"s,
                                 "smtp://mail.example:65536"s,
                                 "smtp://mail.example:x"s,
                                 "smtp://mail.example/inbox"s,
                                 "smtp://[::1"s,
                                 "smtp://user@mail.example"s,
                                 "smtp://:hush@mail.example"s,
                                 "smtp://a:hush%0@mail.example"s,
                                 "smtp://a:hush%0d%0aRSET@mail.example"s,
                                 "smtp://a%00b:hush@mail.example"s,
                                 "smtp://mail.exa mple"s,
                                 "smtp://mail.example\r\nRSET"s,
                                 "smtp://mail..example"s,
                                 "smtp://mail.example?tls=off"s,
                                 "smtps://mail.example?tls=none"s,
                                 "smtp://a:hush@mail.example?tls=none"s,
                                 "smtp://mail.example?name="s,
                                 "smtp://mail.example?name=a b"s,
                                 "smtp://mail.example?name=[x]"s,
                                 "smtp://mail.example?name=a\r\nRSET"s}) {
    const auto parsed = parse_smtp_url(url);
    ASSERT_FALSE(parsed) << url;
    EXPECT_EQ(parsed.error().code(), errors::invalid_smtp_url);
    EXPECT_THAT(parsed.error().message(), Not(HasSubstr("hush"))) << "it would be logged";
  }
}

TEST(SmtpUrl, NamesServerSecurityAndCredentials) {
  const auto plain = parse_smtp_url("smtp://mail.example").value();
  EXPECT_EQ(plain.host, "mail.example");
  EXPECT_EQ(plain.port, 587);
  EXPECT_EQ(plain.tls, SmtpServer::Tls::required);
  EXPECT_EQ(plain.user, "");
  const auto secure =
      parse_smtp_url("smtps://me%40shop.example:p%3Aa%2fss%20word@[2001:db8::1]:4465/?name=shop.example");
  ASSERT_TRUE(secure) << secure.error().message();
  EXPECT_EQ(secure->host, "2001:db8::1");
  EXPECT_EQ(secure->port, 4465);
  EXPECT_EQ(secure->tls, SmtpServer::Tls::implicit);
  EXPECT_EQ(secure->user, "me@shop.example");
  EXPECT_EQ(secure->password, "p:a/ss word");
  EXPECT_EQ(secure->client_name, "shop.example");
  EXPECT_EQ(parse_smtp_url("smtps://mail.example").value().port, 465);
  EXPECT_EQ(parse_smtp_url("smtp://localhost:25?tls=none").value().tls, SmtpServer::Tls::none);
}

}  // namespace
}  // namespace ashlar::mail
