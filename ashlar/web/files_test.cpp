// SPDX-License-Identifier: Apache-2.0
#include "ashlar/web/files.hpp"

#include "ashlar/http/server.hpp"
#include "ashlar/web/detail/test_app.hpp"
#include "tests/support/decode.hpp"
#include "tests/support/raw_client.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace ashlar::web {
namespace {

namespace fs = std::filesystem;
using detail::TestApp;

// A folder of its own with files in it, and next to it a secret that no path may reach.
class Site {
 public:
  Site() {
    write("../secret.txt", "secret");
    write("index.html", "<p>home</p>");
    write("app.js", "let a = 1;");
    write("sub/page.html", "<p>page</p>");
    write("sub/index.html", "<p>sub</p>");
    write("a b+c.txt", "named oddly");
    write("empty.txt", "");
    write(".env", "hidden");
    write(".git/config", "hidden");
    write("sub/.hidden", "hidden");
  }

  void write(const std::string& path, std::string_view bytes) const {
    const fs::path file = folder() / path;
    fs::create_directories(folder());
    fs::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << bytes;
    const timespec times[2] = {{1'700'000'000, 5}, {1'700'000'000, 5}};
    ::utimensat(AT_FDCWD, file.c_str(), times, 0);
  }
  [[nodiscard]] fs::path folder() const { return root_ / "site"; }

 private:
  test::TemporaryFolder root_;
};

AppOptions app_options(CompressionOptions compression) {
  AppOptions options;
  options.compression = std::move(compression);
  return options;
}

class Fixture {
 public:
  explicit Fixture(FileOptions options = {}, CompressionOptions compression = {})
      : app_(
            [&](Routes& routes) {
              mount_files(routes, "/assets", site.folder(), pool_, std::move(options)).set_guard(api::open());
            },
            app_options(std::move(compression))) {}

  TestReply get(std::string target, std::vector<std::pair<std::string, std::string>> headers = {},
                http::Method method = http::Method::get) {
    return app_->send({.method = method, .target = std::move(target), .headers = std::move(headers), .body = {}});
  }
  TestApp& app() { return app_; }

  Site site;

