// SPDX-License-Identifier: Apache-2.0
// SMTP against a real server, and against servers that answer wrongly, slowly or not at all.
#include "ashlar/mail/smtp_mailer.hpp"

#include "ashlar/mail/internet_message.hpp"
#include "tests/support/scripted_server.hpp"
#include "tests/support/smtp_server.hpp"
#include "tests/support/test_certificate.hpp"
#include "tests/support/test_loop.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ashlar::mail {
namespace {

using namespace std::chrono_literals;
using test::ScriptedServer;
using test::ServerPeer;
using test::SmtpServerProcess;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

// Every name is this machine.
class Loopback final : public http::Resolver {
 public:
  Task<Result<std::vector<IpAddress>>> resolve(std::string) override {
    co_return std::vector{*IpAddress::parse("127.0.0.1")};
  }
};

// Answers each command as a server does, until it has read one that begins with `last`.
bool converse_until(ServerPeer& peer, std::string_view last) {
  if (!peer.write("220 hostile.test\r\n")) return false;
  bool in_message = false;
  while (const auto line = peer.read_line()) {
    if (line->starts_with(last) && in_message == (last == ".")) return true;
    if (in_message) continue;
    in_message = *line == "DATA";
    if (!peer.write(in_message ? "354 go\r\n" : "250 ok\r\n")) return false;
  }
  return false;
}

class Smtp : public testing::Test, protected tests::TestLoop {
 protected:
  [[nodiscard]] static Message message(const std::string& to = "ada@example.org", const std::string& text = "Hello") {
    return {.id = MessageId::of("0193508e@shop.example"),
            .at = Timestamp::parse("2026-05-04T08:30:00Z").value(),
            .from = Mailbox::parse("Shop <no-reply@shop.example>").value(),
            .to = {.name = {}, .address = Email::of(to)},
            .subject = Subject::of("Confirm your address"),
            .text = BodyText::of(text),
            .html = BodyText::of("<p>Hello")};
  }
  [[nodiscard]] static SmtpOptions plain(std::uint16_t port) {
    return {.server = {.tls = SmtpServer::Tls::none, .host = "127.0.0.1", .port = port}};
  }
  [[nodiscard]] SmtpOptions secure(std::uint16_t port, SmtpServer::Tls tls) const {
    return {.server = {.tls = tls, .host = "localhost", .port = port, .user = "me@shop.example", .password = "hush:/@"},
            .ca_file = certificate_.certificate_file()};
  }
  [[nodiscard]] std::vector<std::string> tls_options() const {
    return {"--certificate", certificate_.certificate_file(),
            "--key",         certificate_.key_file(),
            "--user",        "me@shop.example",
            "--password",    "hush:/@"};
  }
  Result<> send(SmtpMailer& mailer, Message what = message()) { return await(mailer.send(std::move(what))); }
  // The error of one mail to a server that does what the script says.
  Error error_from(test::ServerScript script, std::chrono::milliseconds time_max = 5s) {
    const ScriptedServer server(std::move(script));
    SmtpOptions options = plain(server.port());
    options.send_time_max = time_max;
    SmtpMailer mailer(std::move(options));
    const auto sent = send(mailer);
    EXPECT_FALSE(sent);
    return sent ? Error(errors::invalid_smtp_url, "none") : sent.error();
  }
  // The error of a mail whose message a silent server has read. A busy machine may need longer than the limit to come
  // so far; the limit is doubled until the message was read within it.
  Error error_after_the_message() {
    for (auto time_max = 250ms;; time_max *= 2) {
      std::atomic<bool> was_read = false;
      auto error = error_from(
          [&was_read](ServerPeer& peer) {
            was_read = converse_until(peer, ".");
            if (was_read) peer.wait_for_close();
          },
          time_max);
      if (was_read) return error;
    }
  }

