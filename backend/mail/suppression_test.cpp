// SPDX-License-Identifier: Apache-2.0
// Addresses that get no mail: refused by their server, or unsubscribed.
#include "ashlar/api/system_call.hpp"
#include "ashlar/async/task_scope.hpp"
#include "backend/mail/mails.hpp"
#include "tests/support/test_backend.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace ashlar::test {
namespace {

using backend::Mails;
using backend::MailStream;
using backend::SendEmail;
using http::Method;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

// Refuses the addresses that begin with "unknown", and keeps the others' mails.
class PickyMailer final : public mail::Mailer {
 public:
  Task<Result<>> send(mail::Message message) override {
    if (message.to.address.view().starts_with("unknown"))
      co_return std::unexpected(
          Error(mail::errors::recipient_rejected, "The mail was not sent.").with_cause("mail.test: RCPT: 550 5.1.1"));
    taken.push_back(std::move(message));
    co_return Result<>{};
  }
  std::vector<mail::Message> taken;
};

class MailDelivery : public testing::Test {
 protected:
  Result<> deliver(SendEmail mail, int attempt = 1) {
    api::SystemCall call({&backend_.clock(), &random_, &backend_.logger()}, "test");
    return async::run_to_end(
        backend_.client().loop(),
        mails_.deliver(call, std::move(mail), {.id = id_, .at = backend_.clock().now(), .number = attempt}));
  }
  static SendEmail notice(std::string to) {
    SendEmail out{.to = std::move(to), .template_name = "password-changed", .stream = MailStream::notice};
    out.values.text("at", "2026-05-04T08:30:00Z");
    return out;
  }

  TestBackend backend_;
  SystemRandom random_;
  PickyMailer mailer_;
  const Uuid id_ = Uuid::parse("019a5b1c-7c00-7d1e-8a55-3f1d2c4b5a71").value();
  const backend::UnsubscribeLinks links_{"https://shop.example/api/unsubscribe", std::string(32, 'k')};
  Mails mails_{{.mailer = mailer_,
                .units = backend_.application().units(),
                .links = links_,
                .enqueuer = backend_.application().jobs().enqueuer()},
               {.from = mail::Mailbox::parse("Shop <no-reply@shop.example>").value()}};
};

TEST_F(MailDelivery, SuppressesAnAddressThatItsServerRefuses) {
  const Person admin = backend_.admin();
  constexpr const char* list = "/api/admin/mail/suppressions";
  EXPECT_EQ(backend_.client().get(list).status, 401);
  EXPECT_EQ(backend_.as(backend_.person("ada"), Method::get, list).status, 403);
  EXPECT_EQ(backend_.as(admin, Method::remove, std::string(list) + "/unknown@example.com").status, 404);
  EXPECT_EQ(backend_.as(admin, Method::remove, std::string(list) + "/nobody").status, 422);

  const auto unknown = deliver(notice("unknown@example.com"));
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code(), mail::errors::recipient_rejected);
  EXPECT_THAT(backend_.as(admin, Method::get, list).body,
              HasSubstr(R"("address":"unknown@example.com","reason":"mail.test: RCPT: 550 5.1.1")"));
  mailer_.taken.clear();
  EXPECT_TRUE(deliver(notice("UNKNOWN@example.com"))) << "a suppressed address is none that failed";
  EXPECT_THAT(mailer_.taken, IsEmpty());

  EXPECT_EQ(backend_.as(admin, Method::remove, std::string(list) + "/UNKNOWN@example.com").status, 204);
  int audited = 0;
  ASSERT_TRUE(backend_.database().query_blocking(
      {.sql = "select 1 from audit_entries where action = 'delete' and resource = 'mail_suppression'",
       .on_row = [&audited](const sql::Row&) { ++audited; }}));
  EXPECT_EQ(audited, 1);
  EXPECT_TRUE(deliver(notice("UNKNOWN@example.com")));
  EXPECT_THAT(mailer_.taken, SizeIs(1));
}

TEST_F(MailDelivery, SaysWhichMailItIs) {
  SendEmail mail = notice("ada@example.org");
  EXPECT_TRUE(deliver(mail));
  EXPECT_TRUE(deliver(mail, 2));
  ASSERT_THAT(mailer_.taken, SizeIs(2));
  EXPECT_EQ(mailer_.taken[0].id.view(), "019a5b1c-7c00-7d1e-8a55-3f1d2c4b5a71@shop.example");
  EXPECT_EQ(mailer_.taken[0].id, mailer_.taken[1].id) << "the second attempt is the same mail";
}

