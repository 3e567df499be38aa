// SPDX-License-Identifier: Apache-2.0
#include "ashlar/core/encoding.hpp"
#include "tests/support/test_backend.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ashlar::test {
namespace {

using http::Method;

constexpr const char* product = R"({"name": "Lamp", "price": "12.50"})";

// An account with so many permissions of its own besides create:product, signed in.
Person person_with_many(TestBackend& backend, int count) {
  std::vector<std::string> permissions{"create:product"};
  for (int i = 0; i < count; ++i) {
    permissions.push_back("verb" + std::to_string(i) + ":resource" + std::to_string(i));
    backend.run("insert into permissions (name, description) values ($1, 'made by a test')", {permissions.back()});
  }
  return backend.person_with("ada", permissions);
}

TEST(ManyPermissions, SignInAndCount) {
  for (const int count : {50, 160, 1000}) {
    TestBackend backend;
    const Person ada = person_with_many(backend, count);
    EXPECT_LE(ada.token.size() + std::string_view("accessToken=").size(), 4096U) << "a browser keeps it as a cookie";
    EXPECT_EQ(backend.as(ada, Method::post, "/api/products", product).status, 201) << count;
    EXPECT_EQ(backend.as(ada, Method::get, "/api/users").status, 403);
    const auto refreshed =
        backend.client().post("/api/auth/refresh", R"({"refreshToken": ")" + ada.refresh_token + "\"}");
    EXPECT_EQ(refreshed.status, 200) << refreshed.body;
  }
}

TEST(ManyPermissions, LeaveRepliesOfOpenRoutesToCaches) {
  TestBackend backend;
  const Person ada = person_with_many(backend, 160);
  const auto reply = backend.as(ada, Method::get, "/api/products");
  EXPECT_EQ(reply.status, 200);
  for (const auto& [name, value] : reply.headers)
    EXPECT_FALSE(name == "Cache-Control" && value.contains("private")) << value;
}

}  // namespace
}  // namespace ashlar::test
