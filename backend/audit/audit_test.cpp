// SPDX-License-Identifier: Apache-2.0
// The audit trail as its readers see it: lists, checkpoints and proofs.
#include "ashlar/audit/checkpoint.hpp"
#include "tests/support/test_backend.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace ashlar::test {
namespace {

using http::Method;
using namespace std::chrono_literals;

constexpr const char* path = "/api/admin/audit";

class AuditTrail : public testing::Test {
 protected:
  web::TestReply get(const std::string& target) { return backend.as(admin, Method::get, target); }
  std::string post_of(const Person& who, const std::string& title) {
    backend.clock().advance(1s);
    return backend.as(who, Method::post, "/api/posts", R"({"title": ")" + title + R"(", "content": "C"})")
        .at("/data/id");
  }
  // "action resource" of each item, in their order.
  static std::vector<std::string> items(const web::TestReply& reply) {
    EXPECT_EQ(reply.status, 200) << reply.body;
    std::vector<std::string> out;
    for (std::size_t i = 0; reply.has("/data/" + std::to_string(i)); ++i) {
      const std::string item = "/data/" + std::to_string(i);
      out.push_back(reply.at(item + "/action") + " " + reply.at(item + "/resource"));
    }
    return out;
  }

  TestBackend backend;
  Person admin = backend.admin();
};

TEST_F(AuditTrail, IsForThoseWhoMayReadIt) {
  const Person ada = backend.person("ada");
  const BadTokens bad = backend.bad_tokens();
  std::vector<Scenario> all;
  for (const std::string& route : {std::string(path), std::string(path) + "/checkpoint",
                                   std::string(path) + "/0193508e-7b2c-7000-8000-000000000001/proof"}) {
    all = std::move(all) + without_a_good_token("GET " + route, "", bad);
    all.push_back({"another account", "GET " + route, "", 403, "auth.forbidden", {}, ada.token});
  }
  const auto invalid = [&](std::string name, const std::string& query, std::vector<std::string> faults) {
    return Scenario{std::move(name), std::string("GET ") + path + query, "", 422, "request.invalid", std::move(faults),
                    admin.token};
  };
  all = std::move(all) + without_a_good_page(std::string("GET ") + path, admin.token) +
        std::vector<Scenario>{
            invalid("an account that is no id", "?userId=me", {"userId uuid"}),
            invalid("no moment", "?from=yesterday", {"from date_time"}),
            invalid("an interval that ends before it begins", "?from=2026-05-04T08:00:00Z&to=2026-05-04T07:00:00Z",
                    {"to too_small"}),
            invalid("an id without its resource", "?resourceId=x", {"resource required"}),
            {"no such entry",
             std::string("GET ") + path + "/0193508e-7b2c-7000-8000-000000000001/proof",
             "",
             404,
             "audit.entry_not_found",
             {},
             admin.token},
        };
  expect_refusals(backend.client(), all);
  const Person auditor = backend.person_with("auditor", {"read:audit"});
  EXPECT_EQ(backend.as(auditor, Method::get, path).status, 200);
}

TEST_F(AuditTrail, SaysWhoDidWhatFromWhere) {
  const Person ada = backend.person("ada");
  const std::string post = post_of(ada, "Hello");
  backend.clock().advance(1s);
  web::TestRequest request{.method = Method::patch,
                           .target = "/api/posts/" + post,
                           .headers = {{"Authorization", "Bearer " + ada.token},
                                       {"User-Agent", "curl/8.5"},
                                       {"X-Request-Id", "one-request"}},
                           .body = R"({"title": "Hello again", "published": true})"};
  ASSERT_EQ(backend.client().send(request).status, 200);
  const auto reply = get(std::string(path) + "?resource=post&resourceId=" + post);
  EXPECT_EQ(items(reply), (std::vector<std::string>{"update post", "create post"}));
  EXPECT_EQ(reply.at("/data/0/actor/id"), ada.id);
  EXPECT_EQ(reply.at("/data/0/actor/kind"), "user");
  EXPECT_EQ(reply.at("/data/0/resourceId"), post);
  EXPECT_EQ(reply.at("/data/0/changes/title/before"), "Hello");
  EXPECT_EQ(reply.at("/data/0/changes/title/after"), "Hello again");
  EXPECT_EQ(reply.at("/data/0/changes/published/before"), "false");
  EXPECT_FALSE(reply.has("/data/0/changes/content"));
  EXPECT_FALSE(reply.has("/data/0/changes/updatedAt"));
  EXPECT_FALSE(reply.has("/data/1/changes/id"));
  EXPECT_EQ(reply.at("/data/0/agent"), "curl/8.5");
  EXPECT_EQ(reply.at("/data/0/requestId"), "one-request");
  EXPECT_FALSE(reply.at("/data/0/address").empty());
  EXPECT_EQ(reply.at("/data/1/changes/title/before"), "null");
  EXPECT_EQ(std::stoll(reply.at("/data/0/sequence")), std::stoll(reply.at("/data/1/sequence")) + 1);
  EXPECT_FALSE(reply.has("/data/0/commitments"));
}

TEST_F(AuditTrail, NamesAnApiKeyAndTheAccountThatItActsFor) {
  const Person ada = backend.person("ada");
  const auto key =
      backend.as(ada, Method::post, "/api/auth/api-keys", R"({"name": "mine", "permissions": ["create:post"]})");
  ASSERT_EQ(key.status, 201) << key.body;
  const Person by_key{.id = {}, .email = {}, .token = key.at("/data/key"), .refresh_token = {}};
  (void)post_of(by_key, "By a key");
  const auto reply = get(std::string(path) + "?action=create&resource=post&userId=" + ada.id);
  ASSERT_EQ(items(reply).size(), 1U) << reply.body;
  EXPECT_EQ(reply.at("/data/0/actor/id"), key.at("/data/id"));
  EXPECT_EQ(reply.at("/data/0/actor/kind"), "api_key");
  EXPECT_EQ(reply.at("/data/0/actor/actingFor/id"), ada.id);
  EXPECT_EQ(reply.at("/data/0/actor/actingFor/kind"), "user");
}

TEST_F(AuditTrail, IsFilteredCountedAndPaged) {
  const Person ada = backend.person("ada");
  const Person eve = backend.person("eve");
  for (int i = 0; i < 3; ++i) (void)post_of(ada, "A");
  const std::string from = backend.clock().now().to_string();
  for (int i = 0; i < 2; ++i) (void)post_of(eve, "E");
  const auto total = [&](const std::string& query) { return get(path + query).at("/pagination/total"); };
  EXPECT_EQ(total("?resource=post"), "5");
  EXPECT_EQ(total("?resource=post&userId=" + eve.id), "2");
  EXPECT_EQ(total("?action=create&resource=post&from=" + from), "3") << "from: the moment itself is in it";
  EXPECT_EQ(total("?action=create&resource=post&to=" + from), "2") << "to: it is not";
  EXPECT_EQ(total("?resource=nothing"), "0");
  std::int64_t rows = 0;
  (void)backend.database().query_blocking(
      {.sql = "select count(*) from audit_entries", .on_row = [&](const sql::Row& row) { rows = row.integer(0); }});
  EXPECT_EQ(total(""), std::to_string(rows));

  std::vector<std::string> ids;
  std::string cursor;
  do {
    const auto page = get(std::string(path) + "?resource=post&limit=2&cursor=" + cursor);
    for (std::size_t i = 0; page.has("/data/" + std::to_string(i)); ++i)
      ids.push_back(page.at("/data/" + std::to_string(i) + "/id"));
    cursor = page.has("/pagination/next") ? page.at("/pagination/next") : "";
    if (cursor == "null") cursor.clear();
  } while (!cursor.empty());
  EXPECT_EQ(ids.size(), 5U);
  const auto newest_last = get(std::string(path) + "?resource=post&sort=at");
  EXPECT_EQ(newest_last.at("/data/4/id"), ids.front());
  EXPECT_EQ(get(std::string(path) + "?resource=post&page=2&limit=2").at("/data/0/id"), ids[2]);
}

TEST_F(AuditTrail, SignsItsSize) {
  const auto none = get(std::string(path) + "/checkpoint");
  ASSERT_EQ(none.status, 200) << none.body;
  (void)backend.person("ada");
  const auto reply = get(std::string(path) + "/checkpoint");
  const auto key = audit::CheckpointVerifier::parse(reply.at("/data/key"));
  ASSERT_TRUE(key) << reply.body;
  const auto checkpoint = key->open(reply.at("/data/checkpoint"));
  ASSERT_TRUE(checkpoint) << checkpoint.error().message();
  EXPECT_EQ(std::to_string(checkpoint->size), reply.at("/data/size"));
  EXPECT_GT(checkpoint->size, std::stoll(none.at("/data/size")));
  EXPECT_EQ(audit::to_base64(checkpoint->root), reply.at("/data/root"));
}

}  // namespace
}  // namespace ashlar::test
