// SPDX-License-Identifier: Apache-2.0
// The backend's operations as tools of the Model Context Protocol.
#include "tests/support/test_backend.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace ashlar::test {
namespace {

using http::Method;
using testing::HasSubstr;

class Agents : public testing::Test {
 protected:
  web::TestReply post(const std::string& method, const std::string& params, const std::string& token = {}) {
    web::TestRequest request{
        .method = Method::post,
        .target = "/mcp",
        .headers = {},
        .body = R"({"jsonrpc":"2.0","id":1,"method":")" + method + R"(","params":)" + params + "}"};
    if (!token.empty()) request.headers.emplace_back("Authorization", "Bearer " + token);
    return backend.client().send(request);
  }
  web::TestReply call(const std::string& name, const std::string& arguments, const std::string& token = {}) {
    return post("tools/call", R"({"name":")" + name + R"(","arguments":)" + arguments + "}", token);
  }

  TestBackend backend;
};

TEST_F(Agents, FindTheOperationsThatAreTools) {
  const auto list = post("tools/list", "{}");
  std::string names;
  for (int i = 0; list.has("/result/tools/" + std::to_string(i)); ++i)
    names += list.at("/result/tools/" + std::to_string(i) + "/name") + " ";
  EXPECT_EQ(names,
            "cancelOrder createOrder createPost getOrder getPost getProduct listOrders listPosts listProducts me "
            "updatePost ");
}

TEST_F(Agents, AreBoundByTheirPermissions) {
  const Person ada = backend.person("ada");
  const auto key =
      backend.as(ada, Method::post, "/api/auth/api-keys", R"({"name":"agent","permissions":["read:order"]})");
  ASSERT_EQ(key.status, 201) << key.body;
  const std::string token = key.at("/data/key");
  EXPECT_EQ(call("listOrders", "{}", token).at("/result/structuredContent/pagination/total"), "0");
  const auto refused = call("createPost", R"({"title":"T","content":"C"})", token);
  EXPECT_EQ(refused.at("/result/isError"), "true");
  EXPECT_EQ(refused.at("/result/structuredContent/code"), "auth.forbidden") << refused.body;
  EXPECT_EQ(call("listOrders", "{}").status, 401);
  EXPECT_EQ(call("listOrders", "{}", "nonsense").status, 401);
}

TEST_F(Agents, LeaveAnAuditEntry) {
  const Person ada = backend.person("ada");
  const auto made = call("createPost", R"({"title":"By an agent","content":"C"})", ada.token);
  const std::string id = made.at("/result/structuredContent/data/id");
  const auto trail = backend.as(backend.admin(), Method::get, "/api/admin/audit?resource=post&resourceId=" + id);
  EXPECT_EQ(trail.at("/data/0/action"), "create");
  EXPECT_EQ(trail.at("/data/0/actor/id"), ada.id);
}

TEST(AgentsOff, FindNothing) {
  TestBackend backend([](backend::Settings& settings) { settings.mcp = backend::Settings::Mcp::off; });
  EXPECT_EQ(backend.client().post("/mcp", R"({"jsonrpc":"2.0","id":1,"method":"ping"})").status, 404);
}

}  // namespace
}  // namespace ashlar::test
