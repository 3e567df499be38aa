// SPDX-License-Identifier: Apache-2.0
// Roles, grants and explanations, over HTTP: what is refused, and when what was changed counts.
#include "ashlar/api/system_call.hpp"
#include "ashlar/async/task_scope.hpp"
#include "backend/authority/explain_access.hpp"
#include "tests/support/test_backend.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

namespace ashlar::test {
namespace {

using http::Method;
using namespace std::chrono_literals;

struct Authority : testing::Test {
  TestBackend backend;
  const Person admin = backend.admin();
  const Person ada = backend.person("ada");

  web::TestReply post(const Person& who, const std::string& path, const std::string& body) {
    return backend.as(who, Method::post, path, body);
  }
  int users(const Person& who) { return backend.as(who, Method::get, "/api/users").status; }
  std::string account(const Person& who) { return "/api/admin/users/" + who.id; }
  void make_role(const std::string& name, const std::string& permissions) {
    const auto made =
        post(admin, "/api/admin/roles", R"({"name": ")" + name + R"(", "permissions": )" + permissions + "}");
    ASSERT_EQ(made.status, 201) << made.body;
  }
  void give_role(const Person& who, const std::string& role) {
    const auto given = post(admin, account(who) + "/role", R"({"role": ")" + role + "\"}");
    ASSERT_EQ(given.status, 200) << given.body;
  }
  std::string grant(const Person& who, const std::string& more) {
    const auto made = post(admin, account(who) + "/grants", R"({"reason": "a test", )" + more + "}");
    EXPECT_EQ(made.status, 201) << made.body;
    return made.at("/data/id");
  }
  std::string set_permissions(const Person& who, const std::string& role, const std::string& permissions) {
    const auto reply =
        backend.as(who, Method::patch, "/api/admin/roles/" + role, R"({"permissions": )" + permissions + "}");
    return reply.status == 200 ? "ok" : reply.at("/code");
  }
  void look() {
    ASSERT_TRUE(async::run_to_end(backend.client().loop(), backend.application().authority_sync().look()));
  }
};

TEST_F(Authority, RefusesBadInput) {
  const std::string roles = "POST /api/admin/roles", grants = "POST " + account(ada) + "/grants";
  const auto invalid = [&](std::string name, const std::string& request, std::string body,
                           std::vector<std::string> faults) {
    return Scenario{std::move(name), request, std::move(body), 422, "request.invalid", std::move(faults), admin.token};
  };
  expect_refusals(
      backend.client(),
      without_a_good_token("GET /api/admin/roles", "", backend.bad_tokens()) +
          without_a_readable_body(roles, R"({"name": "r", "permissions": []})", admin.token) +
          std::vector<Scenario>{
              invalid("no permissions", roles, R"({"name": "r"})", {"/permissions required"}),
              invalid("what is none", roles, R"({"name": "r", "permissions": ["all", "*:*"]})",
                      {"/permissions one_of", "/permissions one_of"}),
              invalid("one that is not known", roles, R"({"name": "r", "permissions": ["fly:moon"]})",
                      {"/permissions one_of"}),
              invalid("one twice", roles, R"({"name": "r", "permissions": ["*", "*"]})",
                      {"/permissions duplicate_member"}),
              {"a role that is there",
               roles,
               R"({"name": "user", "permissions": []})",
               409,
               "role.taken",
               {},
               admin.token},
              {"a role that is not there", "PATCH /api/admin/roles/none", "{}", 404, "role.not_found", {}, admin.token},
              {"the first role", "DELETE /api/admin/roles/user", "", 409, "role.built_in", {}, admin.token},
              invalid("an unknown role", "POST " + account(ada) + "/role", R"({"role": "none"})", {"/role one_of"}),
              invalid("no reason", grants, R"({"permission": "read:user"})", {"/reason required"}),
              invalid(
                  "an end before the beginning", grants,
                  R"({"permission": "read:user", "reason": "x", "from": "2026-06-01T00:00:00Z", "until": "2026-06-01T00:00:00Z"})",
                  {"/until too_small"}),
              invalid("an end before now", grants,
                      R"({"permission": "read:user", "reason": "x", "until": "2026-05-04T08:30:00Z"})",
                      {"/until too_small"}),
              invalid("an object without an id", grants,
                      R"({"permission": "read:order", "reason": "x", "resource": "order"})", {"/resourceId required"}),
              invalid("an object of another type", grants,
                      R"({"permission": "read:order", "reason": "x", "resource": "post", "resourceId": "7"})",
                      {"/resource one_of"}),
              invalid("a permission that is not known", grants, R"({"permission": "fly:moon", "reason": "x"})",
                      {"/permission one_of"}),
              {"a grant to an unknown account",
               "POST /api/admin/users/01900000-0000-7000-8000-000000000000/grants",
               R"({"permission": "read:user", "reason": "x"})",
               404,
               "user.not_found",
               {},
               admin.token},
              {"an unknown grant",
               "DELETE " + account(ada) + "/grants/01900000-0000-7000-8000-000000000000",
               "",
               404,
               "grant.not_found",
               {},
               admin.token},
              invalid("a wildcard explained", "GET /api/admin/authz/explain?userId=" + ada.id + "&permission=*", "",
                      {"permission one_of"}),
              {"an explanation for an unknown account",
               "GET /api/admin/authz/explain?userId=01900000-0000-7000-8000-000000000000&permission=read:user",
               "",
               404,
               "user.not_found",
               {},
               admin.token}});
}

TEST_F(Authority, OfARoleCountsAtOnceForAllOfItsAccounts) {
  make_role("support", R"(["read:order"])");
  give_role(ada, "support");
  EXPECT_EQ(users(ada), 403);
  EXPECT_EQ(set_permissions(admin, "support", R"(["read:order", "read:user"])"), "ok");
  EXPECT_EQ(users(ada), 200);
  EXPECT_EQ(set_permissions(admin, "support", R"(["*:user"])"), "ok");
  EXPECT_EQ(users(ada), 200) << "a wildcard covers it";
  EXPECT_EQ(backend.as(ada, Method::get, "/api/users/me").at("/data/permissions/0"), "*:user");
  EXPECT_EQ(set_permissions(admin, "support", "[]"), "ok");
  EXPECT_EQ(users(ada), 403);
  EXPECT_EQ(backend.as(admin, Method::remove, "/api/admin/roles/support").at("/code"), "role.in_use");
  give_role(ada, "user");
  EXPECT_EQ(backend.as(admin, Method::remove, "/api/admin/roles/support").status, 204);
  const auto left = backend.as(admin, Method::get, "/api/admin/roles");
  EXPECT_EQ(left.at("/data/0/name"), "admin");
  EXPECT_EQ(left.at("/data/0/permissions/0"), "*");
  EXPECT_EQ(left.at("/pagination/total"), "2");
}

TEST_F(Authority, GivesNobodyMoreThanWhoGives) {
  make_role("manager", R"(["manage:role", "read:user", "update:user", "delete:user"])");
  make_role("boss", R"(["*"])");
  give_role(ada, "manager");
  const Person eve = backend.person("eve");
  const auto code = [&](Method method, const std::string& path, const std::string& body = {}) {
    const auto reply = backend.as(ada, method, path, body);
    return reply.status < 300 ? std::string("ok") : reply.at("/code");
  };
  const auto no = "auth.forbidden";
  EXPECT_EQ(code(Method::post, "/api/admin/roles", R"({"name": "x", "permissions": ["*"]})"), no);
  EXPECT_EQ(code(Method::post, "/api/admin/roles", R"({"name": "x", "permissions": ["read:*"]})"), no);
  EXPECT_EQ(code(Method::post, "/api/admin/roles", R"({"name": "x", "permissions": ["read:order"]})"), no);
  EXPECT_EQ(code(Method::patch, "/api/admin/roles/manager", R"({"permissions": ["*"]})"), no);
  EXPECT_EQ(code(Method::patch, "/api/admin/roles/admin", R"({"permissions": []})"), no) << "it stands above";
  EXPECT_EQ(code(Method::remove, "/api/admin/roles/boss"), no);
  EXPECT_EQ(code(Method::post, account(ada) + "/role", R"({"role": "admin"})"), no);
  EXPECT_EQ(code(Method::patch, "/api/users/" + eve.id, R"({"role": "boss"})"), no);
  EXPECT_EQ(code(Method::post, account(admin) + "/role", R"({"role": "user"})"), no);
  EXPECT_EQ(code(Method::patch, "/api/users/" + admin.id, R"({"email": "mine@example.com"})"), no);
  EXPECT_EQ(code(Method::remove, "/api/users/" + admin.id), no);
  EXPECT_EQ(code(Method::post, account(ada) + "/grants", R"({"permission": "*", "reason": "x"})"), no);
  EXPECT_EQ(code(Method::post, account(ada) + "/grants", R"({"permission": "read:order", "reason": "x"})"), no);

  EXPECT_EQ(code(Method::post, "/api/admin/roles", R"({"name": "x", "permissions": ["read:user"]})"), "ok");
  EXPECT_EQ(code(Method::post, account(eve) + "/role", R"({"role": "x"})"), "ok");
  EXPECT_EQ(code(Method::post, account(eve) + "/grants", R"({"permission": "delete:user", "reason": "x"})"), "ok");
  (void)grant(eve, R"("permission": "read:order")");
  EXPECT_EQ(code(Method::patch, "/api/users/" + eve.id, R"({"email": "mine@example.com"})"), no)
      << "what a grant gives counts, too";

  const Person temp = backend.person("temp");
  (void)grant(temp, R"("permission": "*", "until": "2026-05-05T00:00:00Z")");
  EXPECT_EQ(post(temp, account(temp) + "/grants", R"({"permission": "*", "reason": "for ever"})").at("/code"), no)
      << "a grant would outlast the one that it came from";
}

TEST_F(Authority, KeepsAnAdmin) {
  EXPECT_EQ(post(admin, account(admin) + "/role", R"({"role": "user"})").at("/code"), "user.last_admin");
  EXPECT_EQ(set_permissions(admin, "admin", "[]"), "user.last_admin");
  EXPECT_EQ(set_permissions(admin, "admin", R"(["read:*", "manage:role"])"), "user.last_admin");
  EXPECT_EQ(backend.as(admin, Method::remove, "/api/users/" + admin.id).at("/code"), "user.last_admin");
  EXPECT_EQ(users(admin), 200) << "nothing was changed";

  make_role("root", R"(["*"])");
  give_role(ada, "root");
  EXPECT_EQ(set_permissions(admin, "admin", "[]"), "ok") << "another role holds everything";
  EXPECT_EQ(users(admin), 403);
  EXPECT_EQ(set_permissions(ada, "root", "[]"), "user.last_admin");
}

TEST_F(Authority, KeepsAnAdminOfTwoThatDemoteEachOther) {
  const Person other = backend.person("other");
  for (int round = 0; round < 5; ++round) {
    give_role(other, "admin");
    const auto demote = [&](const Person& by, const Person& whom) {
      return web::TestRequest{.method = Method::post,
                              .target = account(whom) + "/role",
                              .headers = {{"Authorization", "Bearer " + by.token}},
                              .body = R"({"role": "user"})"};
    };
    const auto statuses = backend.at_once({demote(admin, other), demote(other, admin)});
    EXPECT_EQ(statuses[0], 200);
    EXPECT_THAT(statuses[1], testing::AnyOf(409, 403)) << "the last admin, or no admin any more";
    const bool kept = users(admin) == 200;
    EXPECT_NE(kept, users(other) == 200);
    if (!kept) {
      EXPECT_EQ(post(other, account(admin) + "/role", R"({"role": "admin"})").status, 200);
    }
  }
}

TEST_F(Authority, OfAGrantBeginsAndEndsToTheMillisecond) {
  const std::string id = grant(
      ada, R"("permission": "read:user", "from": "2026-05-04T09:00:00.000Z", "until": "2026-05-04T09:05:00.000Z")");
  EXPECT_EQ(users(ada), 403);
  const auto because = [&] {
    const auto reply = backend.as(admin, Method::get, "/api/admin/authz/explain?permission=read:user&userId=" + ada.id);
    EXPECT_EQ(reply.at("/data/allowed") == "true", users(ada) == 200);
    return reply.at("/data/source") + ": " + reply.at("/data/because");
  };
  EXPECT_EQ(because(), "none: a grant of read:user has not begun");
  backend.clock().advance(30min - 1ms);
  const Person again = backend.sign_in(ada.email);
  EXPECT_EQ(users(again), 403);
  backend.clock().advance(1ms);
  EXPECT_EQ(users(again), 200);
  backend.clock().advance(5min - 1ms);
  EXPECT_EQ(users(again), 200);
  backend.clock().advance(1ms);
  EXPECT_EQ(users(again), 403);

  const Person fresh_admin = backend.admin();
  const auto shown = backend.as(fresh_admin, Method::get, account(ada) + "/grants/" + id);
  EXPECT_EQ(shown.at("/data/from"), "2026-05-04T09:00:00.000Z");
  EXPECT_EQ(shown.at("/data/approvedBy"), admin.id);
  EXPECT_EQ(backend.as(fresh_admin, Method::get, account(ada) + "/grants").at("/pagination/total"), "1");
  const auto other = backend.person("other");
  EXPECT_EQ(backend.as(fresh_admin, Method::get, account(other) + "/grants/" + id).status, 404) << "of another account";
}

TEST_F(Authority, OfARemovedGrantEndsAtOnce) {
  const std::string id = grant(ada, R"("permission": "read:user")");
  EXPECT_EQ(users(ada), 200);
  EXPECT_EQ(backend.as(admin, Method::remove, account(ada) + "/grants/" + id).status, 204);
  EXPECT_EQ(users(ada), 403);
}

TEST_F(Authority, BoundsTheGrantsOfAnAccount) {
  for (int i = 0; i < 200; ++i) ASSERT_FALSE(grant(ada, R"("permission": "read:user")").empty());
  const auto refused = post(admin, account(ada) + "/grants", R"({"permission": "read:user", "reason": "x"})");
  EXPECT_EQ(refused.at("/code"), "grant.too_many");
}

// A list shows what the guard of one object allows.
TEST_F(Authority, OfAListIsThatOfItsObjects) {
  const auto product = post(admin, "/api/products", R"({"name": "Desk", "price": "10.00", "stock": 10})");
  const Person bob = backend.person("bob"), eve = backend.person("eve");
  const auto order = [&](const Person& who) {
    backend.clock().advance(1s);
    return post(who, "/api/orders", R"({"items": [{"productId": ")" + product.at("/data/id") + R"(", "quantity": 1}]})")
        .at("/data/id");
  };
  const std::vector<std::string> orders{order(ada), order(bob), order(bob), order(eve)};
  const auto seen = [&](const Person& who, const std::string& query) {
    const auto list = backend.as(who, Method::get, "/api/orders" + query);
    EXPECT_EQ(list.status, 200) << list.body;
    std::vector<std::string> ids;
    for (std::size_t i = 0; list.has("/data/" + std::to_string(i)); ++i)
      ids.push_back(list.at("/data/" + std::to_string(i) + "/id"));
    return ids;
  };
  const auto expect_consistent = [&](const Person& who, std::size_t count) {
    const auto by_page = seen(who, ""), by_cursor = seen(who, "?cursor=");
    EXPECT_EQ(by_page.size(), count);
    EXPECT_EQ(by_page, by_cursor);
    EXPECT_EQ(backend.as(who, Method::get, "/api/orders?limit=1").at("/pagination/total"), std::to_string(count));
    for (const std::string& id : orders) {
      const bool listed = std::ranges::find(by_page, id) != by_page.end();
      EXPECT_EQ(backend.as(who, Method::get, "/api/orders/" + id).status, listed ? 200 : 403);
    }
  };
  expect_consistent(ada, 1);
  expect_consistent(admin, 4);
  const std::string id =
      grant(ada, R"("permission": "read:order", "resource": "order", "resourceId": ")" + orders[1] + "\"");
  expect_consistent(ada, 2);
  EXPECT_EQ(post(ada, "/api/orders/" + orders[1] + "/cancel", "").status, 403) << "reading is not cancelling";
  (void)grant(ada, R"("permission": "*:order", "resource": "order", "resourceId": ")" + orders[3] +
                       R"(", "until": "2026-05-04T08:40:00Z")");
  expect_consistent(ada, 3);
  backend.clock().advance(10min);
  expect_consistent(ada, 2);
  EXPECT_EQ(backend.as(backend.admin(), Method::remove, account(ada) + "/grants/" + id).status, 204);
  expect_consistent(ada, 1);
  const auto all =
      post(backend.admin(), account(ada) + "/grants", R"({"reason": "a test", "permission": "read:order"})");
  ASSERT_EQ(all.status, 201) << all.body;
  expect_consistent(ada, 4);
}

