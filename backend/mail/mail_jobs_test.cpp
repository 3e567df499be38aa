// SPDX-License-Identifier: Apache-2.0
// What becomes of a mail between the commit that causes it and the server that takes it.
#include "ashlar/api/system_call.hpp"
#include "ashlar/async/task_scope.hpp"
#include "backend/mail/mails.hpp"
#include "tests/support/test_backend.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace ashlar::test {
namespace {

using backend::Mails;
using backend::SendEmail;
using http::Method;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

enum class Ends : std::uint8_t { committed, rolled_back };

Task<Result<>> send_in(api::UnitOfWork& unit, Mails* mails, Ends ends) {
  SendEmail mail{.to = "ada@example.org", .template_name = "password-changed"};
  mail.values.text("at", "2026-05-04T08:30:00Z");
  mails->send(unit, std::move(mail));
  if (ends == Ends::rolled_back) co_return fail(sql::errors::failed, "");
  co_return Result<>{};
}

class MailJobs : public testing::Test {
 protected:
  void send(Ends ends) {
    api::SystemCall call({&backend_.clock(), &random_, &backend_.logger()}, "test");
    backend::Application& application = backend_.application();
    const auto sent = async::run_to_end(backend_.client().loop(),
                                        application.units().run(call, &send_in, &application.mails(), ends));
    EXPECT_EQ(sent.has_value(), ends == Ends::committed);
  }
  std::string column(const std::string& sql) {
    std::string out;
    EXPECT_TRUE(backend_.database().query_blocking(
        {.sql = sql, .on_row = [&out](const sql::Row& row) { out += row.text(0); }}));
    return out;
  }

  TestBackend backend_;
  SystemRandom random_;
};

TEST_F(MailJobs, ThatARollbackCausedAreNone) {
  send(Ends::rolled_back);
  EXPECT_THAT(backend_.mails_to("ada@example.org"), IsEmpty());
  send(Ends::committed);
  EXPECT_THAT(backend_.mails_to("ada@example.org"), SizeIs(1));
}

// The process ends after the commit: the next one sends the mail.
TEST_F(MailJobs, OutliveTheProcess) {
  send(Ends::committed);
  backend_.restart();
  ASSERT_THAT(backend_.mails_to("ada@example.org"), SizeIs(1));
  backend_.restart();
  EXPECT_THAT(backend_.mails_to("ada@example.org"), IsEmpty()) << "the first one is not sent again";
}

TEST_F(MailJobs, HoldNoAddressAndNoTokenInTheirRows) {
  const Person ada = backend_.person("ada");
  const std::string row = column("select arguments from jobs");
  EXPECT_THAT(row, Not(IsEmpty()));
  EXPECT_THAT(row, Not(HasSubstr(ada.email)));
  EXPECT_THAT(row, Not(HasSubstr("verify-email")));
}

// The confirmation that an account was removed goes to an account that no longer exists.
TEST_F(MailJobs, AreSentThoughTheirAccountIsGone) {
  const Person ada = backend_.person("ada");
  ASSERT_EQ(backend_.as(backend_.admin(), Method::remove, "/api/users/" + ada.id).status, 204);
  EXPECT_THAT(backend_.mails_to(ada.email), SizeIs(1));
}

}  // namespace
}  // namespace ashlar::test
