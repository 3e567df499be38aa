// SPDX-License-Identifier: Apache-2.0
// Every operation that changes something, with the entries that it leaves. A new one fails until it has a row.
#include "ashlar/api/system_call.hpp"
#include "ashlar/async/task_scope.hpp"
#include "tests/support/authenticator.hpp"
#include "tests/support/test_authenticator.hpp"
#include "tests/support/test_backend.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <set>
#include <string>
#include <vector>

namespace ashlar::test {
namespace {

using http::Method;
using testing::ElementsAreArray;
using testing::UnorderedElementsAreArray;

// The entries of the request "audited", each as "action resource by kind".
class Stage {
 public:
  Stage() : admin(backend.admin()), ada(backend.person("ada")), eve(backend.person("eve")) {}

  // The request that is looked at.
  web::TestReply audited(const Person* who, Method method, std::string target, std::string body = {}) {
    web::TestRequest request{.method = method,
                             .target = std::move(target),
                             .headers = {{"X-Request-Id", "audited"}},
                             .body = std::move(body)};
    if (who != nullptr) request.headers.emplace_back("Authorization", "Bearer " + who->token);
    auto reply = backend.client().send(request);
    EXPECT_LT(reply.status, 400) << request.target << ": " << reply.body;
    return reply;
  }
  std::string made(const Person& who, const std::string& path, const std::string& body) {
    const auto reply = backend.as(who, Method::post, path, body);
    EXPECT_EQ(reply.status, 201) << path << ": " << reply.body;
    return reply.has("/data/id") ? reply.at("/data/id") : std::string();
  }
  std::vector<std::string> entries() {
    std::vector<std::string> out;
    const auto read = backend.database().query_blocking(
        {.sql = "select action, resource, actor from audit_entries where request_id = 'audited' order by seq",
         .on_row = [&out](const sql::Row& row) {
           const std::string actor(row.text(2));
           const auto kind = actor.find(R"("kind":")") + 8;
           out.push_back(std::string(row.text(0)) + " " + std::string(row.text(1)) + " by " +
                         actor.substr(kind, actor.find('"', kind) - kind));
         }});
    EXPECT_TRUE(read) << read.error().cause();
    return out;
  }
  std::string product() { return made(admin, "/api/products", R"({"name": "Desk", "price": "10.00", "stock": 10})"); }
  std::string post() { return made(ada, "/api/posts", R"({"title": "T", "content": "C"})"); }
  std::string order() {
    return made(ada, "/api/orders", R"({"items": [{"productId": ")" + product() + R"(", "quantity": 1}]})");
  }
  std::string paid_order() {
    std::string id = order();
    EXPECT_EQ(backend.as(ada, Method::post, "/api/orders/" + id + "/pay", "{}").status, 202);
    for (int i = 0; i < 2; ++i) {
      backend.clock().advance(std::chrono::seconds{31});
      SystemRandom random;
      api::SystemCall call({&backend.clock(), &random, &backend.logger()}, "payments");
      EXPECT_TRUE(async::run_to_end(backend.client().loop(), backend.application().payments().reconcile(call)));
    }
    return id;
  }
  // Of a second factor that is turned on for it.
  std::string next_code() {
    const SecondFactor factor = enable_mfa(backend, ada);
    next_step(backend);
    return factor.app.code(backend.clock().now());
  }
  std::string passkey_options(const Person& who) {
    return backend.as(who, Method::post, "/api/auth/passkeys/options").at("/data/challenge");
  }
  std::string passkey_proof() {
    const auto begun = backend.client().post("/api/auth/passkeys/login/options", "{}");
    return R"({"challengeId":")" + begun.at("/data/challengeId") + R"(","credential":)" +
           device.assertion(begun.at("/data/publicKey/challenge")) + "}";
  }
  void add_passkey(bool is_audited) {
    const auto id = Uuid::parse(ada.id).value();
    device.user_handle = {reinterpret_cast<const char*>(id.bytes().data()), id.bytes().size()};
    const std::string body = R"({"name":"Key","credential":)" + device.registration(passkey_options(ada)) + "}";
    const auto reply = is_audited ? audited(&ada, Method::post, "/api/auth/passkeys", body)
                                  : backend.as(ada, Method::post, "/api/auth/passkeys", body);
    passkey = reply.at("/data/id");
  }

