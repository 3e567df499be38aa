// SPDX-License-Identifier: Apache-2.0
#include "ashlar/http/detail/http2_request.hpp"

#include "ashlar/http/detail/frame_budget.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace ashlar::http::detail {
namespace {

using Fields = std::vector<std::pair<std::string, std::string>>;
using Body = Http2RequestDecoder::Body;

const Limits limits{.request_line_bytes_max = 40, .header_bytes_max = 100, .header_count_max = 3};

int status_of(const Fields& fields) {
  Http2RequestDecoder decoder(limits);
  for (const auto& [name, value] : fields) decoder.add(name, value);
  Request request;
  return decoder.finish(Body::none, request) ? 200 : decoder.refusal().status;
}

// Malformed requests that nghttp2 lets through, and those that it would reject first.
TEST(Http2RequestDecoder, Refuses) {
  const auto with = [](std::string method, std::string path, std::string authority, const Fields& more = {}) {
    Fields out{{":method", method}, {":path", path}, {":scheme", "https"}};
    if (!authority.empty()) out.emplace_back(":authority", authority);
    out.insert(out.end(), more.begin(), more.end());
    return out;
  };
  EXPECT_EQ(status_of({}), 400);
  EXPECT_EQ(status_of(with("G T", "/", "a")), 400);
  EXPECT_EQ(status_of(with("GET", "", "a")), 400);
  EXPECT_EQ(status_of(with("GET", "a", "a")), 400);
  EXPECT_EQ(status_of(with("GET", "*", "a")), 400);
  EXPECT_EQ(status_of(with("GET", "https://a/", "a")), 400);
  EXPECT_EQ(status_of(with("GET", "/", "")), 400);
  EXPECT_EQ(status_of(with("GET", "/", "a b")), 400);
  EXPECT_EQ(status_of(with("GET", "/", "a", {{"host", "b"}})), 400);
  EXPECT_EQ(status_of(with("GET", "/", "a", {{"host", "a"}, {"host", "a"}})), 400);
  EXPECT_EQ(status_of(with("GET", "/", "a", {{"content-length", "1,1"}})), 400);
  EXPECT_EQ(status_of(with("GET", "/", "a", {{"content-length", "1"}, {"content-length", "1"}})), 400);
  EXPECT_EQ(status_of(with("GET", "/", "a", {{"content-length", "99999999999"}})), 413);
  EXPECT_EQ(status_of(with("GET", "/" + std::string(40, 'p'), "a")), 414);
  EXPECT_EQ(status_of(with("GET", "/", "a", {{"expect", "the worst"}})), 417);
  EXPECT_EQ(status_of(with("GET", "/", "a", {{"a", ""}, {"b", ""}, {"c", ""}, {"d", ""}})), 431);
  EXPECT_EQ(status_of(with("GET", "/", std::string(100, 'a'))), 431);
  EXPECT_EQ(status_of(with("GET", "/", "a", {{"cookie", std::string(60, 'a')}, {"cookie", std::string(60, 'b')}})),
            431);
  EXPECT_EQ(status_of(with("CONNECT", "/", "a")), 501);
  EXPECT_EQ(status_of(with("GET", "/", "A:443", {{"host", "a"}})), 200);
  EXPECT_EQ(status_of(with("OPTIONS", "*", "a")), 200);
  EXPECT_EQ(status_of(with("GET", "/", "", {{"host", "a"}})), 200);
}

TEST(Http2RequestDecoder, JoinsTheCrumbsOfACookie) {
  Http2RequestDecoder decoder(limits);
  for (const auto& [name, value] : Fields{{":method", "GET"},
                                          {":scheme", "http"},
                                          {":authority", "a"},
                                          {":path", "/p?q"},
                                          {"x", "y"},
                                          {"cookie", "a=1"},
                                          {"cookie", "b=2"}}) {
    decoder.add(name, value);
  }
  Request request;
  ASSERT_TRUE(decoder.finish(Body::none, request));
  EXPECT_EQ(request.headers.count("Cookie"), 1U);
  EXPECT_EQ(request.headers.get("Cookie"), "a=1; b=2");
  EXPECT_EQ(request.path, "/p");
  EXPECT_EQ(request.query, "q");
  EXPECT_EQ(request.authority, "a");
  EXPECT_EQ(request.version, Version::http_2);
}

TEST(FrameBudget, IsFullAgainAfterItsTime) {
  FrameBudget budget(2, std::chrono::milliseconds{1000});
  EXPECT_TRUE(budget.take(5000));
  EXPECT_TRUE(budget.take(5999));
  EXPECT_FALSE(budget.take(5999));
  EXPECT_TRUE(budget.take(6000));
  EXPECT_TRUE(budget.take(6001));
  EXPECT_FALSE(budget.take(6999));
}

}  // namespace
}  // namespace ashlar::http::detail
