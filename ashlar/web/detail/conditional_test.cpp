// SPDX-License-Identifier: Apache-2.0
#include "ashlar/web/detail/conditional.hpp"

#include "ashlar/web/detail/test_app.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

namespace ashlar::web {
namespace {

using namespace std::chrono_literals;
using detail::TestApp;
using Keeper = CacheControl::Keeper;

struct Note {
  std::string text;
};
ASHLAR_DESCRIBE(Note, text)

Result<Note> note(api::Call&) { return Note{"hello"}; }
Result<Note> long_note(api::Call&) { return Note{std::string(5000, 'x')}; }
Result<Note> changing(api::Call& call) { return Note{call.now().to_string()}; }
constexpr ErrorCode note_gone{ErrorKind::not_found, "note.gone"};
Result<Note> gone(api::Call&) { return fail(note_gone, "It is gone."); }
Result<api::Bare<Note>> unwell(api::Call&) { return api::Bare<Note>{{"no"}, api::Bare<Note>::Service::unavailable}; }
Result<Note> draft(api::Call& call) {
  if (call.principal() == nullptr) return fail(note_gone, "It is gone.");
  return Note{"a draft"};
}
Result<Note> greeting(api::Call& call) { return Note{call.principal() == nullptr ? "hello" : "hello, Ada"}; }
Result<api::Created<Note>> make(api::Call&) { return api::Created<Note>{{"new"}}; }

void mount(Routes& routes) {
  routes.get("/note", note).open().etag();
  routes.get("/long", long_note).open().etag();
  routes.get("/changing", changing).open().etag();
  routes.get("/gone", gone).open().etag().cache(CacheControl::for_time(1h, Keeper::anyone));
  routes.get("/unwell", unwell).open().etag();
  routes.get("/mine", note).signed_in();
  routes.get("/mine-tagged", note).signed_in().etag();
  routes.get("/mine-kept", note).signed_in().cache(CacheControl::for_time(60s, Keeper::client));
  routes.get("/plain", note).open();
  routes.get("/draft", draft).open().etag();
  routes.get("/greeting", greeting).open().cache(CacheControl::for_time(1h, Keeper::anyone));
  routes.get("/kept", note).open().cache(CacheControl::for_time(1h, Keeper::anyone));
  routes.post("/make", make).signed_in();
}

TestReply get(TestApp& app, std::string path, std::vector<std::pair<std::string, std::string>> headers,
              http::Method method = http::Method::get) {
  return app->send({.method = method, .target = std::move(path), .headers = std::move(headers), .body = {}});
}

TEST(Conditional, RefusesADifferentVersion) {
  TestApp app(mount);
  for (const std::string tag : {"\"other\"", "W/\"other\"", "", "x"}) {
    const auto reply = get(app, "/note", {{"If-Match", tag}});
    EXPECT_EQ(reply.status, 412) << tag;
    EXPECT_EQ(reply.at("/code"), "request.precondition_failed");
    EXPECT_EQ(reply.header("ETag"), "");
  }
}

TEST(Conditional, AnswersNotModifiedToWhoHasIt) {
  TestApp app(mount);
  const auto first = get(app, "/note", {});
  const std::string tag = first.header("ETag");
  EXPECT_EQ(tag.size(), 24U);
  EXPECT_TRUE(tag.starts_with('"'));
  EXPECT_EQ(get(app, "/note", {}).header("ETag"), tag);
  for (const auto method : {http::Method::get, http::Method::head}) {
    for (const std::string& sent : {tag, "W/" + tag, "\"a\", " + tag, std::string("*")}) {
      const auto reply = get(app, "/note", {{"If-None-Match", sent}}, method);
      EXPECT_EQ(reply.status, 304) << sent;
      EXPECT_EQ(reply.body, "");
      EXPECT_EQ(reply.header("ETag"), tag);
      EXPECT_EQ(reply.header("Content-Type"), "");
      EXPECT_EQ(reply.header("Cache-Control"), "public, no-cache");
      EXPECT_NE(reply.header("X-Request-Id"), "");
    }
  }
  EXPECT_EQ(get(app, "/note", {{"If-Match", tag}}).status, 200);
  EXPECT_EQ(get(app, "/note", {{"If-None-Match", "\"other\""}}).body, first.body);
}

TEST(Conditional, ATagChangesWithTheReply) {
  TestApp app(mount);
  const std::string tag = get(app, "/changing", {}).header("ETag");
  EXPECT_EQ(get(app, "/changing", {{"If-None-Match", tag}}).status, 304);
  app.clock.advance(1ms);
  const auto reply = get(app, "/changing", {{"If-None-Match", tag}});
  EXPECT_EQ(reply.status, 200);
  EXPECT_NE(reply.header("ETag"), tag);
}

TEST(Conditional, ErrorsAreNeitherTaggedNorKept) {
  TestApp app(mount);
  EXPECT_EQ(get(app, "/gone", {{"If-None-Match", "*"}}).status, 404);
  EXPECT_EQ(get(app, "/gone", {}).header("Cache-Control"), "");
  EXPECT_EQ(get(app, "/unwell", {{"If-None-Match", "*"}}).status, 503);
  EXPECT_EQ(get(app, "/unwell", {}).header("ETag"), "");
}

TEST(Conditional, WhoGotItCompressedHasItToo) {
  TestApp app(mount);
  const auto first = get(app, "/long", {{"Accept-Encoding", "gzip"}});
  EXPECT_EQ(first.header("Content-Encoding"), "gzip");
  const std::string tag = first.header("ETag");
  EXPECT_TRUE(tag.starts_with("W/")) << tag;
  const auto again = get(app, "/long", {{"Accept-Encoding", "gzip"}, {"If-None-Match", tag}});
  EXPECT_EQ(again.status, 304);
  EXPECT_EQ(again.header("ETag"), tag) << "a 304 has the ETag of its 200 (RFC 9110 section 15.4.5)";
  EXPECT_EQ(get(app, "/long", {{"If-None-Match", tag}}).header("ETag"), tag.substr(2));
  EXPECT_EQ(again.header("Vary"), "Accept-Encoding");
  EXPECT_EQ(again.header("Content-Encoding"), "");
}

TEST(Conditional, RepliesToWhoIsSignedInAreNotStoredUnlessTheLineSaysSo) {
  TestApp app(mount);
  app->use_bearer(app.token_of("user"));
  EXPECT_EQ(app->get("/mine").header("Cache-Control"), "no-store");
  EXPECT_EQ(app->post("/make", "").header("Cache-Control"), "no-store");
  EXPECT_EQ(app->get("/mine-tagged").header("Cache-Control"), "private, no-cache");
  EXPECT_EQ(app->get("/mine-kept").header("Cache-Control"), "private, max-age=60");
  EXPECT_EQ(app->get("/plain").header("Cache-Control"), "");
  EXPECT_EQ(app->get("/kept").header("Cache-Control"), "public, max-age=3600");
}

// Behind a plain shared cache an author's draft was served to strangers.
TEST(Conditional, NoCacheStoresWhatDependsOnTheCallerOfAnOpenRoute) {
  TestApp app(mount);
  constexpr auto by_caller = "Authorization, Cookie, X-Access-Token";
  for (const std::string path : {"/draft", "/greeting"}) {
    EXPECT_EQ(app->get(path).header("Vary"), by_caller) << path;
    EXPECT_NE(app->get(path).header("Cache-Control"), "private, no-store") << path;
  }
  EXPECT_EQ(app->get("/greeting").header("Cache-Control"), "public, max-age=3600");
  EXPECT_EQ(app->get("/draft").status, 404);
  const std::string token = app.token_of("user");
  for (const auto& [name, value] : std::vector<std::pair<std::string, std::string>>{
           {"Authorization", "Bearer " + token}, {"Cookie", "accessToken=" + token}, {"X-Access-Token", token}}) {
    for (const std::string path : {"/draft", "/greeting"}) {
      const auto reply = get(app, path, {{name, value}});
      EXPECT_EQ(reply.status, 200) << path << " by " << name;
      EXPECT_EQ(reply.header("Vary"), by_caller) << path << " by " << name;
      EXPECT_EQ(reply.header("Cache-Control"), "private, no-store") << path << " by " << name;
    }
    const auto unasked = get(app, "/kept", {{name, value}});
    EXPECT_EQ(unasked.header("Cache-Control"), "public, max-age=3600") << "it is the same for every caller";
    EXPECT_EQ(unasked.header("Vary"), "");
  }
}

TEST(Conditional, OnlyWhatIsReadHasATag) {
  const auto wrong = [](Routes& routes) { routes.post("/make", make).open().etag(); };
  try {
    TestApp app(wrong);
    FAIL() << "it started";
  } catch (const std::logic_error& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("POST /make is not a GET"));
  }
}

TEST(CacheControl, IsWordedAsItIsMeant) {
  EXPECT_EQ(CacheControl::no_store().text(), "no-store");
  EXPECT_EQ(CacheControl::revalidate(Keeper::client).text(), "private, no-cache");
  EXPECT_EQ(CacheControl::for_time(8760h, Keeper::anyone).immutable().text(), "public, max-age=31536000, immutable");
  EXPECT_EQ(CacheControl::for_time(60s, Keeper::client).stale_while_revalidate(30s).must_revalidate().text(),
            "private, max-age=60, stale-while-revalidate=30, must-revalidate");
  EXPECT_EQ(CacheControl::for_time(0s, Keeper::anyone).no_transform().text(), "public, max-age=0, no-transform");
}

}  // namespace
}  // namespace ashlar::web
