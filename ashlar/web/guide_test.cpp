// SPDX-License-Identifier: Apache-2.0
// The code of docs/guide/forms-and-uploads.md, cookies.md and csrf.md, compiled and run.
#include "ashlar/web/cookie.hpp"
#include "ashlar/web/csrf.hpp"
#include "ashlar/web/detail/test_app.hpp"
#include "ashlar/web/upload.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gtest/gtest.h>

namespace ashlar::web {
namespace {

using detail::TestApp;
using namespace std::chrono_literals;

struct Contact {
  Text<1, 80> name;
  Email email;
  Text<1, 2000> message;
};
ASHLAR_DESCRIBE(Contact, name, email, message)

struct Thanks {
  std::string text;
};
ASHLAR_DESCRIBE(Thanks, text)

Result<Thanks> contact(api::Call&, Contact in) { return Thanks{"Thank you, " + in.name.str() + "."}; }

void mount_contact(Routes& routes) { routes.post("/contact", contact).open().forms(); }

struct NewAvatar {
  Text<0, 80> caption;
  Upload<2_MiB, "image/png", "image/jpeg"> picture;
};
ASHLAR_DESCRIBE(NewAvatar, caption, picture)

struct Avatar {
  std::string file;
  std::string type;
  std::int64_t bytes = 0;
};
ASHLAR_DESCRIBE(Avatar, file, type, bytes)

// The name is ours, so two uploads never meet; the client's is for show.
Task<Result<api::Created<Avatar>>> set_avatar(api::Call& call, NewAvatar in, const std::filesystem::path& avatars) {
  const std::string file = call.new_id().to_string();
  if (auto kept = co_await in.picture.keep_as(avatars / file); !kept) co_return std::unexpected(kept.error());
  co_return api::Created<Avatar>{
      {.file = file, .type = in.picture.type(), .bytes = static_cast<std::int64_t>(in.picture.size())}};
}

void mount_avatars(Routes& routes, const std::filesystem::path& avatars) {
  routes.post("/avatar", set_avatar, avatars).signed_in().body_bytes_max(2_MiB + 64_KiB);
}

// The tokens outlive the App.
AppOptions with_tokens(const CsrfTokens& tokens) {
  AppOptions options;
  options.csrf = {
      .trusted_origins = {"https://admin.example"}, .unmarked = CsrfOptions::Unmarked::needs_token, .tokens = &tokens};
  return options;
}

void mount_with_tokens(Routes& routes, const CsrfTokens& tokens) {
  mount_csrf_token(routes, "/api/csrf", tokens);
  routes.post("/contact", contact).open().forms().csrf(CsrfCheck::always);
}

// Remembers which page a visitor came from, in a cookie that cannot be forged.
Task<Result<>> remember_campaign(const SignedCookies& cookies, api::Call& call, http::Request& request,
                                 http::Response& response) {
  constexpr auto name = "__Host-campaign";
  const auto sealed = RequestCookies(request.headers).find(name);
  const auto known = sealed ? cookies.open(name, *sealed, call.now()) : std::nullopt;
  if (!known) {
    set_cookie({.name = name,
                .value = cookies.seal(name, std::string(request.query), call.now() + 24h),
                .max_age = 24h,
                .same_site = Cookie::SameSite::lax},
               response.headers);
  }
  response.body = known.value_or("new here");
  co_return Result<>{};
}

TEST(Guide, Cookies) {
  const SignedCookies cookies{{std::string(32, 'k')}};
  TestApp app{[&](Routes& routes) {
    routes
        .raw(http::Method::get, "/",
             [&cookies](api::Call& call, http::Request& request, http::Response& response) {
               return remember_campaign(cookies, call, request, response);
             })
        .set_guard(api::open());
  }};
  const auto first = app->get("/?from=letter");
  EXPECT_EQ(first.body, "new here");
  const std::string set = first.header("Set-Cookie");
  const auto second = app->send(
      {.method = http::Method::get, .target = "/", .headers = {{"Cookie", set.substr(0, set.find(';'))}}, .body = {}});
  EXPECT_EQ(second.body, "from=letter");
}

TEST(Guide, CsrfTokens) {
  const CsrfTokens tokens{{.keys = {std::string(32, 'k')}}};
  TestApp app{[&](Routes& routes) { mount_with_tokens(routes, tokens); }, with_tokens(tokens)};
  const std::string token = app->get("/api/csrf").at("/data/token");
  const auto send = [&](std::vector<std::pair<std::string, std::string>> headers) {
    return app->send({.method = http::Method::post,
                      .target = "/contact",
                      .headers = std::move(headers),
                      .body = "name=Ada&email=ada%40example.com&message=Hello",
                      .content_type = "application/x-www-form-urlencoded"});
  };
  EXPECT_EQ(send({}).status, 403);
  EXPECT_EQ(send({{"X-CSRF-Token", token}, {"Cookie", "__Host-csrf=" + token}}).status, 200);
}

TEST(Guide, Forms) {
  TestApp app{[](Routes& routes) { mount_contact(routes); }};
  const auto reply = app->send({.method = http::Method::post,
                                .target = "/contact",
                                .headers = {},
                                .body = "name=Ada&email=ada%40example.com&message=Hello",
                                .content_type = "application/x-www-form-urlencoded"});
  EXPECT_EQ(reply.at("/data/text"), "Thank you, Ada.");
}

TEST(Guide, Uploads) {
  const test::TemporaryFolder avatars;
  TestApp app{[&](Routes& routes) { mount_avatars(routes, avatars.path()); }};
  app->use_bearer(app.token_of("user"));
  const auto reply =
      app->send({.method = http::Method::post,
                 .target = "/avatar",
                 .headers = {},
                 .body = "--b\r\nContent-Disposition: form-data; name=\"caption\"\r\n\r\nme\r\n"
                         "--b\r\nContent-Disposition: form-data; name=\"picture\"; filename=\"a.png\"\r\n"
                         "Content-Type: image/png\r\n\r\n\x89PNG\r\n\x1a\n\r\n--b--\r\n",
                 .content_type = "multipart/form-data; boundary=b"});
  EXPECT_EQ(reply.status, 201) << reply.body;
  EXPECT_TRUE(std::filesystem::exists(avatars / reply.at("/data/file")));
}

}  // namespace
}  // namespace ashlar::web