  const test::TestCertificate certificate_;
};

TEST_F(Smtp, SendsUnderStartTlsWithASignIn) {
  SmtpServerProcess server(tls_options());
  SmtpMailer mailer(secure(server.port(), SmtpServer::Tls::required));
  const auto sent = send(mailer);
  ASSERT_TRUE(sent) << sent.error().cause();
  const auto mails = server.mails(1);
  ASSERT_THAT(mails, SizeIs(1));
  EXPECT_EQ(mails[0].message, to_internet_message(message()));
  EXPECT_EQ(mails[0].from, "no-reply@shop.example");
  EXPECT_EQ(mails[0].to, "ada@example.org");
  EXPECT_EQ(mails[0].user, "me@shop.example");
  EXPECT_EQ(mails[0].hello, "[127.0.0.1]");
  EXPECT_TRUE(mails[0].tls);
}

TEST_F(Smtp, SendsUnderTlsFromTheFirstByteAndWithAuthLogin) {
  auto options = tls_options();
  options.insert(options.end(), {"--implicit", "--login-only"});
  SmtpServerProcess server(options);
  SmtpMailer mailer(secure(server.port(), SmtpServer::Tls::implicit));
  const auto sent = send(mailer);
  ASSERT_TRUE(sent) << sent.error().cause();
  ASSERT_THAT(server.mails(1), SizeIs(1));
  EXPECT_EQ(server.mails()[0].user, "me@shop.example");
}

TEST_F(Smtp, SendsNothingWithWrongCredentialsOrAnUnknownCertificate) {
  SmtpServerProcess server(tls_options());
  SmtpOptions wrong = secure(server.port(), SmtpServer::Tls::required);
  wrong.server.password = "another";
  SmtpMailer refused(wrong);
  auto sent = send(refused);
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().code(), errors::unavailable);
  EXPECT_THAT(sent.error().cause(), HasSubstr("535"));
  EXPECT_THAT(sent.error().cause(), Not(HasSubstr("another")));

  SmtpOptions unknown = secure(server.port(), SmtpServer::Tls::required);
  unknown.ca_file.clear();
  SmtpMailer untrusting(unknown);
  sent = send(untrusting);
  ASSERT_FALSE(sent);
  EXPECT_THAT(sent.error().cause(), HasSubstr("self-signed"));

  Loopback resolver;
  SmtpOptions elsewhere = secure(server.port(), SmtpServer::Tls::required);
  elsewhere.server.host = "mail.example";  // the certificate is localhost's
  elsewhere.resolver = &resolver;
  SmtpMailer misled(elsewhere);
  sent = send(misled);
  ASSERT_FALSE(sent);
  EXPECT_THAT(sent.error().cause(), HasSubstr("mismatch"));
  EXPECT_THAT(server.mails(), IsEmpty());
}

TEST_F(Smtp, KeepsItsConnectionForTheNextMails) {
  SmtpServerProcess server;
  SmtpOptions options = plain(server.port());
  options.mails_per_connection_max = 3;
  SmtpMailer mailer(std::move(options));
  const std::string dots = ".\r\n..\r\n.hidden\r\nQUIT\r\n.\r\nMAIL FROM:<eve@example.com>\r\n";
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(send(mailer, message("ada@example.org", dots)));
  const auto mails = server.mails(4);
  ASSERT_THAT(mails, SizeIs(4));
  for (const auto& mail : mails) EXPECT_EQ(mail.message, to_internet_message(message("ada@example.org", dots)));
  EXPECT_EQ(mails[0].peer, mails[2].peer);
  EXPECT_NE(mails[0].peer, mails[3].peer) << "three mails a connection";
}

