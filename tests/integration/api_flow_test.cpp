// SPDX-License-Identifier: Apache-2.0
// One walk through the whole API over sockets, as a client program would go. ASHLAR_TEST_TARGET=PORT[,PORT...] of the
// environment makes it walk over instances that run already, each call on the next one.
#include "tests/integration/server.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <optional>
#include <random>
#include <sstream>
#include <string>
#include <vector>

namespace ashlar::test {
namespace {

class Api : public testing::Test {
 protected:
  Api() {
    if (const char* target = std::getenv("ASHLAR_TEST_TARGET")) {
      std::istringstream ports(target);
      for (std::string port; std::getline(ports, port, ',');)
        clients_.emplace_back(static_cast<std::uint16_t>(std::stoi(port)));
    } else {
      server_.emplace(folder_);
      clients_.emplace_back(server_->port());
    }
  }

  web::TestReply call(const std::string& method, const std::string& target, const std::string& json = {},
                      const std::string& token = {}) {
    return next().call(method, target, json, token);
  }
  ApiClient& next() { return clients_[calls_++ % clients_.size()]; }
  // Another name in each run, since an instance that runs already keeps its accounts.
  std::string name(const std::string& stem) const { return stem + "-" + run_; }

 private:
  TemporaryFolder folder_;
  std::optional<Server> server_;
  std::vector<ApiClient> clients_;
  std::size_t calls_ = 0;
  std::string run_ = std::to_string(std::random_device{}());
};

TEST_F(Api, AccountsAndSessions) {
  const std::string ada = name("ada");
  auto reply = next().sign_up(ada);
  ASSERT_EQ(reply.status, 201) << reply.body;
  EXPECT_FALSE(reply.header("X-Request-Id").empty());
  const std::string token = reply.at("/data/accessToken");
  const std::string first = reply.at("/data/refreshToken");
  EXPECT_EQ(next().sign_up(ada).at("/code"), "user.email_taken");

  EXPECT_EQ(call("GET", "/api/users/me", "", token).at("/data/name"), ada);
  EXPECT_EQ(call("PATCH", "/api/users/me", R"({"age": 36})", token).at("/data/age"), "36");
  EXPECT_EQ(call("GET", "/api/users/me").at("/code"), "auth.not_signed_in");
  EXPECT_EQ(call("GET", "/api/users", "", token).status, 403);

  reply = call("POST", "/api/auth/refresh", R"({"refreshToken": ")" + first + "\"}");
  ASSERT_EQ(reply.status, 200) << reply.body;
  const std::string second = reply.at("/data/accessToken");
  EXPECT_EQ(call("GET", "/api/auth/sessions", "", second).at("/pagination/total"), "1");
  const std::string successor = reply.at("/data/refreshToken");
  reply = call("POST", "/api/auth/refresh", R"({"refreshToken": ")" + first + "\"}");
  EXPECT_EQ(reply.at("/data/refreshToken"), successor) << "it may be sent again for a moment";
  ASSERT_EQ(call("POST", "/api/auth/refresh", R"({"refreshToken": ")" + successor + "\"}").status, 200);
  EXPECT_EQ(call("POST", "/api/auth/refresh", R"({"refreshToken": ")" + first + "\"}").at("/code"),
            "auth.refresh_reused");
  EXPECT_EQ(call("GET", "/api/users/me", "", second).at("/code"), "auth.token_revoked");

  const std::string login = R"({"email": ")" + ada + R"(@example.com", "password": "a long password"})";
  const std::string third = call("POST", "/api/auth/login", login).at("/data/accessToken");
  EXPECT_EQ(call("POST", "/api/auth/logout", "", third).status, 204);
  for (int i = 0; i < 4; ++i) EXPECT_EQ(call("GET", "/api/users/me", "", third).at("/code"), "auth.token_revoked");
}

TEST_F(Api, PostsAndProducts) {
  const auto author = next().sign_up(name("author"));
  const std::string token = author.at("/data/accessToken");
  const std::string other = next().sign_up(name("other")).at("/data/accessToken");
  const std::string admin = next().admin_token();

  auto reply = call("POST", "/api/posts", R"({"title": "Notes", "content": "On the engine."})", token);
  ASSERT_EQ(reply.status, 201) << reply.body;
  const std::string post = "/api/posts/" + reply.at("/data/id");
  EXPECT_EQ(call("GET", post, "", other).status, 404);
  EXPECT_EQ(call("PATCH", post, R"({"published": true})", other).status, 403);
  EXPECT_EQ(call("PATCH", post, R"({"published": true})", token).at("/data/published"), "true");
  EXPECT_EQ(call("GET", post).status, 200);

  const std::string product_body =
      R"({"name": "Desk", "price": 349.5, "category": ")" + name("c") + R"(", "stock": 2})";
  EXPECT_EQ(call("POST", "/api/products", product_body, token).at("/code"), "auth.forbidden");
  reply = call("POST", "/api/products", product_body, admin);
  ASSERT_EQ(reply.status, 201) << reply.body;
  const std::string product = "/api/products/" + reply.at("/data/id");
  EXPECT_EQ(call("GET", "/api/products?category=" + name("c") + "&maxPrice=349.50").at("/data/0/price"), "349.50");
  EXPECT_EQ(call("PATCH", product, R"({"stock": 1, "category": null})", admin).at("/data/stock"), "1");
  EXPECT_EQ(call("GET", product).at("/data/category"), "null");
  EXPECT_EQ(call("DELETE", product, "", admin).status, 204);
  EXPECT_EQ(call("GET", product).status, 404);

  EXPECT_EQ(call("DELETE", "/api/users/" + author.at("/data/user/id"), "", admin).status, 204);
  EXPECT_EQ(call("GET", post).status, 404) << "posts go with their author";
  EXPECT_EQ(call("GET", "/api/users/me", "", token).at("/code"), "auth.token_revoked");
}

}  // namespace
}  // namespace ashlar::test