TEST_F(Authority, OfChangesByOthersIsReadFromTheDatabase) {
  look();
  const auto by_hand = [&](const std::string& sql) {
    const auto done = backend.database().run_script(sql);
    ASSERT_TRUE(done) << done.error().cause();
  };
  const auto expect_then = [&](const std::string& sql, int before, int after) {
    EXPECT_EQ(users(ada), before);
    by_hand(sql);
    EXPECT_EQ(users(ada), before) << "it is in memory";
    look();
    EXPECT_EQ(users(ada), after) << sql;
  };
  const std::string id = "'" + ada.id + "'";
  const bool postgres = backend.database().dialect() == sql::Dialect::postgres;
  const std::string then = postgres ? "to_timestamp(1)" : "1";
  expect_then("update users set role = 'admin' where id = " + id, 403, 200);
  expect_then("update users set role = 'user' where id = " + id, 200, 403);
  expect_then("insert into user_permissions values (" + id + ", 'read:user', " + then + ")", 403, 200);
  expect_then("delete from user_permissions", 200, 403);
  expect_then("insert into role_permissions values ('user', 'read:user')", 403, 200);
  expect_then("delete from role_permissions where role = 'user'", 200, 403);
  expect_then("insert into grants values ('01900000-0000-7000-8000-000000000001', " + id +
                  ", 'read:user', null, null, " + then + ", null, 'x', " + id + ", " + then + ")",
              403, 200);
  expect_then("delete from grants", 200, 403);
  expect_then(
      "update authority_versions set version = version + 20000; insert into role_permissions values ('user', "
      "'read:user')",
      403, 200);
  expect_then("delete from users where id = " + id, 200, 401);
}

