// SPDX-License-Identifier: Apache-2.0
#include "ashlar/api/system_call.hpp"
#include "ashlar/async/task_scope.hpp"
#include "tests/support/test_backend.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace ashlar::test {
namespace {

using http::Method;
using testing::HasSubstr;
using testing::SizeIs;

constexpr const char* all = "/api/notifications";
constexpr const char* preferences = "/api/notifications/preferences";

Task<Result<>> notify(api::UnitOfWork& unit, backend::Notifications* notifications, backend::NewNotification what) {
  notifications->add(unit, std::move(what));
  co_return Result<>{};
}

class NotificationsOfAnAccount : public testing::Test {
 protected:
  void add(const Person& who, const std::string& kind = "order.paid", const std::string& detail = "12.50 EUR") {
    api::SystemCall call({&backend_.clock(), &random_, &backend_.logger()}, "test");
    const auto added = async::run_to_end(
        backend_.client().loop(),
        backend_.application().units().run(call, &notify, &backend_.application().notifications(),
                                           backend::NewNotification{.user = Uuid::parse(who.id).value(),
                                                                    .kind = kind,
                                                                    .resource = Uuid::parse(who.id).value(),
                                                                    .detail = detail}));
    ASSERT_TRUE(added) << added.error().cause();
  }
  std::string get(const Person& who, const std::string& target = all) {
    return backend_.as(who, Method::get, target).body;
  }
  web::TestReply prefer(const Person& who, const std::string& body) {
    return backend_.as(who, Method::patch, preferences, body);
  }

