// SPDX-License-Identifier: Apache-2.0
#include "ashlar/web/detail/multipart.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace ashlar::web {
namespace {

struct Part {
  std::string name;
  std::optional<std::string> file_name;
  std::string content_type;
  std::string content;
  friend bool operator==(const Part&, const Part&) = default;
};

// What is read of a body that comes in pieces of that size.
Result<std::vector<Part>> read(std::string_view body, std::size_t piece = 1'000'000,
                               MultipartParser::Limits limits = {}) {
  MultipartParser parser("XX", limits);
  std::vector<Part> parts;
  while (true) {
    auto event = parser.next();
    if (!event) return std::unexpected(event.error());
    switch (*event) {
      case MultipartParser::Event::need_more:
        if (body.empty()) {
          if (auto whole = parser.finish(); !whole) return std::unexpected(whole.error());
          return parts;
        }
        parser.add(body.substr(0, piece));
        body.remove_prefix(std::min(body.size(), piece));
        break;
      case MultipartParser::Event::part:
        parts.push_back({parser.part().name, parser.part().file_name, parser.part().content_type, {}});
        break;
      case MultipartParser::Event::data:
        parts.back().content += parser.data();
        break;
      case MultipartParser::Event::part_end:
      case MultipartParser::Event::end:
        break;
    }
  }
}

std::string part(std::string_view headers, std::string_view content = "1") {
  return "--XX\r\n" + std::string(headers) + "\r\n\r\n" + std::string(content) + "\r\n";
}
const std::string a_part = part("Content-Disposition: form-data; name=\"a\"");

TEST(Multipart, RefusesMalformedInput) {
  const std::string huge(5000, 'h');
  const std::pair<std::string, const char*> bodies[] = {
      {"", "an empty body"},
      {"--XX--\r\n", "no part at all"},
      {"--XY\r\n", "another boundary"},
      {a_part, "no last delimiter"},
      {a_part + "--XX", "a last delimiter without its end"},
      {a_part + "--XX-", "half of its end"},
      {a_part + "--XX--\r", "a lone CR at the end"},
      {a_part + "--XX--x", "something behind the last delimiter"},
      {a_part + "--XXY\r\n", "text after a boundary"},
      {a_part + "--XX\n", "a bare LF"},
      {part("") + "--XX--", "a part without headers"},
      {"--XX\r\n\r\n1\r\n--XX--", "a part without headers or their end"},
      {part("Content-Type: text/plain") + "--XX--", "no Content-Disposition"},
      {part("Content-Disposition: form-data") + "--XX--", "no name"},
      {part("Content-Disposition: form-data; name=\"\"") + "--XX--", "an empty name"},
      {part("Content-Disposition: attachment; name=\"a\"") + "--XX--", "another disposition"},
      {part("Content-Disposition: form-data; name=\"a\"; name=\"b\"") + "--XX--", "two names"},
      {part("Content-Disposition: form-data; name=\"a\"; filename=\"b\"; filename=\"c\"") + "--XX--", "two file names"},
      {"preamble --XX\r\n", "a delimiter that begins no line"},
      {part("Content-Disposition: form-data; name=\"a\"; filename*=b") + "--XX--",
       "an extended file name without charset"},
      {part("Content-Disposition: form-data; name=\"a\"; filename*=latin1''%E4") + "--XX--", "one in another charset"},
      {part("Content-Disposition: form-data; name=\"a\"; filename*=UTF-8''%FF") + "--XX--", "one that is not UTF-8"},
      {part("Content-Disposition: form-data; name=\"a\"; filename*=UTF-8''%0A") + "--XX--",
       "one with a control character"},
      {part("Content-Disposition: form-data; name=\"a\"; filename*=UTF-8''b; filename*=UTF-8''c") + "--XX--",
       "two extended file names"},
      {part("Content-Disposition: form-data; name=\"a") + "--XX--", "an open quotation mark"},
      {part("Content-Disposition: form-data; name=a b") + "--XX--", "a name that is no token"},
      {part("Content-Disposition: form-data; name=\"a\xff\"") + "--XX--", "a name that is not UTF-8"},
      {part("Content-Disposition: form-data; name=\"a\tb\"") + "--XX--", "a control character in a name"},
      {part("Content-Disposition: form-data; name=\"a\"\r\nContent-Disposition: form-data; name=\"a\"") + "--XX--",
       "two Content-Dispositions"},
      {part("Content-Disposition: form-data; name=\"a\"\r\nContent-Type: a/b\r\nContent-Type: a/b") + "--XX--",
       "two Content-Types"},
      {part("Content-Disposition: form-data; name=\"a\"\r\nContent-Transfer-Encoding: base64") + "--XX--",
       "a transfer encoding"},
      {part("Content-Disposition: form-data;\r\n name=\"a\"") + "--XX--", "a folded line"},
      {part("Content-Disposition : form-data; name=\"a\"") + "--XX--", "a space before the colon"},
      {part("Content-Disposition: form-data; name=\"a\"\nX: y") + "--XX--", "a bare LF in the headers"},
      {part("Content-Disposition: form-data; name=\"a\"\r\nX: " + huge) + "--XX--", "headers that are too long"},
      {"--XX\r\nContent-Disposition: form-data; name=\"" + huge, "headers that never end"},
      {"--XX" + std::string(100, ' '), "endless padding"},
  };
  for (const auto& [body, what] : bodies) {
    for (const std::size_t piece : {1'000'000, 1, 7}) {
      const auto parts = read(body, piece);
      ASSERT_FALSE(parts) << what << ", in pieces of " << piece;
      EXPECT_EQ(parts.error().code(), errors::malformed_multipart) << what;
    }
  }
}

TEST(Multipart, RefusesMorePartsThanTheLimit) {
  const auto parts = read(a_part + a_part + a_part + "--XX--", 100, {.parts_max = 2});
  ASSERT_FALSE(parts);
  EXPECT_EQ(parts.error().code(), errors::too_many_fields);
}

TEST(Multipart, TheLimitOfAPartsHeadersDoesNotDependOnHowTheyArrive) {
  const std::string headers = "Content-Disposition: form-data; name=\"a\"";
  for (std::size_t piece = 1; piece < 60; ++piece) {
    EXPECT_TRUE(read(part(headers) + "--XX--", piece, {.header_bytes_max = headers.size()})) << piece;
    EXPECT_FALSE(read(part(headers) + "--XX--", piece, {.header_bytes_max = headers.size() - 1})) << piece;
  }
}

TEST(Multipart, ReadsFieldsAndFilesHoweverTheyArrive) {
  const std::string body =
      part("Content-Disposition: form-data; name=\"title\"", "two\r\nlines") +
      part("content-disposition: FORM-DATA; NAME=plain", "") +
      part(
          "Content-Disposition: form-data; name=\"f\"; filename=\"a \\\"b\\\" c:\\d.png\"\r\n"
          "Content-Type: image/png\r\nX-Other: passed over",
          std::string("\x89PNG\r\n--X\r\n--\r\n-", 16)) +
      part("Content-Disposition: form-data; name=\"g\"; filename=\"\"\r\nContent-Type: application/octet-stream", "") +
      "--XX--\r\n";
  const std::vector<Part> expected = {
      {"title", std::nullopt, "", "two\r\nlines"},
      {"plain", std::nullopt, "", ""},
      {"f", "a \"b\" c:\\d.png", "image/png", std::string("\x89PNG\r\n--X\r\n--\r\n-", 16)},
      {"g", "", "application/octet-stream", ""},
  };
  for (std::size_t piece = 1; piece <= body.size(); ++piece) {
    const auto parts = read(body, piece);
    ASSERT_TRUE(parts) << parts.error().message() << ", in pieces of " << piece;
    EXPECT_EQ(*parts, expected) << "in pieces of " << piece;
  }
}

TEST(Multipart, ReadsPaddingAfterABoundary) {
  const auto parts = read("--XX \t\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--XX-- \r\n");
  ASSERT_TRUE(parts) << parts.error().message();
  EXPECT_EQ(parts->at(0).content, "1");
}

TEST(Multipart, IgnoresPreambleAndEpilogue) {
  for (const std::string before : {"", "\r\n", "This is a multi-part message.\r\n", "--\r\n--X\r\n\r\n"}) {
    for (const std::string after : {"", "\r\n", " \r\nmore\r\n--XX\r\n", "\r\n\r\n--XX--\r\n"}) {
      const std::string body = before + a_part + "--XX--" + after;
      for (std::size_t piece = 1; piece <= body.size(); ++piece) {
        const auto parts = read(body, piece);
        ASSERT_TRUE(parts) << parts.error().message() << ", of " << body << ", in pieces of " << piece;
        EXPECT_EQ(*parts, (std::vector<Part>{{"a", std::nullopt, "", "1"}}));
      }
    }
  }
}

TEST(Multipart, PrefersTheExtendedFileName) {
  const std::pair<std::string, std::string> names[] = {
      {"filename=\"a.txt\"; filename*=utf-8''%C3%A4.txt", "\xc3\xa4.txt"},
      {"filename*=UTF-8'en'b%20c.txt; filename=a.txt", "b c.txt"},
      {"filename*=UTF-8''only.txt", "only.txt"},
      {"filename=\"a.txt\"; filename*=latin1''%E4.txt", "a.txt"},
      {"filename=\"a.txt\"; filename*=UTF-8''%FF.txt", "a.txt"},
      {"filename=\"a.txt\"; filename*=none;", "a.txt"},
  };
  for (const auto& [sent, name] : names) {
    const auto parts = read(part("Content-Disposition: form-data; name=\"f\"; " + sent) + "--XX--");
    ASSERT_TRUE(parts) << sent << ": " << parts.error().message();
    EXPECT_EQ(parts->at(0).file_name, name) << sent;
  }
}

TEST(Multipart, TakesTheBoundaryFromTheContentType) {
  const std::pair<const char*, const char*> good[] = {
      {"multipart/form-data; boundary=abc", "abc"},
      {"Multipart/Form-Data;Boundary=\"a b'c(d)\"", "a b'c(d)"},
      {"multipart/form-data; charset=utf-8; boundary=----WebKitFormBoundary7MA4", "----WebKitFormBoundary7MA4"},
      {"multipart/form-data;; boundary=a; q=1;", "a"},
  };
  for (const auto& [type, boundary] : good) EXPECT_EQ(multipart_boundary(type).value(), boundary) << type;
  const std::string too_long = "multipart/form-data; boundary=" + std::string(71, 'a');
  for (const auto* type :
       {"multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=\"\"",
        "multipart/form-data; boundary=a; boundary=b", "multipart/form-data; boundary=\"a \"",
        "multipart/form-data; boundary=\"a\xc3\xa4\"", "multipart/form-data; boundary=a; charset=latin1",
        "multipart/form-data; boundary=a b", "multipart/form-data boundary=a", too_long.c_str()}) {
    EXPECT_FALSE(multipart_boundary(type)) << type;
  }
}

TEST(Multipart, MakesFileNamesSafe) {
  const std::pair<std::string, std::string> names[] = {
      {"photo.png", "photo.png"},
      {"Ünïcode 文.txt", "Ünïcode 文.txt"},
      {"../../etc/passwd", "passwd"},
      {"C:\\Users\\me\\a.txt", "a.txt"},
      {"..", "file"},
      {"", "file"},
      {"/", "file"},
      {"...", "file"},
      {".htaccess", "htaccess"},
      {"a.txt. .", "a.txt"},
      {"a\x01\x7f<b>:|?*\".txt", "a___b______.txt"},
      {"CON", "_CON"},
      {"nul.tar.gz", "_nul.tar.gz"},
      {"com1.txt", "_com1.txt"},
      {"command.txt", "command.txt"},
      {"a\xe2\x80\xaegnp.exe", "agnp.exe"},  // U+202E turns the writing around
      {"a\xc2\x85"
       "b",
       "ab"},
  };
  for (const auto& [sent, safe] : names) EXPECT_EQ(safe_file_name(sent), safe) << sent;
  const std::string cut = safe_file_name(std::string(150, 'a') + std::string(60, '\xc3').replace(0, 60, [] {
    std::string umlauts;
    for (int i = 0; i < 30; ++i) umlauts += "\xc3\xa4";
    return umlauts;
  }()) + ".jpeg");
  EXPECT_LE(cut.size(), 200U);
  EXPECT_TRUE(cut.ends_with("\xa4.jpeg")) << cut;
}

}  // namespace
}  // namespace ashlar::web
