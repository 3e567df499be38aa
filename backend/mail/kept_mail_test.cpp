// SPDX-License-Identifier: Apache-2.0
#include "tests/support/test_backend.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ashlar::test {
namespace {

using http::Method;
using testing::HasSubstr;

constexpr const char* route = "/api/admin/mail";

TEST(KeptMails, AreForAdminsAlone) {
  TestBackend backend;
  const Person ada = backend.person("ada");
  EXPECT_EQ(backend.client().get(route).status, 401);
  EXPECT_EQ(backend.as(ada, Method::get, route).status, 403);
  EXPECT_EQ(backend.as(backend.admin(), Method::get, std::string(route) + "?limit=0").status, 422);
}

TEST(KeptMails, AreAbsentInProductionAndWhereMailsAreFiles) {
  TestBackend production([](backend::Settings& settings) { settings.stage = backend::Stage::production; });
  EXPECT_EQ(production.as(production.admin(), Method::get, route).status, 404);
  TestBackend folder([](backend::Settings& settings) { settings.mail.folder = testing::TempDir(); });
  EXPECT_EQ(folder.as(folder.admin(), Method::get, route).status, 404);
}

TEST(KeptMails, AreShownTheNewestFirstPageByPage) {
  TestBackend backend;
  const Person ada = backend.person("ada");
  const std::string token = backend.mailed_token(ada.email, "Confirm your e-mail address");
  const Person admin = backend.admin();
  const std::string all = backend.as(admin, Method::get, route).body;
  EXPECT_THAT(all, HasSubstr(token));
  EXPECT_THAT(all, HasSubstr(R"("to":"ada@example.com","subject":"Confirm your e-mail address")"));
  const auto last =
      backend.as(admin, Method::get,
                 std::string(route) + "?limit=1&page=" + backend.as(admin, Method::get, route).at("/pagination/total"));
  EXPECT_THAT(last.body, HasSubstr("ada@example.com")) << "the first mail of all";
  EXPECT_EQ(backend.as(admin, Method::get, std::string(route) + "?page=99").body.find("subject"), std::string::npos);
}

}  // namespace
}  // namespace ashlar::test