  TestBackend backend_;
  SystemRandom random_;
  const Person ada_ = backend_.person("ada");
  const Person eve_ = backend_.person("eve");
};

TEST_F(NotificationsOfAnAccount, AreItsOwn) {
  add(ada_);
  EXPECT_EQ(backend_.client().get(all).status, 401);
  EXPECT_THAT(get(ada_), HasSubstr(R"("kind":"order.paid")"));
  EXPECT_THAT(get(ada_), HasSubstr(R"("detail":"12.50 EUR")"));
  EXPECT_THAT(get(eve_), HasSubstr(R"("total":0)"));
  const std::string id = backend_.as(ada_, Method::get, all).at("/data/0/id");
  EXPECT_EQ(backend_.as(eve_, Method::post, std::string(all) + "/" + id + "/read").status, 404);
  EXPECT_EQ(backend_.as(ada_, Method::get, std::string(all) + "?unread=maybe").status, 422);
  EXPECT_THAT(get(ada_, std::string(all) + "?unread=true"), HasSubstr(id)) << "somebody else read nothing";
}

TEST_F(NotificationsOfAnAccount, BecomeReadOnce) {
  for (int i = 0; i < 3; ++i) add(ada_);
  const std::string id = backend_.as(ada_, Method::get, all).at("/data/0/id");
  const std::string path = std::string(all) + "/" + id + "/read";
  const auto first = backend_.as(ada_, Method::post, path);
  EXPECT_EQ(first.status, 200);
  backend_.clock().advance(std::chrono::minutes{1});
  EXPECT_EQ(backend_.as(ada_, Method::post, path).at("/data/readAt"), first.at("/data/readAt"));
  EXPECT_THAT(get(ada_, std::string(all) + "?unread=true"), HasSubstr(R"("total":2)"));
  EXPECT_EQ(backend_.as(ada_, Method::post, std::string(all) + "/read-all").at("/data/read"), "2");
  EXPECT_EQ(backend_.as(ada_, Method::post, std::string(all) + "/read-all").at("/data/read"), "0");
  EXPECT_THAT(get(ada_), HasSubstr(R"("total":3)"));
}

TEST_F(NotificationsOfAnAccount, FollowItsPreferences) {
  EXPECT_EQ(backend_.client().get(preferences).status, 401);
  for (const char* wrong : {R"({"language": "fr"})", R"({"kinds": [{"kind": "order.lost", "mail": true}]})",
                            R"({"kinds": [{"mail": true}]})", R"({"unsubscribedAt": null})"})
    EXPECT_EQ(prefer(ada_, wrong).status, 422) << wrong;
  const auto both = prefer(ada_, R"({"language": "fr", "kinds": [{"kind": "order.paid"}, {"kind": "x"}]})");
  EXPECT_THAT(both.body, HasSubstr("/language"));
  EXPECT_THAT(both.body, HasSubstr("/kinds/1/kind"));

  EXPECT_THAT(get(ada_, preferences), HasSubstr(R"({"kind":"order.paid","inApp":true,"mail":false})"));
  EXPECT_EQ(prefer(ada_, R"({"kinds": [{"kind": "order.paid", "inApp": false}]})").status, 200);
  EXPECT_THAT(get(ada_, preferences), HasSubstr(R"({"kind":"order.paid","inApp":false,"mail":false})"));
  add(ada_);
  add(ada_, "order.cancelled");
  add(eve_);
  EXPECT_THAT(get(ada_), HasSubstr(R"("total":1)"));
  EXPECT_THAT(get(ada_), HasSubstr("order.cancelled"));
  EXPECT_THAT(get(eve_), HasSubstr(R"("total":1)")) << "preferences are each account's own";
}

TEST_F(NotificationsOfAnAccount, AreMailedWhereItWantsThat) {
  add(ada_);
  const std::size_t before = backend_.mails_to(ada_.email).size();
  EXPECT_EQ(prefer(ada_, R"({"language": "de", "kinds": [{"kind": "order.paid", "mail": true}]})").status, 200);
  add(ada_);
  add(ada_, "order.cancelled");
  auto mails = backend_.mails_to(ada_.email);
  ASSERT_THAT(mails, SizeIs(before + 1));
  EXPECT_EQ(mails.front().subject.view(), "Ihre Bestellung ist bezahlt");
  ASSERT_TRUE(mails.front().unsubscribe);
  const std::string link = mails.front().unsubscribe->str();

  EXPECT_EQ(backend_.client().post("/api/unsubscribe" + link.substr(link.find('?')), "").status, 204);
  add(ada_);
  EXPECT_THAT(backend_.mails_to(ada_.email), SizeIs(before + 1)) << "unsubscribed";
  EXPECT_EQ(prefer(ada_, R"({"kinds": [{"kind": "order.paid", "mail": true}]})").status, 200);
  add(ada_);
  EXPECT_THAT(backend_.mails_to(ada_.email), SizeIs(before + 2)) << "asked for again";
}

TEST_F(NotificationsOfAnAccount, EndWithIt) {
  add(eve_);
  EXPECT_EQ(prefer(eve_, R"({"kinds": [{"kind": "order.paid", "mail": true}]})").status, 200);
  const auto removed = backend_.as(backend_.admin(), Method::remove, "/api/users/" + eve_.id);
  EXPECT_EQ(removed.status, 204) << removed.body;
  add(eve_);  // of a unit that began before
  std::int64_t rows = 0;
  EXPECT_TRUE(backend_.database().query_blocking({.sql = "select count(*) from notifications",
                                                  .parameters = {},
                                                  .mode = sql::Mode::read,
                                                  .on_row = [&](const sql::Row& row) { rows = row.integer(0); }}));
  EXPECT_EQ(rows, 0);
}

TEST_F(NotificationsOfAnAccount, TellOfASignInFromSomewhereNew) {
  const auto reply =
      backend_.client().send({.method = Method::post,
                              .target = "/api/auth/login",
                              .headers = {{"User-Agent", "another"}, {"Accept-Language", "de-CH, en;q=0.5"}},
                              .body = R"({"email": "ada@example.com", "password": "a long password"})"});
  EXPECT_EQ(reply.status, 200);
  EXPECT_THAT(get(ada_), HasSubstr("account.new_sign_in"));
  EXPECT_EQ(backend_.mails_to(ada_.email).front().subject.view(), "Neue Anmeldung in Ihrem Konto");
}

// Orders: what the outbox says of them becomes a mail and a notification, once.
TEST_F(NotificationsOfAnAccount, AreMadeOfTheEventsOfOrders) {
  const auto handle = [&] {
    for (const auto& consumer : backend_.application().events().consumers()) {
      if (consumer->name() != "order-notices") continue;
      while (true) {
        const auto handled = async::run_to_end(backend_.client().loop(), consumer->run_once());
        ASSERT_TRUE(handled) << handled.error().cause();
        if (!*handled || **handled == 0) break;
      }
    }
  };
  const Person admin = backend_.admin();
  const std::string product =
      backend_.as(admin, Method::post, "/api/products", R"({"name": "<b>Pear</b>", "price": "12.50", "stock": 5})")
          .at("/data/id");
  const std::string order =
      backend_
          .as(ada_, Method::post, "/api/orders", R"({"items": [{"productId": ")" + product + R"(", "quantity": 2}]})")
          .at("/data/id");
  handle();
  const auto mails = backend_.mails_to(ada_.email);
  ASSERT_FALSE(mails.empty());
  EXPECT_THAT(mails.front().subject.str(), HasSubstr("Your order of "));
  EXPECT_THAT(mails.front().text.str(), HasSubstr("2 x <b>Pear</b>: 25.00 EUR"));
  EXPECT_THAT(mails.front().html.str(), HasSubstr("2 x &lt;b&gt;Pear&lt;/b&gt;"));
  EXPECT_THAT(get(ada_), HasSubstr(R"("total":0)"));
  EXPECT_EQ(backend_.as(ada_, Method::post, "/api/orders/" + order + "/cancel").status, 200);
  handle();
  handle();
  EXPECT_THAT(get(ada_), HasSubstr(R"("total":1)"));
  EXPECT_THAT(get(ada_), HasSubstr(R"("kind":"order.cancelled","resourceId":")" + order + R"(","detail":"25.00 EUR")"));
  EXPECT_THAT(backend_.mails_to(ada_.email), SizeIs(mails.size()));
}

}  // namespace
}  // namespace ashlar::test
