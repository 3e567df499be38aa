// SPDX-License-Identifier: Apache-2.0
#include "ashlar/web/forms.hpp"

#include "ashlar/http/server.hpp"
#include "ashlar/web/detail/magic_numbers.hpp"
#include "ashlar/web/detail/test_app.hpp"
#include "ashlar/web/upload.hpp"
#include "tests/support/raw_client.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <thread>

namespace ashlar::web {
namespace {

namespace fs = std::filesystem;
using detail::TestApp;

struct Order {
  Text<1, 10> name;
  Int<1, 9> count;
  std::optional<bool> gift;
  std::vector<Text<1, 5>> tags;
};
ASHLAR_DESCRIBE(Order, name, count, gift, tags)
struct Taken {
  std::string text;
};
ASHLAR_DESCRIBE(Taken, text)

Result<Taken> take_order(api::Call&, Order in) {
  std::string text = in.name.str() + " x" + std::to_string(in.count.value());
  if (in.gift) text += *in.gift ? ", gift" : ", no gift";
  for (const auto& tag : in.tags) text += ", " + tag.str();
  return Taken{text};
}

struct Picture {
  Uuid id;
  Text<0, 20> caption;
  Upload<2'000, "image/png", "text/csv"> file;
  std::optional<Upload<100'000>> raw;
  Array<Upload<10>, 0, 2> notes;
};
ASHLAR_DESCRIBE(Picture, id, caption, file, raw, notes)

// What became of the last upload.
struct Desk {
  fs::path keep_at;
  fs::path seen_at;
  mode_t mode = 0, folder_mode = 0;
  bool fails = false;
};
mode_t mode_of(const fs::path& path) {
  struct stat status{};
  EXPECT_EQ(::stat(path.c_str(), &status), 0);
  return status.st_mode & 0777;
}

Task<Result<Taken>> take_picture(api::Call&, Picture in, Desk& desk) {
  desk.seen_at = in.file.path();
  desk.mode = mode_of(desk.seen_at);
  desk.folder_mode = mode_of(desk.seen_at.parent_path());
  if (desk.fails) co_return fail(ashlar::errors::overloaded, "No.");
  auto bytes = co_await in.file.read();
  if (!bytes) co_return std::unexpected(bytes.error());
  if (!desk.keep_at.empty()) {
    if (auto kept = co_await in.file.keep_as(desk.keep_at); !kept) co_return std::unexpected(kept.error());
  }
  std::string text = in.caption.str() + ": " + in.file.name() + ", " + in.file.type() + ", " +
                     std::to_string(in.file.size()) + "=" + std::to_string(bytes->size());
  if (in.raw) text += ", raw " + in.raw->type() + " " + std::to_string(in.raw->size());
  for (const auto& note : in.notes) text += ", note " + note.name();
  co_return Taken{text};
}

const std::string png = std::string("\x89PNG\r\n\x1a\n", 8) + "pixels";

std::string field(std::string_view name, std::string_view value) {
  return "--b\r\nContent-Disposition: form-data; name=\"" + std::string(name) + "\"\r\n\r\n" + std::string(value) +
         "\r\n";
}
std::string file(std::string_view name, std::string_view file_name, std::string_view type, std::string_view bytes) {
  return "--b\r\nContent-Disposition: form-data; name=\"" + std::string(name) + "\"; filename=\"" +
         std::string(file_name) + "\"\r\nContent-Type: " + std::string(type) + "\r\n\r\n" + std::string(bytes) + "\r\n";
}

struct FormTest : testing::Test {
  Desk desk;
  TestApp app{[this](Routes& routes) {
                routes.post("/orders", take_order).open().forms();
                routes.post("/json-orders", take_order).open();
                routes.put("/pictures/{id}", take_picture, desk).open().body_bytes_max(200'000);
              },
              {.forms = {.form_bytes_max = 2'000, .fields_max = 20, .field_bytes_max = 300}}};

  TestReply order(std::string form, std::string type = "application/x-www-form-urlencoded",
                  std::string path = "/orders") {
    return app->send({http::Method::post, std::move(path), {}, std::move(form), std::move(type)});
  }
  TestReply picture(const std::string& parts, std::string type = "multipart/form-data; boundary=b") {
    return app->send(
        {http::Method::put, "/pictures/" + TestApp::user_id.to_string(), {}, parts + "--b--\r\n", std::move(type)});
  }
  static std::vector<std::string> faults(const TestReply& reply) {
    std::vector<std::string> out;
    for (int i = 0; reply.has("/errors/" + std::to_string(i)); ++i) {
      const std::string at = "/errors/" + std::to_string(i);
      out.push_back(reply.at(at + "/path") + " " + reply.at(at + "/code"));
    }
    return out;
  }
};

TEST_F(FormTest, FormsAreRefusedWhereTheLineDoesNotTakeThem) {
  for (const auto* type : {"application/x-www-form-urlencoded", "multipart/form-data; boundary=b", "text/plain"}) {
    const auto reply = order("name=a&count=1", type, "/json-orders");
    EXPECT_EQ(reply.status, 415) << type;
    EXPECT_EQ(reply.at("/code"), "request.unsupported_media_type");
  }
  EXPECT_EQ(order("name=a&count=1", "application/x-www-form-urlencoded; charset=latin1").status, 415);
  EXPECT_EQ(order("name=a&count=1", "text/plain").status, 415);
}

TEST_F(FormTest, AnEmptyBodyIsAFormWithoutFields) {
  for (const auto* type : {"application/x-www-form-urlencoded", "application/x-www-form-urlencoded;"}) {
    const auto reply = app->send({http::Method::post, "/orders", {{"Content-Type", type}}, ""});
    EXPECT_EQ(reply.status, 422) << type;
    EXPECT_THAT(faults(reply), testing::IsSupersetOf({"/name required", "/count required"}));
  }
}

TEST_F(FormTest, EveryFaultOfAFormComesWithItsPath) {
  const auto reply = order("name=&count=12abc&gift=on&name=again&colour/x=red&tags=toolong");
  EXPECT_EQ(reply.status, 422);
  EXPECT_EQ(faults(reply),
            (std::vector<std::string>{"/name too_short", "/count type", "/gift type", "/name duplicate_member",
                                      "/colour~1x unknown_member", "/tags too_long"}));
  EXPECT_EQ(faults(order("gift=true")), (std::vector<std::string>{"/name required", "/count required"}));
}

TEST_F(FormTest, MalformedAndOversizedFormsAreRefused) {
  struct Case {
    std::string form;
    int status;
    const char* code;
  };
  std::string many;
  for (int i = 0; i < 21; ++i) many += "tags=a&";
  const Case cases[] = {
      {"name=%zz", 400, "request.malformed_form"},
      {"name=%ff", 400, "request.malformed_form"},
      {"name=a%00b", 400, "request.malformed_form"},
      {many, 413, "request.too_many_fields"},
      {"name=" + std::string(2'000, 'a'), 413, "request.body_too_large"},
  };
  for (const auto& [form, status, code] : cases) {
    const auto reply = order(form);
    EXPECT_EQ(reply.status, status) << form;
    EXPECT_EQ(reply.at("/code"), code) << form;
  }
}

TEST_F(FormTest, AFormIsTheSameInputAsJson) {
  const std::string expected = "a b+c x3, gift, x, y";
  EXPECT_EQ(order("name=a+b%2Bc&count=3&gift=true&tags=x&tags=y").at("/data/text"), expected);
  EXPECT_EQ(order("name=a+b%2Bc&count=3&gift=true&tags=x&tags=y", "Application/X-WWW-Form-Urlencoded; charset=UTF-8")
                .at("/data/text"),
            expected);
  EXPECT_EQ(order(R"({"name":"a b+c","count":3,"gift":true,"tags":["x","y"]})", "application/json").at("/data/text"),
            expected);
  EXPECT_EQ(order(field("name", "a b+c") + field("count", "3") + field("gift", "true") + field("tags", "x") +
                      field("tags", "y") + "--b--",
                  "multipart/form-data; boundary=b")
                .at("/data/text"),
            expected);
}

TEST_F(FormTest, AnUploadHasASanitizedName) {
  const auto reply = picture(field("caption", "me") + file("file", "../p.png", "image/png", png));
  EXPECT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(reply.at("/data/text"), "me: p.png, image/png, 14=14");
  EXPECT_EQ(desk.mode, 0600U);
  EXPECT_EQ(desk.folder_mode, 0700U);
}

TEST_F(FormTest, LargeAndSeveralFilesGoToTheDisk) {
  const auto reply = picture(field("caption", "") + file("file", "t.csv", "text/csv", "a,b\n") +
                             file("raw", "r", "application/x-thing", std::string(90'000, 'r')) +
                             file("notes", "one", "text/plain", "1") + file("notes", "two", "text/plain", "2"));
  EXPECT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(reply.at("/data/text"), ": t.csv, text/csv, 4=4, raw application/x-thing 90000, note one, note two");
}

TEST_F(FormTest, NothingOfAnUploadStaysWhateverComesOfIt) {
  const auto sent = field("caption", "c") + file("file", "p.png", "image/png", png);
  EXPECT_EQ(picture(sent).status, 200);
  const fs::path folder = desk.seen_at.parent_path();
  EXPECT_TRUE(fs::is_empty(folder)) << "after it was used";
  desk.fails = true;
  EXPECT_EQ(picture(sent).status, 503);
  EXPECT_TRUE(fs::is_empty(folder)) << "after the operation failed";
  EXPECT_EQ(picture(sent + file("raw", "r", "a/b", std::string(90'000, 'r')) + field("more", "x")).status, 422);
  EXPECT_TRUE(fs::is_empty(folder)) << "after another field was refused";
  EXPECT_EQ(app->send({http::Method::put,
                       "/pictures/" + TestApp::user_id.to_string(),
                       {},
                       sent + file("raw", "r", "a/b", std::string(90'000, 'r')),
                       "multipart/form-data; boundary=b"})
                .status,
            400);
  EXPECT_TRUE(fs::is_empty(folder)) << "after a body that ended early";
}

TEST_F(FormTest, AnUploadCanBeKeptButOverwritesNothing) {
  const test::TemporaryFolder home;
  desk.keep_at = home / "kept.png";
  const auto sent = field("caption", "c") + file("file", "p.png", "image/png", png);
  EXPECT_EQ(picture(sent).status, 200);
  EXPECT_EQ(fs::file_size(desk.keep_at), png.size());
  EXPECT_EQ(mode_of(desk.keep_at), 0600U);
  const auto again = picture(sent);
  EXPECT_EQ(again.status, 409);
  EXPECT_EQ(again.at("/code"), "upload.target_exists");
}

TEST_F(FormTest, FilesAreRefusedWithTheirPath) {
  const std::string good = field("caption", "c");
  struct Case {
    std::string parts;
    std::vector<std::string> faults;
  };
  const std::string a_file = file("file", "p.png", "image/png", png);
  const Case cases[] = {
      {good, {"/file required"}},
      {good + file("file", "", "application/octet-stream", ""), {"/file required"}},  // nothing was chosen
      {good + field("file", "text"), {"/file file"}},
      {good + a_file + a_file, {"/file duplicate_member"}},
      {good + file("file", "p.png", "image/png", png + std::string(2'000, 'x')), {"/file file_too_large"}},
      {good + file("file", "p.gif", "image/gif", "GIF89a"), {"/file file_type"}},
      {good + file("file", "p.png", "image/png", "<html>"), {"/file file_type"}},  // claims to be one, but is not
      {good + file("file", "p.csv", "text/csv", png), {"/file file_type"}},        // is one, but says no
      {good + file("file", "p.csv", "text/csv", std::string("a\0b", 3)), {"/file file_type"}},
      {good + a_file + file("notes", "1", "a/b", "1") + file("notes", "2", "a/b", "2") + file("notes", "3", "a/b", "3"),
       {"/notes too_many_items"}},
      {file("caption", "c", "text/plain", "c") + a_file, {"/caption type"}},
      {good + a_file + field("id", "x"), {"/id unknown_member"}},
  };
  for (const auto& [parts, expected] : cases) {
    const auto reply = picture(parts);
    EXPECT_EQ(reply.status, 422) << parts;
    EXPECT_EQ(faults(reply), expected) << parts;
  }
}

TEST_F(FormTest, AFormThatIsTooLargeOrMalformedIsRefusedAsAWhole) {
  EXPECT_EQ(picture(field("caption", std::string(400, 'a'))).at("/code"), "request.field_too_large");
  EXPECT_EQ(picture(field("caption", "\xff")).at("/code"), "request.malformed_multipart");
  EXPECT_EQ(picture("nonsense").at("/code"), "request.malformed_multipart");
  EXPECT_EQ(picture("", "multipart/form-data").at("/code"), "request.malformed_multipart");
  EXPECT_EQ(picture("{}", "application/json").at("/code"), "request.unsupported_media_type");
  EXPECT_EQ(
      picture(file("raw", "r", "a/b", std::string(99'000, 'r')) + file("raw", "r", "a/b", std::string(200'000, 'r')))
          .at("/code"),
      "request.body_too_large");
  std::string many;
  for (int i = 0; i < 21; ++i) many += field("caption", "");
  EXPECT_EQ(picture(many).at("/code"), "request.too_many_fields");
}

TEST_F(FormTest, AllUploadsTogetherHaveALimitOnTheDisk) {
  TestApp small{[this](Routes& routes) { routes.put("/pictures/{id}", take_picture, desk).open(); },
                {.forms = {.uploads_bytes_max = 100}}};
  const auto put = [&](std::string_view bytes) {
    return small->send({http::Method::put,
                        "/pictures/" + TestApp::user_id.to_string(),
                        {},
                        field("caption", "c") + file("file", "p.png", "image/png", bytes) + "--b--",
                        "multipart/form-data; boundary=b"});
  };
  const auto refused = put(png + std::string(200, 'x'));
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(refused.at("/code"), "server.overloaded");
  EXPECT_EQ(put(png).status, 200) << "what was refused and what is gone do not count";
  EXPECT_EQ(put(png + std::string(80, 'x')).status, 200);
}

TEST(Uploads, OfAClientThatLeavesInTheMiddleAreDeleted) {
  const test::TemporaryFolder folder;
  const fs::path& home = folder.path();
  const auto files = [&] {
    std::size_t count = 0;
    for (const auto& entry : fs::recursive_directory_iterator(home)) count += entry.is_regular_file() ? 1 : 0;
    return count;
  };
  {
    Desk desk;
    TestApp app{[&](Routes& routes) { routes.put("/pictures/{id}", take_picture, desk).open(); },
                {.forms = {.upload_piece_bytes_max = 100, .upload_folder = home}}};
    EXPECT_EQ(mode_of(fs::directory_iterator(home)->path()), 0700U);
    http::Server server({.host = "127.0.0.1", .port = 0, .loops = 1}, app.app());
    server.start();
    {
      test::RawClient client(server.port());
      client.send("PUT /pictures/" + TestApp::user_id.to_string() +
                  " HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary=b\r\n"
                  "Content-Length: 100000\r\n\r\n" +
                  file("raw", "r", "a/b", std::string(80'000, 'r')));
      while (files() == 0) std::this_thread::yield();
    }
    while (files() != 0) std::this_thread::yield();

    test::RawClient whole(server.port());
    const std::string body = field("caption", "me") + file("file", "p.png", "image/png", png) + "--b--\r\n";
    whole.send("PUT /pictures/" + TestApp::user_id.to_string() +
               " HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: " +
               std::to_string(body.size()) + "\r\n\r\n");
    for (const char c : body) whole.send(std::string_view(&c, 1));
    EXPECT_EQ(whole.read_response().status, 200);
    server.stop(std::chrono::seconds{1});
  }
  EXPECT_TRUE(fs::is_empty(home)) << "the App's folder goes with it";
  fs::remove_all(home);
}

TEST_F(FormTest, OpenApiShowsFormsAndFiles) {
  const TestReply document{.status = 200, .headers = {}, .body = app.app().openapi()};
  const std::string orders = "/paths/~1orders/post/requestBody/content/";
  for (const auto* type : {"application~1json", "application~1x-www-form-urlencoded", "multipart~1form-data"})
    EXPECT_TRUE(document.has(orders + type + "/schema")) << type;
  EXPECT_FALSE(document.has("/paths/~1json-orders/post/requestBody/content/multipart~1form-data"));
  const std::string pictures = "/paths/~1pictures~1{id}/put/requestBody/content/";
  EXPECT_FALSE(document.has(pictures + "application~1json"));
  EXPECT_EQ(document.at(pictures + "multipart~1form-data/encoding/file/contentType"), "image/png, text/csv");
  EXPECT_EQ(document.at("/components/schemas/PictureBody/properties/file/format"), "binary");
  EXPECT_EQ(document.at("/components/schemas/PictureBody/properties/file/description"),
            "A file of at most 2000 bytes: image/png, text/csv.");
}

TEST(Forms, ALineWhoseInputNoFormCanSayIsRefusedAtStart) {
  const auto start = [](auto mount) { TestApp app{mount}; };
  EXPECT_THROW(start([](Routes& routes) { routes.get("/orders", take_order).open().forms(); }), std::logic_error);
}

TEST(Forms, MediaTypesAreShownByTheFirstBytes) {
  using detail::media_type_of_upload;
  const std::string_view images[] = {"image/png", "image/jpeg"};
  const std::string_view documents[] = {"application/vnd.openxmlformats-officedocument.wordprocessingml.document"};
  EXPECT_EQ(media_type_of_upload(png, "image/png; q=1", images), "image/png");
  EXPECT_EQ(media_type_of_upload(png, "application/octet-stream", images), "image/png");
  EXPECT_EQ(media_type_of_upload(png, "", images), "image/png");
  EXPECT_EQ(media_type_of_upload(png, "image/jpeg", images), "");
  EXPECT_EQ(media_type_of_upload("", "image/png", images), "");
  EXPECT_EQ(media_type_of_upload("PK\3\4", documents[0], documents), documents[0]);
  EXPECT_EQ(media_type_of_upload("plain", documents[0], documents), "");
  EXPECT_EQ(media_type_of_upload("plain", "image/png", {}), "application/octet-stream");
  EXPECT_EQ(media_type_of_upload("MZ", "text/plain", {}), "text/plain");
}

}  // namespace
}  // namespace ashlar::web
