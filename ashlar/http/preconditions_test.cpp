// SPDX-License-Identifier: Apache-2.0
#include "ashlar/http/preconditions.hpp"

#include "ashlar/http/date.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace ashlar::http {
namespace {

constexpr std::string_view moment = "Sun, 06 Nov 1994 08:49:37 GMT";
constexpr std::string_view before = "Sun, 06 Nov 1994 08:49:36 GMT";
constexpr std::string_view after = "Sun, 06 Nov 1994 08:49:38 GMT";
constexpr std::int64_t moment_seconds = 784'111'777;

RequestHeaders headers_of(const std::vector<Field>& fields) {
  RequestHeaders headers;
  for (const auto& [name, value] : fields) headers.add(name, value);
  return headers;
}

TEST(HttpDate, ReadsAllThreeForms) {
  EXPECT_EQ(to_http_date(moment_seconds), moment);
  for (const std::string_view text :
       {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"})
    EXPECT_EQ(parse_http_date(text), moment_seconds) << text;
  EXPECT_EQ(parse_http_date("Thu Jan 11 00:00:00 2024"), 1'704'931'200);
  EXPECT_EQ(parse_http_date("Saturday, 01-Jan-50 00:00:00 GMT"), 2'524'608'000);
}

TEST(HttpDate, RefusesMalformedText) {
  for (const std::string_view text :
       {"", "0", "Sun", "Sun,", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 UTC",
        "Sun, 06 Nov 1994 08:49:37 GMT ", "Sun, 6 Nov 1994 08:49:37 GMT", "Sun, 31 Feb 1994 08:49:37 GMT",
        "Sun, 00 Nov 1994 08:49:37 GMT", "Sun, 06 nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:00:00 GMT",
        "Sun, 06 Nov 1994 08:60:00 GMT", "Sun, 06-Nov-94 08:49:37 GMT", "Sunday Nov  6 08:49:37 1994",
        "Sun Nov 006 08:49:37 1994", "Foo, 06 Nov 1994 08:49:37 GMT", "06 Nov 1994 08:49:37 GMT"})
    EXPECT_EQ(parse_http_date(text), std::nullopt) << text;
}

TEST(Preconditions, FollowTheirOrder) {
  using enum Precondition;
  struct Case {
    Precondition outcome;
    std::vector<Field> headers;
    std::string_view etag = "\"a\"";
    Method method = Method::get;
  };
  const std::vector<Case> cases = {
      {failed, {{"If-Match", "\"b\""}}},
      {failed, {{"If-Match", "W/\"a\""}}},
      {failed, {{"If-Match", "\"a\""}}, "W/\"a\""},
      {failed, {{"If-Match", "a"}}},
      {failed, {{"If-Match", ""}}},
      {failed, {{"If-Match", "\"a\""}}, ""},
      {failed, {{"If-Match", "\"b\""}, {"If-None-Match", "\"a\""}}},
      {failed, {{"If-Match", "\"b\""}, {"If-Unmodified-Since", after}}},
      {failed, {{"If-Unmodified-Since", before}}},
      {failed, {{"If-Unmodified-Since", before}, {"If-None-Match", "\"a\""}}},
      {failed, {{"If-None-Match", "\"a\""}}, "\"a\"", Method::put},
      {failed, {{"If-None-Match", "*"}}, "\"a\"", Method::put},
      {passed, {}},
      {passed, {{"If-Match", "\"a\""}}},
      {passed, {{"If-Match", "*"}}},
      {passed, {{"If-Match", "\"b\", \"a\""}}},
      {passed, {{"If-Match", "\"b\""}, {"if-match", "\"a\""}}},
      {passed, {{"If-Match", "\"a\""}, {"If-Unmodified-Since", before}}},
      {passed, {{"If-Unmodified-Since", moment}}},
      {passed, {{"If-Unmodified-Since", "yesterday"}}},
      {passed, {{"If-None-Match", "\"b\""}}},
      {passed, {{"If-None-Match", "\"b\""}, {"If-Modified-Since", after}}},
      {passed, {{"If-None-Match", "\"b\" \"a\""}}},
      {passed, {{"If-None-Match", "\"a"}}},
      {passed, {{"If-None-Match", "x, \"a\""}}},
      {passed, {{"If-None-Match", "\"A\""}}},
      {passed, {{"If-Modified-Since", before}}},
      {passed, {{"If-Modified-Since", "yesterday"}}},
      {passed, {{"If-Modified-Since", after}}, "\"a\"", Method::put},
      {passed, {{"If-Modified-Since", after}, {"If-Modified-Since", after}}},
      {not_modified, {{"If-None-Match", "\"a\""}}},
      {not_modified, {{"If-None-Match", "\"a\""}}, "\"a\"", Method::head},
      {not_modified, {{"If-None-Match", "W/\"a\""}}},
      {not_modified, {{"If-None-Match", "\"a\""}}, "W/\"a\""},
      {not_modified, {{"If-None-Match", "*"}}},
      {not_modified, {{"If-None-Match", " , \"x,\" ,\t W/\"a\" , "}}},
      {not_modified, {{"If-None-Match", "\"a\""}, {"If-Modified-Since", before}}},
      {not_modified, {{"If-Match", "\"a\""}, {"If-None-Match", "\"a\""}}},
      {not_modified, {{"If-Modified-Since", moment}}},
      {not_modified, {{"If-Modified-Since", after}}},
  };
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const auto& c = cases[i];
    EXPECT_EQ(evaluate_preconditions(c.method, headers_of(c.headers), {c.etag, moment_seconds}), c.outcome)
        << i << ": " << (c.headers.empty() ? "" : c.headers[0].value);
  }
  const auto dated = headers_of({{"If-Modified-Since", after}, {"If-Unmodified-Since", before}});
  EXPECT_EQ(evaluate_preconditions(Method::get, dated, {"\"a\"", {}}), passed) << "nothing to compare dates with";
}

TEST(Range, TakesOneRangeAndPassesOverTheRest) {
  using enum RangeChoice::Kind;
  struct Case {
    RangeChoice::Kind kind;
    std::vector<Field> headers;
    ByteRange range{};
    std::uint64_t size = 1000;
    Method method = Method::get;
  };
  const std::vector<Case> cases = {
      {unsatisfiable, {{"Range", "bytes=1000-"}}},
      {unsatisfiable, {{"Range", "bytes=1000-2000"}}},
      {unsatisfiable, {{"Range", "bytes=99999999999999999999-"}}},
      {unsatisfiable, {{"Range", "bytes=-0"}}},
      {unsatisfiable, {{"Range", "bytes=0-"}}, {}, 0},
      {unsatisfiable, {{"Range", "bytes=-5"}}, {}, 0},
      {whole, {}},
      {whole, {{"Range", ""}}},
      {whole, {{"Range", "bytes"}}},
      {whole, {{"Range", "bytes="}}},
      {whole, {{"Range", "bytes=-"}}},
      {whole, {{"Range", "bytes=5"}}},
      {whole, {{"Range", "bytes=5-4"}}},
      {whole, {{"Range", "bytes=a-b"}}},
      {whole, {{"Range", "bytes=1-b"}}},
      {whole, {{"Range", "bytes=--5"}}},
      {whole, {{"Range", "bytes=+1-5"}}},
      {whole, {{"Range", "bytes=1 - 5"}}},
      {whole, {{"Range", "lines=0-5"}}},
      {whole, {{"Range", "bytes=0-1,5-6"}}},
      {whole, {{"Range", "bytes=0-1"}, {"Range", "bytes=5-6"}}},
      {whole, {{"Range", "bytes=0-1"}}, {}, 1000, Method::head},
      {whole, {{"Range", "bytes=0-1"}, {"If-Range", "\"b\""}}},
      {whole, {{"Range", "bytes=0-1"}, {"If-Range", "W/\"a\""}}},
      {whole, {{"Range", "bytes=0-1"}, {"If-Range", after}}},
      {whole, {{"Range", "bytes=0-1"}, {"If-Range", "a"}}},
      {part, {{"Range", "bytes=0-0"}}, {0, 0}},
      {part, {{"Range", "bytes=0-"}}, {0, 999}},
      {part, {{"Range", "bytes=500-2000"}}, {500, 999}},
      {part, {{"Range", "bytes=500-99999999999999999999"}}, {500, 999}},
      {part, {{"Range", "bytes=-1"}}, {999, 999}},
      {part, {{"Range", "bytes=-5000"}}, {0, 999}},
      {part, {{"Range", "Bytes= 1-2 "}}, {1, 2}},
      {part, {{"Range", "bytes=0-1"}, {"If-Range", "\"a\""}}, {0, 1}},
      {part, {{"Range", "bytes=0-1"}, {"If-Range", moment}}, {0, 1}},
  };
  for (const auto& c : cases) {
    const auto choice = choose_range(c.method, headers_of(c.headers), {"\"a\"", moment_seconds}, c.size);
    const auto shown = c.headers.empty() ? std::string_view("no Range") : c.headers[0].value;
    EXPECT_EQ(choice.kind, c.kind) << shown;
    EXPECT_EQ(choice.range, c.range) << shown;
  }
  EXPECT_EQ(content_range_of({part, {5, 9}}, 1000), "bytes 5-9/1000");
  EXPECT_EQ(content_range_of({unsatisfiable, {}}, 1000), "bytes */1000");
}

}  // namespace
}  // namespace ashlar::http
