// SPDX-License-Identifier: Apache-2.0
#include "ashlar/http/detail/http1_response.hpp"

#include <gtest/gtest.h>

#include <string>

namespace ashlar::http::detail {
namespace {

std::string head_of(const Response& response, ResponseContext context) {
  context.date = "D";
  std::string out;
  append_head(out, response, framing_of(response, context), context);
  return out;
}

Task<Result<>> nothing(BodyWriter&) { co_return Result<>{}; }

TEST(Http1Response, SaysHowTheBodyEnds) {
  Response response;
  response.headers.add("X-A", "b");
  response.body = "12345";
  EXPECT_EQ(head_of(response, {}), "HTTP/1.1 200 OK\r\nDate: D\r\nX-A: b\r\nContent-Length: 5\r\n\r\n");
  EXPECT_EQ(head_of(response, {.persistence = Persistence::close}),
            "HTTP/1.1 200 OK\r\nDate: D\r\nX-A: b\r\nContent-Length: 5\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(head_of(response, {.version = Version::http_1_0}),
            "HTTP/1.1 200 OK\r\nDate: D\r\nX-A: b\r\nContent-Length: 5\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_EQ(head_of(response, {.method = Method::head}),
            "HTTP/1.1 200 OK\r\nDate: D\r\nX-A: b\r\nContent-Length: 5\r\n\r\n");
}

TEST(Http1Response, AStreamIsChunkedUnlessItsLengthIsKnown) {
  Response response;
  response.stream = nothing;
  EXPECT_EQ(framing_of(response, {}), ResponseFraming::chunked);
  EXPECT_EQ(head_of(response, {}), "HTTP/1.1 200 OK\r\nDate: D\r\nTransfer-Encoding: chunked\r\n\r\n");
  EXPECT_EQ(framing_of(response, {.version = Version::http_1_0}), ResponseFraming::close);
  EXPECT_EQ(head_of(response, {.version = Version::http_1_0, .persistence = Persistence::close}),
            "HTTP/1.1 200 OK\r\nDate: D\r\nConnection: close\r\n\r\n");
  response.stream_length = 9;
  EXPECT_EQ(framing_of(response, {}), ResponseFraming::length);
  EXPECT_EQ(head_of(response, {}), "HTTP/1.1 200 OK\r\nDate: D\r\nContent-Length: 9\r\n\r\n");
}

TEST(Http1Response, SomeStatusesHaveNoBody) {
  Response response;
  response.body = "ignored";
  for (const int status : {204, 304}) {
    response.status = status;
    EXPECT_EQ(framing_of(response, {}), ResponseFraming::none) << status;
    EXPECT_EQ(head_of(response, {}).find("Content-Length"), std::string::npos) << status;
  }
  EXPECT_EQ(framing_of(response, {.method = Method::head}), ResponseFraming::none);
}

TEST(Http1Response, AStatusWithoutAReasonKeepsItsSpace) {
  Response response;
  response.status = 299;
  EXPECT_TRUE(head_of(response, {}).starts_with("HTTP/1.1 299 \r\n"));
  response.status = 404;
  EXPECT_TRUE(head_of(response, {}).starts_with("HTTP/1.1 404 Not Found\r\n"));
}

TEST(Http1Response, ChunkSizesAreHexadecimal) {
  std::string out;
  append_chunk_size(out, 500);
  EXPECT_EQ(out, "1f4\r\n");
}

TEST(Http1Response, DatesAreOfTheFixedForm) {
  EXPECT_EQ(http_date(784111777), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(http_date(0), "Thu, 01 Jan 1970 00:00:00 GMT");
  EXPECT_EQ(http_date(1709210096), "Thu, 29 Feb 2024 12:34:56 GMT");
}

}  // namespace
}  // namespace ashlar::http::detail