  TestBackend backend;
  Person admin, ada, eve;
  TestAuthenticator device;
  std::string passkey;
};

struct Row {
  std::string operation;
  std::function<void(Stage&)> run;
  std::vector<std::string> entries;
};

std::string mailed(const std::string& token) { return R"({"token": ")" + token + R"("})"; }

std::vector<Row> account_rows() {
  return {
      {"register",
       [](Stage& on) {
         on.audited(nullptr, Method::post, "/api/auth/register",
                    R"({"name": "New", "email": "new@example.com", "password": "a long password"})");
       },
       {"create user by user", "sign_in session by user", "issue challenge by user"}},
      {"login",
       [](Stage& on) {
         on.audited(nullptr, Method::post, "/api/auth/login",
                    R"({"email": "ada@example.com", "password": "a long password"})");
       },
       {"sign_in session by user"}},
      {"logout", [](Stage& on) { on.audited(&on.ada, Method::post, "/api/auth/logout"); }, {"end session by user"}},
      {"logoutAll",
       [](Stage& on) { on.audited(&on.ada, Method::post, "/api/auth/logout-all"); },
       {"end session by user"}},
      {"endSession",
       [](Stage& on) {
         const std::string id = on.backend.as(on.ada, Method::get, "/api/auth/sessions").at("/data/0/id");
         on.audited(&on.ada, Method::remove, "/api/auth/sessions/" + id);
       },
       {"end session by user"}},
      {"stepUp",
       [](Stage& on) {
         on.add_passkey(false);
         on.audited(&on.ada, Method::post, "/api/auth/step-up", R"({"password": "a long password"})");
         on.audited(&on.ada, Method::post, "/api/auth/step-up", on.passkey_proof());
       },
       {"step_up session by user", "step_up session by user"}},
      {"verifyEmail",
       [](Stage& on) {
         on.audited(nullptr, Method::post, "/api/auth/verify-email",
                    mailed(on.backend.mailed_token(on.ada.email, "Confirm your e-mail address")));
       },
       {"use challenge by user", "update user by anonymous"}},
      {"resendVerification",
       [](Stage& on) { on.audited(&on.ada, Method::post, "/api/auth/verify-email/resend"); },
       {"issue challenge by user"}},
  };
}

std::vector<Row> password_rows() {
  return {{"resetPassword",
           [](Stage& on) {
             on.backend.client().post("/api/auth/password/forgot", R"({"email": "ada@example.com"})");
             const std::string token = on.backend.mailed_token(on.ada.email, "Reset your password");
             on.audited(nullptr, Method::post, "/api/auth/password/reset",
                        R"({"token": ")" + token + R"(", "password": "another password"})");
           },
           {"use challenge by user", "update user by anonymous", "end session by user"}},
          {"changePassword",
           [](Stage& on) {
             on.audited(&on.ada, Method::post, "/api/auth/password/change",
                        R"({"currentPassword": "a long password", "newPassword": "another password"})");
           },
           {"update user by user", "end session by user", "sign_in session by user"}},
          {"changeEmail",
           [](Stage& on) {
             on.audited(&on.ada, Method::post, "/api/auth/email/change",
                        R"({"email": "ada@example.org", "password": "a long password"})");
           },
           {"issue challenge by user", "issue challenge by user"}},
          {"confirmEmail",
           [](Stage& on) {
             on.backend.as(on.ada, Method::post, "/api/auth/email/change",
                           R"({"email": "ada@example.org", "password": "a long password"})");
             on.audited(nullptr, Method::post, "/api/auth/email/confirm",
                        mailed(on.backend.mailed_token(on.ada.email, "Confirm the change of your e-mail address")));
             on.audited(nullptr, Method::post, "/api/auth/email/confirm",
                        mailed(on.backend.mailed_token("ada@example.org", "Confirm your new e-mail address")));
           },
           {"use challenge by user", "use challenge by user", "update user by anonymous"}},
          {"createUser",
           [](Stage& on) {
             on.audited(&on.admin, Method::post, "/api/users",
                        R"({"name": "New", "email": "new@example.com", "password": "a long password"})");
           },
           {"create user by user"}},
          {"updateMe",
           [](Stage& on) { on.audited(&on.ada, Method::patch, "/api/users/me", R"({"name": "Else"})"); },
           {"update user by user"}},
          {"updateUser",
           [](Stage& on) {
             on.audited(&on.admin, Method::patch, "/api/users/" + on.ada.id, R"({"name": "Else", "disabled": true})");
           },
           {"end session by user", "update user by user"}},
          {"deleteMe",
           [](Stage& on) {
             on.audited(&on.ada, Method::post, "/api/users/me/delete", R"({"password": "a long password"})");
           },
           {"end session by user", "delete user by user"}},
          {"deleteUser",
           [](Stage& on) {
             (void)on.order();
             on.audited(&on.admin, Method::remove, "/api/users/" + on.ada.id);
           },
           {"end session by user", "cancel order by user", "delete user by user"}}};
}

std::vector<Row> factor_rows() {
  return {
      {"setUpMfa",
       [](Stage& on) { on.audited(&on.ada, Method::post, "/api/auth/mfa/setup"); },
       {"set_up_mfa user by user"}},
      {"enableMfa",
       [](Stage& on) {
         const Authenticator app = set_up_mfa(on.backend, on.ada);
         on.audited(&on.ada, Method::post, "/api/auth/mfa/enable", code_body(app.code(on.backend.clock().now())));
       },
       {"enable_mfa user by user", "renew_recovery_codes user by user"}},
      {"disableMfa",
       [](Stage& on) { on.audited(&on.ada, Method::post, "/api/auth/mfa/disable", disable_body(on.next_code())); },
       {"disable_mfa user by user"}},
      {"renewRecoveryCodes",
       [](Stage& on) { on.audited(&on.ada, Method::post, "/api/auth/mfa/recovery-codes", code_body(on.next_code())); },
       {"renew_recovery_codes user by user"}},
      {"verifyMfa",
       [](Stage& on) {
         const SecondFactor factor = enable_mfa(on.backend, on.ada);
         const std::string token = begin_sign_in(on.backend, on.ada);
         on.audited(nullptr, Method::post, "/api/auth/mfa/verify", verify_body(token, factor.recovery_codes.front()));
       },
       {"use_recovery_code user by user", "sign_in session by user"}},
      {"createApiKey",
       [](Stage& on) {
         on.audited(&on.ada, Method::post, "/api/auth/api-keys", R"({"name": "mine", "permissions": ["read:order"]})");
       },
       {"create api_key by user"}},
      {"deleteApiKey",
       [](Stage& on) {
         const std::string id =
             on.made(on.ada, "/api/auth/api-keys", R"({"name": "mine", "permissions": ["read:order"]})");
         on.audited(&on.ada, Method::remove, "/api/auth/api-keys/" + id);
       },
       {"delete api_key by user"}},
      {"addPasskey", [](Stage& on) { on.add_passkey(true); }, {"create passkey by user"}},
      {"removePasskey",
       [](Stage& on) {
         on.add_passkey(false);
         on.audited(&on.ada, Method::remove, "/api/auth/passkeys/" + on.passkey);
       },
       {"delete passkey by user"}},
      {"loginWithPasskey",
       [](Stage& on) {
         on.add_passkey(false);
         on.audited(nullptr, Method::post, "/api/auth/passkeys/login", on.passkey_proof());
       },
       {"sign_in session by user"}}};
}

std::vector<Row> other_rows() {
  return {
      {"createPost",
       [](Stage& on) { on.audited(&on.ada, Method::post, "/api/posts", R"({"title": "T", "content": "C"})"); },
       {"create post by user"}},
      {"updatePost",
       [](Stage& on) { on.audited(&on.ada, Method::patch, "/api/posts/" + on.post(), R"({"title": "U"})"); },
       {"update post by user"}},
      {"deletePost",
       [](Stage& on) { on.audited(&on.ada, Method::remove, "/api/posts/" + on.post()); },
       {"delete post by user"}},
      {"createProduct",
       [](Stage& on) { on.audited(&on.admin, Method::post, "/api/products", R"({"name": "Chair", "price": "5.00"})"); },
       {"create product by user"}},
      {"updateProduct",
       [](Stage& on) {
         on.audited(&on.admin, Method::patch, "/api/products/" + on.product(),
                    R"({"stock": 3, "description": "Of oak", "tags": ["oak"]})");
       },
       {"update product by user"}},
      {"deleteProduct",
       [](Stage& on) { on.audited(&on.admin, Method::remove, "/api/products/" + on.product()); },
       {"delete product by user"}},
  };
}

std::vector<Row> order_and_role_rows() {
  return {{"createOrder",
           [](Stage& on) {
             on.audited(&on.ada, Method::post, "/api/orders",
                        R"({"items": [{"productId": ")" + on.product() + R"(", "quantity": 1}]})");
           },
           {"create order by user"}},
          {"cancelOrder",
           [](Stage& on) { on.audited(&on.ada, Method::post, "/api/orders/" + on.order() + "/cancel"); },
           {"cancel order by user"}},
          {"payOrder",
           [](Stage& on) {
             const std::string id = on.order();
             on.audited(&on.admin, Method::post, "/api/orders/" + id + "/pay", "{}");
             on.audited(&on.admin, Method::post, "/api/orders/" + id + "/cancel");
           },
           {"create payment by user", "cancel order by user", "begin_cancel payment by user"}},
          {"refundOrder",
           [](Stage& on) { on.audited(&on.admin, Method::post, "/api/orders/" + on.paid_order() + "/refund"); },
           {"refund order by user", "begin_refund payment by user"}},
          {"generateExport",
           [](Stage& on) {
             on.audited(&on.admin, Method::post, "/api/exports/generate", R"({"type": "users", "format": "csv"})");
           },
           {"create export by user"}},
          {"createRole",
           [](Stage& on) {
             on.audited(&on.admin, Method::post, "/api/admin/roles",
                        R"({"name": "writer", "permissions": ["read:post"]})");
           },
           {"create role by user"}},
          {"updateRole",
           [](Stage& on) {
             (void)on.made(on.admin, "/api/admin/roles", R"({"name": "writer", "permissions": ["read:post"]})");
             on.audited(&on.admin, Method::patch, "/api/admin/roles/writer", R"({"permissions": ["read:order"]})");
           },
           {"update role by user"}},
          {"deleteRole",
           [](Stage& on) {
             (void)on.made(on.admin, "/api/admin/roles", R"({"name": "writer", "permissions": ["read:post"]})");
             on.audited(&on.admin, Method::remove, "/api/admin/roles/writer");
           },
           {"delete role by user"}},
          {"setUserRole",
           [](Stage& on) {
             on.audited(&on.admin, Method::post, "/api/admin/users/" + on.ada.id + "/role", R"({"role": "admin"})");
           },
           {"update user by user"}},
          {"createGrant",
           [](Stage& on) {
             on.audited(&on.admin, Method::post, "/api/admin/users/" + on.ada.id + "/grants",
                        R"({"permission": "read:order", "reason": "a test"})");
           },
           {"create grant by user"}},
          {"deleteGrant",
           [](Stage& on) {
             const std::string path = "/api/admin/users/" + on.ada.id + "/grants";
             const std::string id = on.made(on.admin, path, R"({"permission": "read:order", "reason": "a test"})");
             on.audited(&on.admin, Method::remove, path + "/" + id);
           },
           {"delete grant by user"}}};
}

std::vector<Row> webhook_rows() {
  static const std::string endpoints = "/api/webhooks/endpoints";
  static const std::string endpoint = R"({"url": "https://shop.example.com/hooks", "events": ["order.*"]})";
  return {{"createWebhookEndpoint",
           [](Stage& on) { on.audited(&on.admin, Method::post, endpoints, endpoint); },
           {"create webhook_endpoint by user"}},
          {"updateWebhookEndpoint",
           [](Stage& on) {
             const std::string id = on.made(on.admin, endpoints, endpoint);
             on.audited(&on.admin, Method::patch, endpoints + "/" + id, R"({"disabled": true})");
           },
           {"update webhook_endpoint by user"}},
          {"rotateWebhookSecret",
           [](Stage& on) {
             const std::string id = on.made(on.admin, endpoints, endpoint);
             on.audited(&on.admin, Method::post, endpoints + "/" + id + "/rotate-secret");
           },
           {"rotate_secret webhook_endpoint by user"}},
          {"deleteWebhookEndpoint",
           [](Stage& on) {
             const std::string id = on.made(on.admin, endpoints, endpoint);
             on.audited(&on.admin, Method::remove, endpoints + "/" + id);
           },
           {"delete webhook_endpoint by user"}}};
}

std::vector<Row> job_rows() {
  static const std::string jobs = "/api/admin/jobs/";
  const auto waiting = [](Stage& on) {
    const std::string body = R"({"type": "products", "format": "csv"})";
    EXPECT_EQ(on.backend.as(on.admin, Method::post, "/api/exports/generate", body).status, 202);
    return on.backend.as(on.admin, Method::get, "/api/admin/jobs?kind=generate-report").at("/data/0/id");
  };
  return {{"cancelJob",
           [waiting](Stage& on) { on.audited(&on.admin, Method::post, jobs + waiting(on) + "/cancel"); },
           {"cancel job by user"}},
          {"retryJob",
           [waiting](Stage& on) {
             const std::string id = waiting(on);
             EXPECT_EQ(on.backend.as(on.admin, Method::post, jobs + id + "/cancel").status, 200);
             on.audited(&on.admin, Method::post, jobs + id + "/retry");
           },
           {"retry job by user"}},
          {"updateQueue",
           [](Stage& on) {
             on.backend.run_jobs();
             on.audited(&on.admin, Method::patch, "/api/admin/queues/exports", R"({"paused": true})");
           },
           {"update job_queue by user"}}};
}

// Operations that write nothing which an auditor asks for, each with the reason.
const std::set<std::string> without_entries = {
    "refresh",            // uses a session, which its sign-in has recorded; a refused one leaves "end session"
    "forgotPassword",     // anybody can ask for any address, without end
    "beginPasskey",       // a challenge of some minutes
    "beginPasskeyLogin",  // the same
    // What an account reads, and which mail it wants, concerns no one else.
    "readNotification", "readAllNotifications", "updateNotificationPreferences",
    "replayWebhookDelivery",  // sends an event again, which its own row shows
    "createRealtimeTicket"};  // of 30 seconds, as access tokens are of minutes
// Recorded where the provider of their tests is.
const std::set<std::string> tested_elsewhere = {"unlinkIdentity",          // oauth_test.cpp
                                                "deleteMailSuppression"};  // mail/suppression_test.cpp

std::vector<Row> table() {
  auto out = account_rows();
  for (auto rows : {password_rows(), factor_rows(), other_rows(), order_and_role_rows(), webhook_rows(), job_rows()})
    for (Row& row : rows) out.push_back(std::move(row));
  return out;
}

class AuditedOperations : public testing::TestWithParam<Row> {};

TEST_P(AuditedOperations, LeaveTheirEntries) {
  Stage stage;
  GetParam().run(stage);
  EXPECT_THAT(stage.entries(), UnorderedElementsAreArray(GetParam().entries));
}

INSTANTIATE_TEST_SUITE_P(All, AuditedOperations, testing::ValuesIn(table()),
                         [](const auto& row) { return row.param.operation; });

TEST(AuditedOperations, HaveARowEach) {
  TestBackend backend;
  std::vector<std::string> rows(without_entries.begin(), without_entries.end());
  rows.insert(rows.end(), tested_elsewhere.begin(), tested_elsewhere.end());
  for (const Row& row : table()) rows.push_back(row.operation);
  std::vector<std::string> operations;
  for (const auto& route : backend.application().app().routes())
    if (route->has_operation() && route->endpoint.effect == api::Endpoint::Effect::changes)
      operations.push_back(route->endpoint.name);
  EXPECT_THAT(operations, UnorderedElementsAreArray(rows));
}

// What is in an entry, and what is not: no secret, and no field that did not change.
TEST(AuditEntries, HoldTheChangedFieldsAndNoSecret) {
  Stage stage;
  (void)stage.backend.as(stage.ada, Method::post, "/api/auth/password/change",
                         R"({"currentPassword": "a long password", "newPassword": "another password"})");
  std::vector<std::string> changes;
  std::string all;
  const auto read = stage.backend.database().query_blocking(
      {.sql = "select action, resource, changes, coalesce(subject_personal, ''), actor_personal from audit_entries "
              "order by seq",
       .on_row = [&](const sql::Row& row) {
         if (row.text(0) == "update" && row.text(1) == "user") changes.emplace_back(row.text(2));
         for (std::size_t i = 2; i < 5; ++i) all += row.text(i);
       }});
  ASSERT_TRUE(read) << read.error().cause();
  ASSERT_FALSE(changes.empty());
  EXPECT_EQ(changes.back(), R"({"passwordHash":{"after":"[redacted]","before":"[redacted]"}})");
  EXPECT_THAT(all, testing::Not(testing::HasSubstr("$2b$")));
  EXPECT_THAT(all, testing::Not(testing::HasSubstr("password\"")));
  EXPECT_THAT(all, testing::HasSubstr("ada@example.com")) << "in the erasable part";
}

// A write that is refused by the database, or undone, leaves nothing.
TEST(AuditEntries, GoWithTheirTransaction) {
  Stage stage;
  const auto count = [&] {
    std::int64_t out = -1;
    (void)stage.backend.database().query_blocking(
        {.sql = "select count(*) from audit_entries", .on_row = [&](const sql::Row& row) { out = row.integer(0); }});
    return out;
  };
  const std::string product = stage.product();
  const std::int64_t before = count();
  const Person& ada = stage.ada;
  EXPECT_EQ(stage.backend.as(ada, Method::patch, "/api/users/me", R"({"email": "eve@example.com"})").status, 409);
  EXPECT_EQ(
      stage.backend
          .as(ada, Method::post, "/api/orders", R"({"items": [{"productId": ")" + product + R"(", "quantity": 99}]})")
          .status,
      409);
  EXPECT_EQ(stage.backend.as(stage.admin, Method::remove, "/api/posts/" + ada.id).status, 404);
  EXPECT_EQ(stage.backend.as(stage.admin, Method::patch, "/api/products/" + ada.id, R"({"stock": 1})").status, 404);
  EXPECT_EQ(
      stage.backend.as(stage.admin, Method::post, "/api/admin/roles", R"({"name": "admin", "permissions": []})").status,
      409);
  EXPECT_EQ(stage.backend.as(ada, Method::patch, "/api/users/me", R"({"name": "ada"})").status, 200);
  EXPECT_EQ(count(), before) << "the last one changed nothing";
}

}  // namespace
}  // namespace ashlar::test
