// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/http/detail/http2_test_client.hpp"
#include "ashlar/http/detail/test_server.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

// For the tests of what h2spec checks: tables of frames, each with what the server does about them.
// docs/design/http-conformance.md maps h2spec's cases to the rows.
namespace ashlar::http::detail {

struct Http2Row {
  std::string_view source;   // h2spec's case: suite, section and number
  std::string_view section;  // of the RFC
  std::string_view what;
  std::string frames;
  // The first of these that is seen: "200 <body>" and "RST_STREAM <code>" of stream 1, "PING <payload>" for an
  // acknowledgement, "GOAWAY <code>" for the end of the connection.
  std::string_view expected;
  std::string frames_after{};            // sent when stream 1 has its response
  Http2TestClient::Settings settings{};  // of the client
};

class Http2Conformance : public ::testing::Test, public Http2Frames {
 public:
  // HEADERS of a GET in stream 1 with a raw header block behind the request's own fields.
  static std::string get_with_block(std::string_view more) {
    return frame(NGHTTP2_HEADERS, NGHTTP2_FLAG_END_HEADERS | NGHTTP2_FLAG_END_STREAM, 1,
                 block(head("GET", "/a")).append(more));
  }
  static std::string priority(std::int32_t stream, std::uint32_t depends_on, std::uint8_t weight = 255) {
    return frame(NGHTTP2_PRIORITY, 0, stream, number(depends_on) + static_cast<char>(weight));
  }
  static std::string setting(std::uint16_t id, std::uint32_t value) {
    const std::string entry{static_cast<char>(id >> 8U), static_cast<char>(id & 0xFFU)};
    return frame(NGHTTP2_SETTINGS, 0, 0, entry + number(value));
  }
  static std::string goaway(std::uint32_t code) { return frame(NGHTTP2_GOAWAY, 0, 0, number(0) + number(code)); }
  static std::string reset_with(std::int32_t stream, std::uint32_t code) {
    return frame(NGHTTP2_RST_STREAM, 0, stream, number(code));
  }

  static void check(const std::vector<Http2Row>& rows) {
    for (const Http2Row& row : rows) {
      check(row, Feed::whole);
      if (row.frames.size() < single_bytes_max) check(row, Feed::single_bytes);
    }
  }

 private:
  enum class Feed : std::uint8_t { whole, single_bytes };
  static constexpr std::size_t single_bytes_max = 1000;

  static void check(const Http2Row& row, Feed feed) {
    SCOPED_TRACE(std::string(row.source) + " (" + std::string(row.section) + "): " + std::string(row.what) +
                 (feed == Feed::whole ? "" : ", in single bytes"));
    TestServer server;
    Http2TestClient client(server.server.port(), row.settings);
    send(client, row.frames, feed);
    if (!row.frames_after.empty()) {
      (void)client.answer(1);
      client.so_far(1) = {};
      send(client, row.frames_after, feed);
    }
    const std::string seen = observe(client);
    EXPECT_EQ(seen, row.expected);
    if (seen.starts_with("GOAWAY")) return;
    client.send(setting(NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, 65'535));
    EXPECT_EQ(client.fetch(99, "/next").body, "you asked for /next");
  }

  static void send(Http2TestClient& client, std::string_view bytes, Feed feed) {
    if (feed == Feed::whole) return client.send(bytes);
    for (const char& c : bytes) client.send({&c, 1});
  }

  static std::string observe(Http2TestClient& client) {
    try {
      while (true) {
        const Frame frame = client.read();
        if (frame.type == NGHTTP2_PING && frame.has(NGHTTP2_FLAG_ACK)) return "PING " + frame.payload;
        const Http2Answer& answer = client.so_far(1);
        if (answer.reset) return std::string("RST_STREAM ") + nghttp2_http2_strerror(*answer.reset);
        if (answer.whole) return std::to_string(answer.status) + " " + answer.body;
        if (frame.type == NGHTTP2_GOAWAY) {
          const auto code = client.farewell().value_or(frame.number_at(4));
          return std::string("GOAWAY ") + nghttp2_http2_strerror(code);
        }
      }
    } catch (const std::runtime_error& ended) {
      return ended.what();
    }
  }
};

}  // namespace ashlar::http::detail
