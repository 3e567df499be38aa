// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/server.hpp"
#include "tests/support/scripted_server.hpp"

#include <gtest/gtest.h>

#include <string>

namespace ashlar::test {
namespace {

// The SHA-1 of "an old long password" is 5FCD8... and this.
constexpr const char* rest = "49679CFA645104E0EDD40C314B4519D088C";

std::string registration(const std::string& email, const std::string& password) {
  return R"({"name": "Ada", "email": ")" + email + R"(", "password": ")" + password + R"("})";
}

// On each of the server's loops.
TEST(Passwords, ThatLeakedAreLookedUpWhereTheSettingsSay) {
  const ScriptedServer breaches(answer_with(response_with(std::string(rest) + ":3\r\n")));
  const TemporaryFolder folder;
  Variables variables = server_variables();
  variables["PASSWORD_BREACH_URL"] = breaches.url("/range/");
  variables["LOOPS"] = "2";
  Server server(folder, variables);
  for (int i = 0; i < 6; ++i) {
    ApiClient client(server.port());
    const auto refused = client.call("POST", "/api/auth/register",
                                     registration("ada" + std::to_string(i) + "@example.com", "an old long password"));
    EXPECT_EQ(refused.status, 422) << refused.body;
    EXPECT_EQ(refused.at("/errors/0/code"), "breached_password");
    EXPECT_EQ(client
                  .call("POST", "/api/auth/register",
                        registration("eve" + std::to_string(i) + "@example.com", "another long one"))
                  .status,
              201);
  }
}

}  // namespace
}  // namespace ashlar::test