// What the endpoint says is what a guard decides, of random accounts and questions. More with
// ASHLAR_TEST_EXPLAIN_CASES=1000000.
TEST_F(Authority, ExplanationIsTheDecision) {
  const char* wanted = std::getenv("ASHLAR_TEST_EXPLAIN_CASES");
  const int cases = wanted != nullptr ? std::atoi(wanted) : 20'000;
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  const auto pick = [&](std::size_t below) { return std::uniform_int_distribution<std::size_t>(0, below - 1)(random); };
  const std::vector<std::string> asked{"read:post", "edit:post", "read:order", "edit:order"};
  const std::vector<std::string> held{"read:post", "edit:post", "read:order", "edit:order", "read:*",
                                      "*:post",    "*:order",   "edit:*",     "*"};
  const std::vector<std::string> types{"post", "order"}, ids{"1", "2"};
  const auto pattern = [&](const std::string& text) { return auth::PermissionPattern::parse(text).value(); };
  const Timestamp now = backend.clock().now();
  SystemRandom ids_random;
  log::Logger logger({.console = log::LogOptions::Console::none}, backend.clock());
  const api::Call::Environment environment{&backend.clock(), &ids_random, &logger};
  const Uuid account = Uuid::parse(ada.id).value();
  for (int i = 0; i < cases; ++i) {
    auto authority =
        std::make_shared<auth::Authority>(auth::Authority{.account = account, .roles = {}, .own = {}, .grants = {}});
    if (pick(3) == 0) authority->own.push_back(pattern(held[pick(held.size())]));
    if (pick(3) == 0)
      authority->roles.push_back(std::make_shared<const auth::Role>(
          auth::Role{.name = "r", .permissions = {pattern(held[pick(held.size())])}}));
    for (std::size_t grants = pick(4); grants > 0; --grants) {
      auth::Grant each{.id = Uuid::make(backend.clock(), ids_random),
                       .permission = pattern(held[pick(held.size())]),
                       .resource = {},
                       .from = now + 1ms * static_cast<int>(pick(5)) - 2ms,
                       .until = {},
                       .reason = "x",
                       .approved_by = "y"};
      if (pick(2) == 0) each.until = each.from + 1ms * static_cast<int>(1 + pick(3));
      if (pick(2) == 0) each.resource = auth::Grant::Object{types[pick(2)], ids[pick(2)]};
      authority->grants.push_back(std::move(each));
    }
    const auto permission = auth::Permission::parse(asked[pick(asked.size())]).value();
    const std::string type = types[pick(2)], id = ids[pick(2)];
    const auth::ResourceRef object{.type = type, .id = id};
    const auth::ResourceRef* resource = pick(2) == 0 ? &object : nullptr;

    auth::Principal principal;
    principal.id = account;
    api::SystemCall system(environment, "a test");
    api::Call& call = system;
    call.set_principal(std::make_shared<const auth::Principal>(std::move(principal)));
    call.set_authority(authority);
    const auto explained = backend::explanation_of(*authority, permission, resource, now);
    ASSERT_EQ(explained.allowed, call.allows(permission, resource)) << explained.because;
    ASSERT_EQ(explained.allowed, explained.source != "none") << explained.because;
    ASSERT_FALSE(explained.because.empty());
    if (!resource) continue;
    const auto reach = call.reach(permission);
    const bool reached = reach.everything || (type == permission.resource() &&
                                              std::ranges::find(reach.ids, std::string_view(id)) != reach.ids.end());
    ASSERT_EQ(explained.allowed, reached);
  }
}

}  // namespace
}  // namespace ashlar::test
