// SPDX-License-Identifier: Apache-2.0
#include "ashlar/http/detail/http2_session.hpp"

#include "ashlar/http/detail/http2_test_frames.hpp"

#include <gtest/gtest.h>

#include <string>

namespace ashlar::http::detail {
namespace {

class CountedRequests final : public Http2SessionEvents {
 public:
  int ready = 0;
  bool starts_before_body(const Http2Stream&) override { return false; }
  void request_ready(Http2Stream&) override { ++ready; }
  void stream_closed(Http2Stream&) override {}
  void head_due(Http2Stream&) override {}
  void output_waits() override {}
};

enum class Feed : std::uint8_t { whole, single_bytes };

// Whether a request whose head has so many CONTINUATION frames arrives.
bool takes_continuations(std::size_t frames, Feed feed) {
  const Limits limits{.http2_continuations_max = 3};
  CountedRequests events;
  Http2Session session(limits, events);
  const std::string block = Http2Frames::block(Http2Frames::head("GET", "/"));
  std::string bytes = NGHTTP2_CLIENT_MAGIC + Http2Frames::frame(NGHTTP2_SETTINGS, 0, 0, {});
  bytes += Http2Frames::frame(NGHTTP2_HEADERS, NGHTTP2_FLAG_END_STREAM, 1, block);
  for (std::size_t i = 1; i <= frames; ++i) {
    const std::uint8_t flags = i == frames ? NGHTTP2_FLAG_END_HEADERS : 0;
    bytes += Http2Frames::frame(NGHTTP2_CONTINUATION, flags, 1, Http2Frames::block({{"x", "y"}}));
  }
  const std::size_t piece = feed == Feed::whole ? bytes.size() : 1;
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    if (!session.receive(std::string_view(bytes).substr(at, piece), 0)) return false;
  }
  return events.ready == 1;
}

// The limit is of frames, however their bytes arrive.
TEST(Http2Session, LimitsContinuations) {
  for (const Feed feed : {Feed::whole, Feed::single_bytes}) {
    EXPECT_FALSE(takes_continuations(4, feed));
    EXPECT_TRUE(takes_continuations(3, feed));
  }
}

}  // namespace
}  // namespace ashlar::http::detail
