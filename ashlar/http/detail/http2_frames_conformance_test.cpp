// SPDX-License-Identifier: Apache-2.0
// What h2spec checks of frames: their format, size, order and fields.
#include "ashlar/http/detail/http2_conformance.hpp"

namespace ashlar::http::detail {
namespace {

using namespace std::string_literals;
using Client = Http2TestClient;

constexpr std::uint8_t last = NGHTTP2_FLAG_END_STREAM;
constexpr std::uint8_t whole_head = NGHTTP2_FLAG_END_HEADERS;
constexpr std::size_t frame_bytes_max = 16'384;  // the server announces no other SETTINGS_MAX_FRAME_SIZE

class Http2FramesConformance : public Http2Conformance {
 public:
  static std::string request_block() { return block(head("GET", "/a")); }
  static std::string more_block() { return block({{"x-dummy", "y"}}); }
  static std::string open_head(std::string_view of = "GET", std::string_view path = "/a") {
    return frame(NGHTTP2_HEADERS, of == "GET" ? last : 0, 1, block(head(of, path)));
  }
  static std::string continuation(std::int32_t stream, std::string_view fields, std::uint8_t flags = 0) {
    return frame(NGHTTP2_CONTINUATION, flags, stream, fields);
  }
};

// h2spec generic/1/1, http2/3.5/1. The invalid preface, http2/3.5/2, is Http2Connection.AWrongPrefaceEndsItWithGoaway.
TEST_F(Http2FramesConformance, BeginsWithSettings) {
  TestServer server;
  Client client(server.server.port(), {{NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, 65'535}});
  const Frame first = client.read();
  EXPECT_EQ(first.type, NGHTTP2_SETTINGS);
  EXPECT_FALSE(first.has(NGHTTP2_FLAG_ACK));
  EXPECT_EQ(first.stream, 0);
}

// h2spec generic/3.5/1, http2/6.5.3/2. The client's first SETTINGS is acknowledged, too.
TEST_F(Http2FramesConformance, AcknowledgesSettings) {
  TestServer server;
  Client client(server.server.port());
  std::string entries;
  for (const auto& [id, value] : {std::pair{NGHTTP2_SETTINGS_HEADER_TABLE_SIZE, 4096U},
                                  {NGHTTP2_SETTINGS_ENABLE_PUSH, 1U},
                                  {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, 100U},
                                  {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, 65'535U},
                                  {NGHTTP2_SETTINGS_MAX_FRAME_SIZE, 16'384U},
                                  {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, 100U}}) {
    entries.append({'\0', static_cast<char>(id)}).append(number(value));
  }
  client.send(frame(NGHTTP2_SETTINGS, 0, 0, entries) + setting(NGHTTP2_SETTINGS_ENABLE_PUSH, 0) + ping());
  int acknowledged = 0;
  while (true) {
    const Frame frame = client.read();
    if (frame.type == NGHTTP2_SETTINGS && frame.has(NGHTTP2_FLAG_ACK)) ++acknowledged;
    if (frame.type == NGHTTP2_PING) break;
  }
  EXPECT_EQ(acknowledged, 3);
}

TEST_F(Http2FramesConformance, Format) {
  check({
      {"http2/4.1/1", "RFC 9113 4.1", "a frame of an unknown type", frame(0x16, 0, 0, "12345678") + ping(),
       "PING 12345678"},
      {"http2/4.1/2", "RFC 9113 4.1", "undefined flags", frame(NGHTTP2_PING, 0x16, 0, "87654321"), "PING 87654321"},
      {"http2/4.1/3", "RFC 9113 4.1", "the reserved bit", "\0\0\x08\x06\x16\x80\0\0\0"s + "87654321", "PING 87654321"},
      {"http2/5.5/1", "RFC 9113 5.5", "an extension frame", frame(0x16, 0, 0, "12345678") + ping(), "PING 12345678"},
      {"http2/4.2/1", "RFC 9113 4.2", "the largest DATA frame",
       post(1, "/count") + data(1, std::string(frame_bytes_max, 'd')), "200 16384"},
      {"http2/4.2/2", "RFC 9113 4.2", "a DATA frame over the limit",
       post(1, "/count") + data(1, std::string(frame_bytes_max + 1, 'd')), "GOAWAY FRAME_SIZE_ERROR"},
      {"http2/4.2/3", "RFC 9113 4.2", "a HEADERS frame over the limit",
       get(1, "/a", {{"x-dummy", std::string(frame_bytes_max, 'x')}}), "GOAWAY FRAME_SIZE_ERROR"},
      {"http2/4.3/1", "RFC 9113 4.3", "a header block that is no HPACK",
       frame(NGHTTP2_HEADERS, whole_head | last, 1, std::string(13, '\xFF')), "GOAWAY COMPRESSION_ERROR"},
      {"http2/4.3/2", "RFC 9113 4.3", "PRIORITY within a header block",
       open_head("POST") + priority(1, 0) + continuation(1, more_block(), whole_head), "GOAWAY PROTOCOL_ERROR"},
      {"http2/4.3/3", "RFC 9113 4.3", "HEADERS of another stream within a header block",
       open_head("POST") + get(3, "/b") + continuation(1, more_block(), whole_head), "GOAWAY PROTOCOL_ERROR"},
      {"http2/5.5/2", "RFC 9113 5.5", "an extension frame within a header block",
       open_head() + frame(0x16, 0, 0, "12345678"), "GOAWAY PROTOCOL_ERROR"},
  });
}

TEST_F(Http2FramesConformance, DataAndHeaders) {
  const std::string padded = frame(NGHTTP2_DATA, last | NGHTTP2_FLAG_PADDED, 1, "\x05test\0\0\0\0\0"s);
  const auto of_head = [](std::uint8_t flags, std::string_view before, std::string_view behind = {}) {
    return frame(NGHTTP2_HEADERS, flags | whole_head | last, 1, std::string(before) + request_block().append(behind));
  };
  const auto pad_over = static_cast<char>(request_block().size() + 2);
  check({
      {"generic/3.1/1", "RFC 9113 6.1", "DATA", post(1, "/echo") + data(1, "test"), "200 test"},
      {"generic/3.1/2", "RFC 9113 6.1", "two DATA frames", post(1, "/echo") + data(1, "test", 0) + data(1, "test"),
       "200 testtest"},
      {"generic/3.1/3", "RFC 9113 6.1", "padded DATA", post(1, "/echo") + padded, "200 test"},
      {"http2/6.1/1", "RFC 9113 6.1", "DATA on stream 0", data(0, "test"), "GOAWAY PROTOCOL_ERROR"},
      {"http2/6.1/2", "RFC 9113 6.1", "DATA behind END_STREAM", get(1, "/gate") + data(1, "test"),
       "GOAWAY STREAM_CLOSED"},
      {"http2/6.1/3", "RFC 9113 6.1", "DATA padded beyond its end",
       post(1, "/echo", {{"content-length", "4"}}) + frame(NGHTTP2_DATA, last | NGHTTP2_FLAG_PADDED, 1, "\x06Test"),
       "GOAWAY PROTOCOL_ERROR"},
      {"generic/3.2/1", "RFC 9113 6.2", "HEADERS", get(1, "/a"), "200 you asked for /a"},
      {"generic/3.2/2", "RFC 9113 6.2", "padded HEADERS", of_head(NGHTTP2_FLAG_PADDED, "\x08", std::string(8, '\0')),
       "200 you asked for /a"},
      {"generic/3.2/3", "RFC 9113 6.2", "HEADERS with priority", of_head(NGHTTP2_FLAG_PRIORITY, "\0\0\0\0\xFF"s),
       "200 you asked for /a"},
      {"http2/6.2/1", "RFC 9113 6.2", "PRIORITY behind HEADERS without END_HEADERS",
       open_head("POST") + priority(1, 0) + continuation(1, more_block(), whole_head), "GOAWAY PROTOCOL_ERROR"},
      {"http2/6.2/2", "RFC 9113 6.2", "HEADERS of another stream behind HEADERS without END_HEADERS",
       open_head("POST") + get(3, "/b") + continuation(1, more_block(), whole_head), "GOAWAY PROTOCOL_ERROR"},
      {"http2/6.2/3", "RFC 9113 6.2", "HEADERS on stream 0", get(0, "/a"), "GOAWAY PROTOCOL_ERROR"},
      {"http2/6.2/4", "RFC 9113 6.2", "HEADERS padded beyond their end",
       of_head(NGHTTP2_FLAG_PADDED, std::string_view(&pad_over, 1)), "GOAWAY PROTOCOL_ERROR"},
  });
}

TEST_F(Http2FramesConformance, PriorityAndResets) {
  check({
      {"generic/3.3/1", "RFC 7540 6.3", "weight 1", priority(1, 0, 0) + get(1, "/a"), "200 you asked for /a"},
      {"generic/3.3/2", "RFC 7540 6.3", "weight 256", priority(1, 0) + get(1, "/a"), "200 you asked for /a"},
      {"generic/3.3/3", "RFC 7540 6.3", "a dependency", priority(3, 1, 0) + get(1, "/a"), "200 you asked for /a"},
      {"generic/3.3/4", "RFC 7540 6.3", "exclusive", priority(1, 0x80000000, 0) + get(1, "/a"), "200 you asked for /a"},
      {"generic/3.3/5", "RFC 9113 5.1.1", "of an idle stream above the request's", priority(3, 0) + get(1, "/a"),
       "200 you asked for /a"},
      {"http2/6.3/1", "RFC 9113 6.3", "PRIORITY on stream 0", priority(0, 0), "GOAWAY PROTOCOL_ERROR"},
      {"http2/6.3/2", "RFC 9113 6.3", "PRIORITY of 4 bytes",
       get(1, "/gate") + frame(NGHTTP2_PRIORITY, 0, 1, "\x80\0\0\x01"s), "GOAWAY FRAME_SIZE_ERROR"},
      {"generic/3.4/1", "RFC 9113 6.4", "RST_STREAM", post(1, "/echo") + reset(1) + ping(), "PING 12345678"},
      {"http2/6.4/1", "RFC 9113 6.4", "RST_STREAM on stream 0", reset(0), "GOAWAY PROTOCOL_ERROR"},
      {"http2/6.4/2", "RFC 9113 6.4", "RST_STREAM on an idle stream", reset(1), "GOAWAY PROTOCOL_ERROR"},
      {"http2/6.4/3", "RFC 9113 6.4", "RST_STREAM of 3 bytes",
       post(1, "/echo") + frame(NGHTTP2_RST_STREAM, 0, 1, std::string(3, '\0')), "GOAWAY FRAME_SIZE_ERROR"},
      {"http2/7/2", "RFC 9113 7", "RST_STREAM with an unknown code", post(1, "/echo") + reset_with(1, 0xFF) + ping(),
       "PING 12345678"},
  });
}

TEST_F(Http2FramesConformance, Settings) {
  check({
      {"http2/6.5/1", "RFC 9113 6.5", "an acknowledgement with a payload",
       frame(NGHTTP2_SETTINGS, NGHTTP2_FLAG_ACK, 0, "\0"s), "GOAWAY FRAME_SIZE_ERROR"},
      {"http2/6.5/2", "RFC 9113 6.5", "SETTINGS on stream 1", frame(NGHTTP2_SETTINGS, 0, 1, "\0\x03\0\0\0\x64"s),
       "GOAWAY PROTOCOL_ERROR"},
      {"http2/6.5/3", "RFC 9113 6.5", "SETTINGS of 3 bytes", frame(NGHTTP2_SETTINGS, 0, 0, "\0\x03\0"s),
       "GOAWAY FRAME_SIZE_ERROR"},
      {"http2/6.5.2/1", "RFC 9113 6.5.2", "ENABLE_PUSH of 2", setting(NGHTTP2_SETTINGS_ENABLE_PUSH, 2),
       "GOAWAY PROTOCOL_ERROR"},
      {"http2/6.5.2/2", "RFC 9113 6.5.2", "INITIAL_WINDOW_SIZE of 2^31",
       setting(NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, 0x80000000), "GOAWAY FLOW_CONTROL_ERROR"},
      {"http2/6.5.2/3", "RFC 9113 6.5.2", "MAX_FRAME_SIZE under its minimum",
       setting(NGHTTP2_SETTINGS_MAX_FRAME_SIZE, 16'383), "GOAWAY PROTOCOL_ERROR"},
      {"http2/6.5.2/4", "RFC 9113 6.5.2", "MAX_FRAME_SIZE over its maximum",
       setting(NGHTTP2_SETTINGS_MAX_FRAME_SIZE, 16'777'216), "GOAWAY PROTOCOL_ERROR"},
      {"http2/6.5.2/5", "RFC 9113 6.5.2", "an unknown setting", setting(0xFF, 1) + ping(), "PING 12345678"},
      {"http2/6.9.2/3", "RFC 9113 6.9.2", "a window over the maximum",
       frame(NGHTTP2_SETTINGS, 0, 0, "\0\x04\x80\0\0\0"s), "GOAWAY FLOW_CONTROL_ERROR"},
  });
}

// h2spec generic/3.8/1, http2/7/1. The connection of a client that begins no further stream ends,
// with GOAWAY of the server before it (RFC 9113 section 6.8).
TEST_F(Http2FramesConformance, AnswersPingBehindGoawayAndEnds) {
  for (const std::uint32_t code : {std::uint32_t{NGHTTP2_NO_ERROR}, std::uint32_t{0xFF}}) {
    TestServer server;
    Client client(server.server.port());
    client.send(goaway(code) + ping());
    EXPECT_EQ(client.read(NGHTTP2_PING).payload, "12345678") << code;
    EXPECT_EQ(client.farewell(), NGHTTP2_NO_ERROR) << code;
  }
}

TEST_F(Http2FramesConformance, PingGoawayPush) {
  check({
      {"generic/3.7/1, http2/6.7/1", "RFC 9113 6.7", "PING", frame(NGHTTP2_PING, 0, 0, "payload1"), "PING payload1"},
      {"http2/6.7/2", "RFC 9113 6.7", "an acknowledgement is not answered",
       frame(NGHTTP2_PING, NGHTTP2_FLAG_ACK, 0, "invalid1") + ping(), "PING 12345678"},
      {"http2/6.7/3", "RFC 9113 6.7", "PING on stream 1", frame(NGHTTP2_PING, 0, 1, "12345678"),
       "GOAWAY PROTOCOL_ERROR"},
      {"http2/6.7/4", "RFC 9113 6.7", "PING of 6 bytes", frame(NGHTTP2_PING, 0, 0, "123456"),
       "GOAWAY FRAME_SIZE_ERROR"},
      {"http2/6.8/1", "RFC 9113 6.8", "GOAWAY on stream 1", frame(NGHTTP2_GOAWAY, 0, 1, std::string(8, '\0')),
       "GOAWAY PROTOCOL_ERROR"},
      {"http2/8.2/1", "RFC 9113 8.4", "PUSH_PROMISE of a client",
       frame(NGHTTP2_PUSH_PROMISE, whole_head, 1, number(3) + request_block()), "GOAWAY PROTOCOL_ERROR"},
  });
}

TEST_F(Http2FramesConformance, Continuation) {
  const std::string fields = request_block();
  const auto piece = [&fields](std::size_t from, std::size_t bytes = std::string::npos) {
    return fields.substr(from, bytes);
  };
  const std::string first = frame(NGHTTP2_HEADERS, last, 1, piece(0, 5));
  check({
      {"generic/3.10/1", "RFC 9113 6.10", "one", first + continuation(1, piece(5), whole_head), "200 you asked for /a"},
      {"generic/3.10/2", "RFC 9113 6.10", "two",
       first + continuation(1, piece(5, 5)) + continuation(1, piece(10), whole_head), "200 you asked for /a"},
      {"http2/6.10/1", "RFC 9113 6.10", "two with further fields",
       open_head() + continuation(1, more_block()) + continuation(1, more_block(), whole_head), "200 you asked for /a"},
      {"http2/6.10/2", "RFC 9113 6.10", "DATA behind one without END_HEADERS",
       open_head("POST") + continuation(1, more_block()) + data(1, "test"), "GOAWAY PROTOCOL_ERROR"},
      {"http2/6.10/3", "RFC 9113 6.10", "on stream 0", open_head() + continuation(0, more_block(), whole_head),
       "GOAWAY PROTOCOL_ERROR"},
      {"http2/6.10/4", "RFC 9113 6.10", "behind HEADERS with END_HEADERS",
       get(1, "/gate") + continuation(1, more_block(), whole_head), "GOAWAY PROTOCOL_ERROR"},
      {"http2/6.10/5", "RFC 9113 6.10", "behind one with END_HEADERS",
       open_head("GET", "/gate") + continuation(1, more_block(), whole_head) +
           continuation(1, more_block(), whole_head),
       "GOAWAY PROTOCOL_ERROR"},
      {"http2/6.10/6", "RFC 9113 6.10", "behind DATA",
       open_head("POST") + data(1, "test") + continuation(1, more_block()) + continuation(0, more_block(), whole_head),
       "GOAWAY PROTOCOL_ERROR"},
  });
}

}  // namespace
}  // namespace ashlar::http::detail