TEST_F(Smtp, TellsRefusalsApartAndGoesOn) {
  SmtpServerProcess server({"--size", "2000"});
  SmtpMailer mailer(plain(server.port()));
  const auto code = [&](Message what) {
    const auto sent = send(mailer, std::move(what));
    return sent ? std::string("sent") : std::string(sent.error().code().name);
  };
  EXPECT_EQ(code(message("unknown@example.org")), "mail.recipient_rejected");
  EXPECT_EQ(code(message("unknown-plain@example.org")), "mail.recipient_rejected");
  EXPECT_EQ(code(message("policy@example.org")), "mail.rejected");
  EXPECT_EQ(code(message("busy@example.org")), "mail.unavailable");
  EXPECT_EQ(code(message("full@example.org")), "mail.unavailable");
  EXPECT_EQ(code(message("ada@example.org", std::string(3'000, 'a'))), "mail.rejected");
  Message refused = message();
  refused.subject = Subject::of("Refuse me");
  EXPECT_EQ(code(refused), "mail.rejected");
  EXPECT_EQ(code(message()), "sent");
  const auto mails = server.mails(2);
  ASSERT_THAT(mails, SizeIs(2));
  EXPECT_EQ(mails[0].peer, mails[1].peer) << "a refusal ends no connection";
}

TEST_F(Smtp, LimitsItsConnections) {
  SmtpServerProcess server;
  SmtpOptions options = plain(server.port());
  options.waiting_max = 6;
  SmtpMailer mailer(std::move(options));
  std::vector<std::optional<Result<>>> sent(10);
  for (auto& each : sent) start(tests::keep_result(mailer.send(message()), each));
  run();
  const auto taken = std::ranges::count_if(sent, [](const auto& each) { return each->has_value(); });
  EXPECT_EQ(taken, 8) << "two at once, six that wait";
  std::vector<int> peers;
  for (const auto& mail : server.mails(8)) peers.push_back(mail.peer);
  std::ranges::sort(peers);
  EXPECT_EQ(std::ranges::distance(peers.begin(), std::ranges::unique(peers).begin()), 2);
}

TEST_F(Smtp, SendsAgainWhenAKeptConnectionHasEnded) {
  std::vector<std::string> seen;
  std::mutex mutex;
  const ScriptedServer server([&](ServerPeer& peer) {
    if (peer.number() > 0) {  // the second one serves well
      if (converse_until(peer, ".")) peer.write("250 taken\r\n");
      return peer.wait_for_close();
    }
    if (!converse_until(peer, ".")) return;
    peer.write("250 taken\r\n");
    const auto line = peer.read_line();  // MAIL FROM of the second mail
    const std::scoped_lock lock(mutex);
    seen.push_back(line.value_or("closed"));
    peer.write("421 4.4.2 idle for too long\r\n");
  });
  SmtpMailer mailer(plain(server.port()));
  ASSERT_TRUE(send(mailer));
  const auto again = send(mailer);
  ASSERT_TRUE(again) << again.error().cause();
  EXPECT_EQ(server.accepted(), 2);
  EXPECT_THAT(seen, testing::ElementsAre(HasSubstr("MAIL FROM:<no-reply@shop.example>")));
}

TEST_F(Smtp, SaysWhenTheOutcomeIsUnknown) {
  const auto lost = error_from([](ServerPeer& peer) {
    if (converse_until(peer, ".")) peer.cut_off();
  });
  EXPECT_EQ(lost.code(), errors::outcome_unknown);
  EXPECT_EQ(error_after_the_message().code(), errors::outcome_unknown);
  const auto garbled = error_from([](ServerPeer& peer) {
    if (converse_until(peer, ".")) peer.write("yes\r\n");
  });
  EXPECT_EQ(garbled.code(), errors::outcome_unknown);
}

TEST_F(Smtp, SendsNoMailToAServerThatMisbehaves) {
  const std::vector<std::pair<const char*, test::ServerScript>> scripts{
      {"it hangs up", [](ServerPeer&) {}},
      {"it resets", [](ServerPeer& peer) { peer.reset(); }},
      {"it is busy", [](ServerPeer& peer) { peer.write("554 5.3.2 no service\r\n"); }},
      {"it speaks HTTP", [](ServerPeer& peer) { peer.write("HTTP/1.1 400 Bad Request\r\n\r\n"); }},
      {"it says nothing", [](ServerPeer& peer) { peer.wait_for_close(); }},
      {"its greeting has no end",
       [](ServerPeer& peer) {
         while (peer.write("220-again and again\r\n")) continue;
       }},
      {"its line has no end",
       [](ServerPeer& peer) {
         while (peer.write("220 aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")) continue;
       }},
      {"it answers before it is asked",
       [](ServerPeer& peer) {
         peer.write("220 hi\r\n250 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n250 taken\r\n");
         peer.wait_for_close();
       }},
      {"it takes DATA without waiting for a message",
       [](ServerPeer& peer) {
         if (converse_until(peer, "DATA")) peer.write("250 taken\r\n");
       }},
      {"it ends in the middle", [](ServerPeer& peer) { (void)converse_until(peer, "RCPT"); }},
  };
  for (const auto& [what, script] : scripts) {
    const Error error = error_from(script, 500ms);
    EXPECT_EQ(error.code(), errors::unavailable) << what << ": " << error.code().name << " " << error.cause();
    EXPECT_FALSE(error.cause().empty()) << what;
  }
}

// CVE-2011-0411: an attacker on the network appends a reply to that of STARTTLS, which must not count as the server's.
TEST_F(Smtp, TakesNothingThatCameBeforeTls) {
  const ScriptedServer server([](ServerPeer& peer) {
    peer.write("220 hi\r\n");
    (void)peer.read_line();
    peer.write("250-hi\r\n250 STARTTLS\r\n");
    (void)peer.read_line();
    peer.write("220 go\r\n250-hi\r\n250 AUTH PLAIN\r\n");
    peer.wait_for_close();
  });
  SmtpOptions options = plain(server.port());
  options.server.tls = SmtpServer::Tls::required;
  SmtpMailer mailer(std::move(options));
  const auto sent = send(mailer);
  ASSERT_FALSE(sent);
  EXPECT_THAT(sent.error().cause(), HasSubstr("more than its reply"));
}

TEST_F(Smtp, SaysThatNobodyListens) {
  SmtpMailer mailer(plain(1));
  const auto sent = send(mailer);
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().code(), errors::unavailable);
  EXPECT_THAT(sent.error().cause(), HasSubstr("127.0.0.1"));
  SmtpOptions nowhere = plain(1);
  nowhere.server.host = "no-such-host.invalid";
  SmtpMailer lost(nowhere);
  EXPECT_EQ(send(lost).error().code(), errors::unavailable);
}

}  // namespace
}  // namespace ashlar::mail
