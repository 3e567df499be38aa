// SPDX-License-Identifier: Apache-2.0
// The SMTP client without a network: what it says to each reply.
#include "ashlar/mail/detail/smtp_dialogue.hpp"

#include "ashlar/mail/mailer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace ashlar::mail::detail {
namespace {

using Kind = SmtpDialogue::Step::Kind;
using testing::HasSubstr;
using testing::Not;

SmtpReply reply(std::string bytes) {
  auto taken = take_smtp_reply(bytes);
  EXPECT_TRUE(taken && *taken) << bytes;
  return **taken;
}

SmtpMail mail() { return {.sender = "a@shop.example", .recipient = "ada@example.org", .message = "Hello\r\n"}; }

// A dialogue after EHLO.
class Dialogue : public testing::Test {
 protected:
  SmtpDialogue::Step begin(const std::string& capabilities) {
    EXPECT_EQ(dialogue_.receive(reply("220 mail.example\r\n")).bytes, "EHLO [127.0.0.1]\r\n");
    return dialogue_.receive(reply("250-mail.example\r\n" + capabilities));
  }
  SmtpDialogue::Step say(const std::string& bytes) { return dialogue_.receive(reply(bytes)); }

  SmtpServer server_{.tls = SmtpServer::Tls::implicit, .host = "mail.example"};
  SmtpDialogue dialogue_{server_};
};

TEST(SmtpReplies, AreTakenOneByOne) {
  std::string received = "250-mail.example greets\r\n250-SIZE 100\r\n250 8BITMIME\r\n354\r\n55";
  auto first = take_smtp_reply(received);
  ASSERT_TRUE(first && *first);
  EXPECT_EQ((*first)->code, 250);
  EXPECT_THAT((*first)->lines, testing::ElementsAre("mail.example greets", "SIZE 100", "8BITMIME"));
  EXPECT_EQ((**take_smtp_reply(received)).code, 354);
  EXPECT_EQ(take_smtp_reply(received).value(), std::nullopt);
  EXPECT_EQ(received, "55");
}

TEST(SmtpReplies, ThatAreNoneAreRefused) {
  for (std::string bytes : {"hello\r\n", "199 x\r\n", "600 x\r\n", "25\r\n", "250x\r\n", "250-a\r\n251 b\r\n", "\r\n",
                            "HTTP/1.1 400 Bad Request\r\n"}) {
    const auto taken = take_smtp_reply(bytes);
    EXPECT_FALSE(taken) << bytes;
  }
  std::string endless(20'000, '2');
  EXPECT_FALSE(take_smtp_reply(endless));
  std::string many;
  for (int i = 0; i < 2'000; ++i) many += "250-again\r\n";
  EXPECT_FALSE(take_smtp_reply(many));
}

TEST(SmtpReplies, HaveEnhancedCodes) {
  EXPECT_EQ(reply("550 5.1.1 no such user\r\n").enhanced_code(), "5.1.1");
  EXPECT_EQ(reply("550 no such user\r\n").enhanced_code(), "");
  EXPECT_EQ(reply("550 4.1.1 odd\r\n").enhanced_code(), "") << "it contradicts the code";
  EXPECT_EQ(reply("550 1.2\r\n").enhanced_code(), "");
}

TEST(DotStuffing, ProtectsEveryLine) {
  EXPECT_EQ(dot_stuffed(""), ".\r\n");
  EXPECT_EQ(dot_stuffed("a\r\n"), "a\r\n.\r\n");
  EXPECT_EQ(dot_stuffed(".\r\n..\r\n.a\r\nb."), "..\r\n...\r\n..a\r\nb.\r\n.\r\n");
  EXPECT_EQ(dot_stuffed("a\r\n.\r\nMAIL FROM:<eve@example.com>\r\n"),
            "a\r\n..\r\nMAIL FROM:<eve@example.com>\r\n.\r\n");
}

TEST_F(Dialogue, SendsOneMailAfterAnother) {
  ASSERT_EQ(begin("250 SIZE 1000\r\n").kind, Kind::ready);
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(dialogue_.submit(mail()).bytes, "MAIL FROM:<a@shop.example> SIZE=7\r\n");
    EXPECT_EQ(say("250 ok\r\n").bytes, "RCPT TO:<ada@example.org>\r\n");
    EXPECT_EQ(say("251 will forward\r\n").bytes, "DATA\r\n");
    EXPECT_FALSE(dialogue_.is_outcome_open());
    EXPECT_EQ(say("354 go\r\n").bytes, "Hello\r\n.\r\n");
    EXPECT_TRUE(dialogue_.is_outcome_open());
    const auto done = say("250 2.0.0 queued\r\n");
    EXPECT_EQ(done.kind, Kind::done);
    EXPECT_FALSE(done.error);
    EXPECT_FALSE(dialogue_.is_outcome_open());
  }
}

TEST_F(Dialogue, DemandsTlsBeforeAnythingElse) {
  server_.tls = SmtpServer::Tls::required;
  server_.user = "me";
  const auto refused = begin("250 AUTH PLAIN\r\n");
  EXPECT_EQ(refused.kind, Kind::failed);
  EXPECT_THAT(refused.error->cause(), HasSubstr("STARTTLS"));
}

TEST_F(Dialogue, ForgetsWhatWasOfferedBeforeTls) {
  server_.tls = SmtpServer::Tls::required;
  server_.user = "me";
  server_.password = "hush";
  EXPECT_EQ(begin("250-AUTH PLAIN\r\n250 STARTTLS\r\n").bytes, "STARTTLS\r\n");
  EXPECT_EQ(say("220 go\r\n").kind, Kind::start_tls);
  EXPECT_EQ(dialogue_.secured().bytes, "EHLO [127.0.0.1]\r\n");
  EXPECT_EQ(say("250-mail.example\r\n250 AUTH LOGIN\r\n").bytes, "AUTH LOGIN\r\n");
}

TEST_F(Dialogue, SignsInWithLoginWherePlainIsAbsent) {
  server_.user = "me";
  server_.password = "hush";
  EXPECT_EQ(begin("250 AUTH LOGIN XOAUTH2\r\n").bytes, "AUTH LOGIN\r\n");
  EXPECT_EQ(say("334 VXNlcm5hbWU6\r\n").bytes, "bWU=\r\n");
  EXPECT_EQ(say("334 UGFzc3dvcmQ6\r\n").bytes, "aHVzaA==\r\n");
  const auto refused = say("535 5.7.8 aHVzaA== is wrong\r\n");
  EXPECT_EQ(refused.kind, Kind::failed);
  EXPECT_EQ(refused.error->code(), errors::unavailable) << "the operator can correct it";
  EXPECT_THAT(refused.error->cause(), Not(HasSubstr("aHVzaA")));
}

TEST_F(Dialogue, SignsInWithPlain) {
  server_.user = "me";
  server_.password = "hush";
  EXPECT_EQ(begin("250 AUTH LOGIN PLAIN\r\n").bytes, "AUTH PLAIN AG1lAGh1c2g=\r\n");
  EXPECT_EQ(say("235 welcome\r\n").kind, Kind::ready);
}

TEST_F(Dialogue, SignsInNowhereElse) {
  server_.user = "me";
  EXPECT_EQ(begin("250 AUTH CRAM-MD5 XOAUTH2\r\n").kind, Kind::failed);
}

TEST_F(Dialogue, RefusesAMailThatTheServerWouldNotTake) {
  ASSERT_EQ(begin("250 SIZE 6\r\n").kind, Kind::ready);
  const auto refused = dialogue_.submit(mail());
  EXPECT_EQ(refused.kind, Kind::done);
  EXPECT_EQ(refused.error->code(), errors::rejected);
}

struct Refusal {
  std::vector<std::string> replies;  // to MAIL, RCPT, DATA, the message
  ErrorCode code;
  Kind after;  // RSET
};

TEST(SmtpRefusals, AreTransientOrPermanent) {
  const std::vector<Refusal> refusals{
      {{"451 later\r\n"}, errors::unavailable, Kind::done},
      {{"550 5.1.8 sender\r\n"}, errors::rejected, Kind::done},
      {{"530 5.7.0 sign in\r\n"}, errors::unavailable, Kind::done},
      {{"552 5.3.4 too large\r\n"}, errors::rejected, Kind::done},
      {{"250 ok\r\n", "450 4.2.0 greylisted\r\n"}, errors::unavailable, Kind::done},
      {{"250 ok\r\n", "550 5.1.1 unknown\r\n"}, errors::recipient_rejected, Kind::done},
      {{"250 ok\r\n", "550 unknown\r\n"}, errors::recipient_rejected, Kind::done},
      {{"250 ok\r\n", "550 5.2.1 disabled\r\n"}, errors::recipient_rejected, Kind::done},
      {{"250 ok\r\n", "550 5.7.1 policy\r\n"}, errors::rejected, Kind::done},
      {{"250 ok\r\n", "554 5.7.1 relay access denied\r\n"}, errors::rejected, Kind::done},
      {{"250 ok\r\n", "250 ok\r\n", "554 no\r\n"}, errors::rejected, Kind::done},
      {{"250 ok\r\n", "250 ok\r\n", "250 ok\r\n"}, errors::unavailable, Kind::failed},
      {{"250 ok\r\n", "250 ok\r\n", "354 go\r\n", "451 later\r\n"}, errors::unavailable, Kind::done},
      {{"250 ok\r\n", "250 ok\r\n", "354 go\r\n", "554 5.6.0 spam\r\n"}, errors::rejected, Kind::done},
      {{"421 4.3.2 closing\r\n"}, errors::unavailable, Kind::failed},
      {{"250 ok\r\n", "250 ok\r\n", "354 go\r\n", "421 closing\r\n"}, errors::unavailable, Kind::failed},
  };
  const SmtpServer server{.tls = SmtpServer::Tls::none, .host = "mail.example"};
  for (const Refusal& refusal : refusals) {
    SmtpDialogue dialogue(server);
    (void)dialogue.receive(reply("220 hi\r\n"));
    ASSERT_EQ(dialogue.receive(reply("250 hi\r\n")).kind, Kind::ready);
    auto step = dialogue.submit(mail());
    for (const std::string& each : refusal.replies) step = dialogue.receive(reply(each));
    if (step.bytes == "RSET\r\n") step = dialogue.receive(reply("250 reset\r\n"));
    const std::string& last = refusal.replies.back();
    EXPECT_EQ(step.kind, refusal.after) << last;
    ASSERT_TRUE(step.error) << last;
    EXPECT_EQ(step.error->code(), refusal.code) << last;
    EXPECT_FALSE(dialogue.is_outcome_open()) << last;
  }
}

TEST_F(Dialogue, LogsRepliesWithoutTheRecipient) {
  ASSERT_EQ(begin("250 SIZE\r\n").kind, Kind::ready);
  (void)dialogue_.submit(mail());
  (void)say("250 ok\r\n");
  (void)say("550-5.1.1 <ADA@example.org>: \x1b[31m\r\n550 5.1.1 see ada@example.org\r\n");
  const auto done = say("250 ok\r\n");
  EXPECT_EQ(done.error->cause(), "mail.example: RCPT: 550 5.1.1 <(recipient)>: ?[31m 5.1.1 see (recipient)");
}

}  // namespace
}  // namespace ashlar::mail::detail