TEST_F(MailDelivery, SendsNoDecoyAndNoLinkThatHasExpired) {
  SendEmail mail = notice("ada@example.org");
  mail.is_decoy = true;
  EXPECT_TRUE(deliver(mail));
  mail.is_decoy = false;
  mail.expires_at = backend_.clock().now();
  EXPECT_TRUE(deliver(mail));
  EXPECT_THAT(mailer_.taken, IsEmpty());
  mail.template_name = "no-such-mail";
  EXPECT_EQ(deliver(mail).error().code(), mail::errors::template_value);
}

TEST_F(MailDelivery, WritesInTheLanguageOfTheAccountOrOfTheRequest) {
  const Person ada = backend_.person("ada");
  SendEmail mail = notice(ada.email);
  mail.language = "de";
  EXPECT_TRUE(deliver(mail));
  EXPECT_EQ(backend_.as(ada, Method::patch, "/api/notifications/preferences", R"({"language": "en"})").status, 200);
  EXPECT_TRUE(deliver(mail));
  EXPECT_EQ(backend_.as(ada, Method::patch, "/api/notifications/preferences", R"({"language": null})").status, 200);
  EXPECT_TRUE(deliver(mail));
  ASSERT_THAT(mailer_.taken, SizeIs(3));
  EXPECT_EQ(mailer_.taken[0].subject.view(), "Ihr Passwort wurde geändert");
  EXPECT_EQ(mailer_.taken[1].subject.view(), "Your password was changed");
  EXPECT_EQ(mailer_.taken[2].subject.view(), "Ihr Passwort wurde geändert");
}

TEST_F(MailDelivery, EndsSubscriptionsByTheirLinkAlone) {
  const Person ada = backend_.person("ada");
  SendEmail mail{.to = ada.email,
                 .template_name = "notify-account.new_sign_in",
                 .stream = MailStream::subscription,
                 .user_id = Uuid::parse(ada.id).value()};
  mail.values.text("resource", "").text("detail", "192.0.2.1");
  EXPECT_TRUE(deliver(mail));
  ASSERT_THAT(mailer_.taken, SizeIs(1));
  ASSERT_TRUE(mailer_.taken[0].unsubscribe);
  EXPECT_THAT(mailer_.taken[0].text.str(), HasSubstr(mailer_.taken[0].unsubscribe->str()));
}

// The application's own links.
TEST(Unsubscribe, TakesOneClickAndNothingElse) {
  TestBackend backend;
  const Person ada = backend.person("ada");
  const Person eve = backend.person("eve");
  const backend::UnsubscribeLinks& links = backend.application().unsubscribe_links();
  const std::string good = links.link_of(Uuid::parse(ada.id).value()).str();
  const std::string token = good.substr(good.find("token="));
  const auto post = [&](const std::string& query) {
    return backend.client().send({.method = Method::post,
                                  .target = "/api/unsubscribe?" + query,
                                  .headers = {{"Content-Type", "application/x-www-form-urlencoded"}},
                                  .body = "List-Unsubscribe=One-Click"});
  };
  std::string of_eve = token;
  of_eve.replace(6, 36, eve.id);
  for (const std::string& query : {std::string(), std::string("token="), std::string("token=x"), token + "x", of_eve,
                                   token.substr(0, token.size() - 1), "x=1&" + token, token + "&x=1"})
    EXPECT_EQ(post(query).at("/code"), "mail.unsubscribe_token_invalid") << query;
  const auto preferences = [&] { return backend.as(ada, Method::get, "/api/notifications/preferences").body; };
  EXPECT_THAT(preferences(), HasSubstr(R"("unsubscribedAt":null)"));

  const auto page = backend.client().get("/api/unsubscribe?" + token);
  EXPECT_EQ(page.status, 200);
  EXPECT_THAT(page.body, HasSubstr("<form method=\"post\">"));
  EXPECT_EQ(backend.client().get("/api/unsubscribe?token=x").status, 422);
  EXPECT_THAT(preferences(), HasSubstr(R"("unsubscribedAt":null)")) << "a scanner that opens the link ends nothing";

  EXPECT_EQ(post(token).status, 204);
  EXPECT_EQ(post(token).status, 204) << "again";
  EXPECT_THAT(preferences(), testing::Not(HasSubstr(R"("unsubscribedAt":null)")));
  EXPECT_THAT(backend.as(eve, Method::get, "/api/notifications/preferences").body,
              HasSubstr(R"("unsubscribedAt":null)"));
}

TEST(Unsubscribe, OfAnAccountThatIsGoneIsDone) {
  TestBackend backend;
  const Uuid nobody = Uuid::parse("019a5b1c-7c00-7d1e-8a55-3f1d2c4b5a71").value();
  const std::string link = backend.application().unsubscribe_links().link_of(nobody).str();
  EXPECT_EQ(backend.client().post("/api/unsubscribe?" + link.substr(link.find("token=")), "").status, 204);
}

}  // namespace
}  // namespace ashlar::test
