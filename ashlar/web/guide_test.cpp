// SPDX-License-Identifier: Apache-2.0
// The code of docs/guide/forms-and-uploads.md, compiled and run.
#include "ashlar/web/detail/test_app.hpp"
#include "ashlar/web/upload.hpp"

#include <gtest/gtest.h>

namespace ashlar::web {
namespace {

using detail::TestApp;

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

Result<Thanks> contact(Context&, Contact in) { return Thanks{"Thank you, " + in.name.str() + "."}; }

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
Task<Result<Created<Avatar>>> set_avatar(Context& ctx, NewAvatar in, const std::filesystem::path& avatars) {
  const std::string file = ctx.new_id().to_string();
  if (auto kept = co_await in.picture.keep_as(avatars / file); !kept) co_return std::unexpected(kept.error());
  co_return Created<Avatar>{
      {.file = file, .type = in.picture.type(), .bytes = static_cast<std::int64_t>(in.picture.size())}};
}

void mount_avatars(Routes& routes, const std::filesystem::path& avatars) {
  routes.post("/avatar", set_avatar, avatars).signed_in().body_bytes_max(2_MiB + 64_KiB);
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
  std::string name = (std::filesystem::temp_directory_path() / "ashlar-avatars-XXXXXX").string();
  const std::filesystem::path avatars = ::mkdtemp(name.data());
  TestApp app{[&](Routes& routes) { mount_avatars(routes, avatars); }};
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
  std::filesystem::remove_all(avatars);
}

}  // namespace
}  // namespace ashlar::web
