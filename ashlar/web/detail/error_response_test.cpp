// SPDX-License-Identifier: Apache-2.0
#include "ashlar/web/detail/error_response.hpp"

#include "ashlar/core/encoding.hpp"
#include "ashlar/web/detail/test_app.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace ashlar::web {
namespace {

using detail::TestApp;

struct Signal {
  std::string text;
};
ASHLAR_DESCRIBE(Signal, text)

Result<Signal> echo(api::Call&, Signal in) { return in; }

void mount(Routes& routes) {
  routes.post("/echo", echo).open();
  routes.get("/find", echo).open();
}

// RFC 9470 section 3.
TEST(ErrorResponse, SaysHowOldASignInMayBe) {
  http::Response response;
  write_problem(api::step_up_error(std::chrono::minutes{5}), {}, response);
  EXPECT_EQ(response.status, 401);
  EXPECT_EQ(response.headers.find("WWW-Authenticate"),
            "Bearer error=\"insufficient_user_authentication\", max_age=300");
}

// A member name of 10 MB came back in full.
TEST(ErrorResponse, RepeatsAtMost200BytesOfWhatAClientSent) {
  TestApp app(mount);
  const std::string ascii(100'000, 'n');
  std::string umlauts = "x";  // the cut would be inside of a code point
  for (int i = 0; i < 1'000; ++i) umlauts += "\xc3\xa4";
  for (const std::string& name : {ascii, umlauts}) {
    for (const auto& reply : {app->post("/echo", "{\"text\":\"\",\"" + name + "\":1}"),
                              app->get("/find?text=&" + name + "=1"), app->get("/" + name)}) {
      EXPECT_GE(reply.status, 400);
      EXPECT_LT(reply.body.size(), 1'500U);
      EXPECT_TRUE(is_utf8(reply.body)) << reply.body;
      EXPECT_THAT(reply.body, testing::HasSubstr(name.substr(0, 150)));
      EXPECT_THAT(reply.body, testing::HasSubstr("\xe2\x80\xa6\"")) << "it shows that something is missing";
    }
  }
}

TEST(ErrorResponse, LeavesTextOf200BytesWhole) {
  TestApp app(mount);
  const std::string name(199, 'n');  // and the slash before it
  EXPECT_EQ(app->post("/echo", "{\"text\":\"\",\"" + name + "\":1}").at("/errors/0/path"), "/" + name);
  EXPECT_EQ(app->get("/" + name).at("/instance"), "/" + name);
}

TEST(ErrorResponse, NamesAtMost100Faults) {
  TestApp app(mount);
  std::string target = "/find?text=";
  for (int i = 0; i < 300; ++i) target += "&n" + std::to_string(i) + "=1";
  const auto reply = app->get(target);
  EXPECT_EQ(reply.status, 422);
  EXPECT_TRUE(reply.has("/errors/99"));
  EXPECT_FALSE(reply.has("/errors/100"));
}

}  // namespace
}  // namespace ashlar::web