 private:
  async::BlockingPool pool_;
  TestApp app_;
};

TEST(Files, NoPathLeadsOutOrToWhatIsHidden) {
  Fixture fixture({.index_file = "index.html"});
  const fs::path folder = fixture.site.folder();
  fs::create_symlink("../secret.txt", folder / "link.txt");
  fs::create_symlink("..", folder / "up");
  fs::create_symlink("/", folder / "root");
  fs::create_symlink("app.js", folder / "inside.js");
  fs::create_symlink("sub", folder / "alias");
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  const std::vector<std::string> paths = {
      // Up, in every spelling.
      "/assets/../secret.txt", "/assets/..", "/assets/../", "/assets/%2e%2e/secret.txt", "/assets/.%2e/secret.txt",
      "/assets/%2E%2E/secret.txt", "/assets/..%2fsecret.txt", "/assets/%2e%2e%2fsecret.txt", "/assets/..%5csecret.txt",
      "/assets/..\\secret.txt", "/assets/sub/../../secret.txt", "/assets/sub/%2e%2e/%2e%2e/secret.txt",
      "/assets/sub/../app.js", "/assets/./app.js", "/assets/%2e/app.js", "/assets/...", "/assets/.../app.js",
      "/assets/%252e%252e/secret.txt", "/assets/..;/secret.txt", "/assets/sub/..", "/assets/sub/.",
      "/assets/%c0%ae%c0%ae/secret.txt", "/assets/%e0%80%ae%e0%80%ae/secret.txt", "/assets/%uff0e%uff0e/secret.txt",
      "/assets/%ef%bc%8e%ef%bc%8e/secret.txt",
      // From the root, and with slashes where none belong.
      "/assets//etc/passwd", "/assets/%2fetc/passwd", "/assets/%2fetc%2fpasswd", "/assets//app.js",
      "/assets/sub//page.html", "/assets/sub%2fpage.html", "/assets/sub\\page.html", "/assets/sub%5cpage.html",
      "/assets/file:///etc/passwd", "/assets/C:/secret.txt", "/assets/app.js/",
      // Cut short, or with what is no text.
      "/assets/app.js%00", "/assets/app.js%00.html", "/assets/%00", "/assets/app.js%0a", "/assets/app.js%7f",
      "/assets/app%", "/assets/app%2", "/assets/%zz", "/assets/%ff",
      // Symbolic links, inside ones too; pipes; folders.
      "/assets/link.txt", "/assets/up/secret.txt", "/assets/root/etc/passwd", "/assets/inside.js",
      "/assets/alias/page.html", "/assets/alias/", "/assets/pipe", "/assets/sub", "/assets/sub%2f",
      // Hidden.
      "/assets/.env", "/assets/%2eenv", "/assets/.git/config", "/assets/sub/.hidden", "/assets/.git/",
      // Not there.
      "/assets/nothing", "/assets/APP.js", "/assets/app.js.", "/assets/app.js/x", "/assets/nothing/app.js",
      "/assets/" + std::string(256, 'a'), "/assets/" + std::string(5000, 'a'), "/assets", "/assetsapp.js",
      "/assets?/app.js"};
  for (const auto& path : paths) {
    const auto reply = fixture.get(path);
    EXPECT_EQ(reply.status, 404) << path;
    EXPECT_EQ(reply.at("/code"), "route.not_found") << path;
    EXPECT_EQ(reply.body.find("secret\""), std::string::npos) << path;
  }
  std::string deep = "/assets";
  for (int i = 0; i < 40; ++i) deep += "/sub";
  EXPECT_EQ(fixture.get(deep).status, 404);
  EXPECT_EQ(fixture.get("/assets/app.js", {}, http::Method::post).status, 405);
  EXPECT_EQ(fixture.get("/assets/app.js", {}, http::Method::put).status, 405);
}

TEST(Files, FoldersAreNeverListed) {
  Fixture fixture;
  for (const std::string path : {"/assets/", "/assets/sub/"}) EXPECT_EQ(fixture.get(path).status, 404) << path;
}

TEST(Files, AFolderThatIsNotThereIsRefusedAtStart) {
  Routes routes;
  async::BlockingPool pool;
  EXPECT_THROW(mount_files(routes, "/assets", "/nothing/at/all", pool), std::invalid_argument);
}

TEST(Files, ServesAFileAsWhatItIs) {
  Fixture fixture({.index_file = "index.html", .media_types = {{"glb", "model/gltf-binary"}}});
  fixture.site.write("x.glb", "g");
  fixture.site.write("x.unknown", "u");
  fixture.site.write("X.PNG", "p");
  struct Case {
    std::string path, type, body;
  };
  for (const auto& c : std::vector<Case>{{"app.js", "text/javascript; charset=utf-8", "let a = 1;"},
                                         {"sub/page.html", "text/html; charset=utf-8", "<p>page</p>"},
                                         {"", "text/html; charset=utf-8", "<p>home</p>"},
                                         {"sub/", "text/html; charset=utf-8", "<p>sub</p>"},
                                         {"app.js?v=1", "text/javascript; charset=utf-8", "let a = 1;"},
                                         {"%61pp.js", "text/javascript; charset=utf-8", "let a = 1;"},
                                         {"a%20b+c.txt", "text/plain; charset=utf-8", "named oddly"},
                                         {"empty.txt", "text/plain; charset=utf-8", ""},
                                         {"x.glb", "model/gltf-binary", "g"},
                                         {"x.unknown", "application/octet-stream", "u"},
                                         {"X.PNG", "image/png", "p"}}) {
    const auto reply = fixture.get("/assets/" + c.path);
    EXPECT_EQ(reply.status, 200) << c.path;
    EXPECT_EQ(reply.body, c.body) << c.path;
    EXPECT_EQ(reply.header("Content-Type"), c.type) << c.path;
    EXPECT_EQ(reply.header("Last-Modified"), "Tue, 14 Nov 2023 22:13:20 GMT");
    EXPECT_EQ(reply.header("Accept-Ranges"), "bytes");
    EXPECT_EQ(reply.header("Cache-Control"), "public, no-cache");
    EXPECT_TRUE(reply.header("ETag").starts_with('"'));
    EXPECT_EQ(reply.header("X-Content-Type-Options"), "nosniff");
  }
}

TEST(Files, AnswersConditionalRequests) {
  using namespace std::chrono_literals;
  Fixture fixture({.cache = CacheControl::for_time(8760h, CacheControl::Keeper::anyone).immutable()});
  const std::string tag = fixture.get("/assets/app.js").header("ETag");
  for (const auto& [name, value] :
       std::vector<std::pair<std::string, std::string>>{{"If-None-Match", tag},
                                                        {"If-None-Match", "W/" + tag},
                                                        {"If-Modified-Since", "Tue, 14 Nov 2023 22:13:20 GMT"}}) {
    const auto reply = fixture.get("/assets/app.js", {{name, value}});
    EXPECT_EQ(reply.status, 304) << value;
    EXPECT_EQ(reply.body, "");
    EXPECT_EQ(reply.header("ETag"), tag);
    EXPECT_EQ(reply.header("Cache-Control"), "public, max-age=31536000, immutable");
  }
  EXPECT_EQ(fixture.get("/assets/app.js", {{"If-Match", "\"x\""}}).status, 412);
  EXPECT_EQ(fixture.get("/assets/app.js", {{"If-Unmodified-Since", "Tue, 14 Nov 2023 22:13:19 GMT"}}).status, 412);
  EXPECT_EQ(fixture.get("/assets/app.js", {{"If-Match", tag}}).status, 200);
  fixture.site.write("app.js", "let a = 22;");
  EXPECT_EQ(fixture.get("/assets/app.js", {{"If-None-Match", tag}}).body, "let a = 22;") << "another file, another tag";
}

TEST(Files, SendsOneRange) {
  Fixture fixture;
  const std::string tag = fixture.get("/assets/app.js").header("ETag");
  const auto beyond = fixture.get("/assets/app.js", {{"Range", "bytes=10-"}});
  EXPECT_EQ(beyond.status, 416);
  EXPECT_EQ(beyond.header("Content-Range"), "bytes */10");
  EXPECT_EQ(beyond.at("/code"), "request.range_not_satisfiable");
  EXPECT_EQ(beyond.header("ETag"), "");
  for (const std::string whole : {"bytes=0-1,4-5", "bytes=x", "lines=0-1"}) {
    EXPECT_EQ(fixture.get("/assets/app.js", {{"Range", whole}}).status, 200) << whole;
    EXPECT_EQ(fixture.get("/assets/app.js", {{"Range", whole}}).body, "let a = 1;");
  }
  EXPECT_EQ(fixture.get("/assets/app.js", {{"Range", "bytes=0-1"}, {"If-Range", "\"old\""}}).status, 200);
  const auto part =
      fixture.get("/assets/app.js", {{"Range", "bytes=4-7"}, {"If-Range", tag}, {"Accept-Encoding", "gzip"}});
  EXPECT_EQ(part.status, 206);
  EXPECT_EQ(part.body, "a = ");
  EXPECT_EQ(part.header("Content-Range"), "bytes 4-7/10");
  EXPECT_EQ(fixture.get("/assets/app.js", {{"Range", "bytes=-2"}}).body, "1;");
  EXPECT_EQ(fixture.get("/assets/app.js", {{"If-None-Match", tag}, {"Range", "bytes=0-1"}}).status, 304);
}

TEST(Files, PrefersAFileThatIsCompressedAlready) {
  Fixture fixture;
  const std::string text(3000, 'x');
  fixture.site.write("big.css", text);
  for (const std::string ending : {".gz", ".br"}) fixture.site.write("big.css" + ending, "sibling" + ending);
  struct Case {
    std::string accepted, body, coding;
  };
  for (const auto& c : std::vector<Case>{{"gzip", "sibling.gz", "gzip"},
                                         {"gzip, br", "sibling.br", "br"},
                                         {"gzip, zstd;q=0.5", "sibling.gz", "gzip"},
                                         {"br;q=0.5, gzip", "sibling.gz", "gzip"},
                                         {"", text, ""},
                                         {"gzip;q=0", text, ""}}) {
    const auto reply = fixture.get("/assets/big.css", {{"Accept-Encoding", c.accepted}});
    EXPECT_EQ(reply.body, c.body) << c.accepted;
    EXPECT_EQ(reply.header("Content-Encoding"), c.coding) << c.accepted;
    EXPECT_EQ(reply.header("Content-Type"), "text/css; charset=utf-8");
    EXPECT_EQ(reply.header("Vary"), "Accept-Encoding");
  }
  const auto header = [&](const char* accepted) {
    return fixture.get("/assets/big.css", {{"Accept-Encoding", accepted}}).header("ETag");
  };
  EXPECT_NE(header("gzip"), header("br"));
  EXPECT_NE(header("gzip"), header(""));
  EXPECT_EQ(fixture.get("/assets/big.css", {{"Accept-Encoding", "br"}, {"If-None-Match", header("br")}}).status, 304);

  const auto made = fixture.get("/assets/big.css", {{"Accept-Encoding", "zstd"}});  // no sibling: compressed now
  EXPECT_EQ(test::decode("zstd", made.body), text);
  EXPECT_TRUE(made.header("ETag").starts_with("W/"));

  fs::last_write_time(fixture.site.folder() / "big.css", fs::file_time_type::clock::now());
  EXPECT_NE(fixture.get("/assets/big.css", {{"Accept-Encoding", "gzip"}}).body, "sibling.gz") << "it is out of date";
  fs::remove(fixture.site.folder() / "big.css");
  EXPECT_EQ(fixture.get("/assets/big.css", {{"Accept-Encoding", "gzip"}}).status, 404);
}

TEST(Files, OverTheWireInPieces) {
  Fixture fixture({.piece_bytes_max = 1000}, {.state = CompressionOptions::State::off});
  std::string text;
  for (int i = 0; text.size() < 100'500; ++i) text += std::to_string(i) + ' ';
  fixture.site.write("large.txt", text);
  http::Server server({.host = "127.0.0.1", .port = 0, .loops = 1}, fixture.app().app());
  server.start();
  test::RawClient client(server.port());
  const auto whole = client.request("GET", "/assets/large.txt");
  EXPECT_EQ(whole.header("Content-Length"), std::to_string(text.size()));
  EXPECT_TRUE(whole.body == text);
  EXPECT_EQ(client.request("GET", "/assets/large.txt", "Range: bytes=999-3000\r\n").body, text.substr(999, 2002));
  client.send("HEAD /assets/large.txt HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(client.read_response(test::RawClient::Body::none).header("Content-Length"), std::to_string(text.size()));
  EXPECT_EQ(client.request("GET", "/assets/../secret.txt").status, 404);
  EXPECT_EQ(client.request("GET", "/assets/app.js").body, "let a = 1;");
}

TEST(Files, TheFolderMayBeReplacedWhileItRuns) {
  Fixture fixture;
  fs::rename(fixture.site.folder(), fixture.site.folder().string() + ".old");
  EXPECT_EQ(fixture.get("/assets/app.js").status, 404);
  fixture.site.write("app.js", "new");
  EXPECT_EQ(fixture.get("/assets/app.js").body, "new");
}

}  // namespace
}  // namespace ashlar::web
