// SPDX-License-Identifier: Apache-2.0
// What h2spec checks of streams: their states, identifiers and dependencies, flow control, and errors.
#include "ashlar/http/detail/http2_conformance.hpp"

namespace ashlar::http::detail {
namespace {

using Client = Http2TestClient;

constexpr std::uint8_t last = NGHTTP2_FLAG_END_STREAM;
constexpr std::uint8_t whole_head = NGHTTP2_FLAG_END_HEADERS;
// No window, so that a response cannot end its stream before the next frame comes.
constexpr std::uint16_t window_id = NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE;

class Http2StreamsConformance : public Http2Conformance {
 public:
  static std::string continuation(std::int32_t stream) {
    return frame(NGHTTP2_CONTINUATION, whole_head, stream, block(head("GET", "/a")));
  }
};

TEST_F(Http2StreamsConformance, IdleStreams) {
  check({
      {"generic/2/1", "RFC 9113 5.1", "PRIORITY", priority(1, 0) + ping(), "PING 12345678"},
      {"http2/5.1/1", "RFC 9113 5.1", "DATA", data(1, "test"), "GOAWAY PROTOCOL_ERROR"},
      {"http2/5.1/2", "RFC 9113 5.1", "RST_STREAM", reset(1), "GOAWAY PROTOCOL_ERROR"},
      {"http2/5.1/3", "RFC 9113 5.1", "WINDOW_UPDATE", window(1, 100), "GOAWAY PROTOCOL_ERROR"},
      {"http2/5.1/4", "RFC 9113 5.1", "CONTINUATION", continuation(1), "GOAWAY PROTOCOL_ERROR"},
  });
}

TEST_F(Http2StreamsConformance, StreamsThatTheClientHasEnded) {
  const auto row = [](std::string_view source, std::string_view what, std::string_view frames,
                      std::string_view expected) {
    return Http2Row{.source = source,
                    .section = "RFC 9113 5.1",
                    .what = what,
                    .frames = get(1, "/a") + std::string(frames),
                    .expected = expected,
                    .settings = {{window_id, 0}}};
  };
  check({
      row("generic/2/2", "WINDOW_UPDATE", window(1, 1000), "200 you asked for /a"),
      row("generic/2/3", "PRIORITY", priority(1, 0) + window(1, 1000), "200 you asked for /a"),
      row("generic/2/4", "RST_STREAM", reset(1) + ping(), "PING 12345678"),
      row("http2/5.1/5", "DATA", data(1, "test"), "GOAWAY STREAM_CLOSED"),
      row("http2/5.1/6", "HEADERS", get(1, "/b"), "GOAWAY STREAM_CLOSED"),
      row("http2/5.1/7", "CONTINUATION", continuation(1), "GOAWAY PROTOCOL_ERROR"),
  });
}

TEST_F(Http2StreamsConformance, ClosedStreams) {
  const std::string closed = post(1, "/echo") + reset(1);
  const auto after = [](std::string_view source, std::string_view what, std::string frames, std::string_view expected) {
    return Http2Row{.source = source,
                    .section = "RFC 9113 5.1",
                    .what = what,
                    .frames = get(1, "/a"),
                    .expected = expected,
                    .frames_after = std::move(frames)};
  };
  check({
      {"http2/5.1/8", "RFC 9113 5.1", "DATA behind RST_STREAM", closed + data(1, "test"), "GOAWAY STREAM_CLOSED"},
      {"http2/5.1/9", "RFC 9113 5.1", "HEADERS behind RST_STREAM", closed + get(1, "/b"), "GOAWAY STREAM_CLOSED"},
      {"http2/5.1/10", "RFC 9113 5.1", "CONTINUATION behind RST_STREAM", closed + continuation(1),
       "GOAWAY PROTOCOL_ERROR"},
      after("generic/2/5", "PRIORITY behind the response", priority(1, 0) + ping(), "PING 12345678"),
      after("http2/5.1/11", "DATA behind the response", data(1, "test"), "GOAWAY STREAM_CLOSED"),
      after("http2/5.1/12", "HEADERS behind the response", get(1, "/b"), "GOAWAY STREAM_CLOSED"),
      after("http2/5.1/13", "CONTINUATION behind the response", continuation(1), "GOAWAY PROTOCOL_ERROR"),
  });
}

// h2spec http2/5.1.2/1 is Http2Connection.RefusesMoreStreamsAtOnceThanItAllows.
TEST_F(Http2StreamsConformance, IdentifiersDependenciesErrors) {
  const std::string depends_on_itself = number(1) + "\xFF" + block(head("GET", "/a"));
  check({
      {"http2/5.1.1/1", "RFC 9113 5.1.1", "an even identifier", get(2, "/a"), "GOAWAY PROTOCOL_ERROR"},
      {"http2/5.1.1/2", "RFC 9113 5.1.1", "a smaller identifier than before", get(5, "/a") + get(3, "/b"),
       "GOAWAY PROTOCOL_ERROR"},
      {"http2/5.3.1/1", "RFC 7540 5.3.1", "HEADERS that depend on their own stream",
       frame(NGHTTP2_HEADERS, whole_head | last | NGHTTP2_FLAG_PRIORITY, 1, depends_on_itself),
       "GOAWAY PROTOCOL_ERROR"},
      {"http2/5.3.1/2", "RFC 7540 5.3.1", "PRIORITY that depends on its own stream", priority(1, 1),
       "GOAWAY PROTOCOL_ERROR"},
      {"http2/5.4.1/1, http2/5.4.1/2", "RFC 9113 5.4.1", "GOAWAY comes before the end",
       frame(NGHTTP2_PING, 0, 3, std::string(8, '\0')), "GOAWAY PROTOCOL_ERROR"},
  });
}

// RFC 9113 section 5.4.1 lets a server treat the stream error of 6.9/2 as one of the connection; nghttp2 does.
TEST_F(Http2StreamsConformance, WindowUpdates) {
  constexpr std::uint32_t most = 0x7FFFFFFF;
  check({
      {"generic/3.9/1", "RFC 9113 6.9", "of the connection", window(0, 1) + ping(), "PING 12345678"},
      {"generic/3.9/2", "RFC 9113 6.9", "of a stream", get(1, "/a") + window(1, 1), "200 you asked for /a"},
      {"http2/6.9/1", "RFC 9113 6.9", "by nothing", window(0, 0), "GOAWAY PROTOCOL_ERROR"},
      {"http2/6.9/2", "RFC 9113 6.9", "of a stream, by nothing", post(1, "/echo") + window(1, 0),
       "GOAWAY PROTOCOL_ERROR"},
      {"http2/6.9/3", "RFC 9113 6.9", "of 3 bytes", frame(NGHTTP2_WINDOW_UPDATE, 0, 0, std::string("\0\0\x01", 3)),
       "GOAWAY FRAME_SIZE_ERROR"},
      {"http2/6.9.1/2", "RFC 9113 6.9.1", "past 2^31-1", window(0, most) + window(0, most),
       "GOAWAY FLOW_CONTROL_ERROR"},
      {"http2/6.9.1/3", "RFC 9113 6.9.1", "of a stream, past 2^31-1",
       post(1, "/echo") + window(1, most) + window(1, most), "RST_STREAM FLOW_CONTROL_ERROR"},
  });
}

// What has come when the window of stream 1 is used up: `bytes` of them, and no more until PING is answered.
void expect_data(Client& client, std::size_t bytes) {
  while (client.so_far(1).body.size() < bytes) (void)client.read();
  client.send(Client::ping());
  (void)client.read(NGHTTP2_PING);
  EXPECT_EQ(client.so_far(1).body.size(), bytes);
}

TEST_F(Http2StreamsConformance, SendsWhatTheWindowAllows) {
  struct Case {
    std::string_view source;
    Client::Settings settings;
    std::string frames;
  };
  const std::string request = get(1, "/a");
  for (const auto& [source, settings, frames] : std::vector<Case>{
           {"http2/6.5.3/1: the last of two values counts", {{window_id, 100}, {window_id, 1}}, request},
           {"http2/6.9.1/1: a window of one byte", {{window_id, 1}}, request},
           {"http2/6.9.2/1: a window that grows", {{window_id, 0}}, request + setting(window_id, 1)},
       }) {
    SCOPED_TRACE(source);
    TestServer server;
    Client client(server.server.port(), settings);
    client.gives_window = false;
    client.send(frames);
    expect_data(client, 1);
    client.send(window(1, 1000));
    EXPECT_EQ(client.answer(1).body, "you asked for /a");
  }
}

// h2spec http2/6.9.2/2.
TEST_F(Http2StreamsConformance, AWindowCanBecomeNegative) {
  TestServer server;
  Client client(server.server.port(), {{window_id, 3}});
  client.gives_window = false;
  client.send(get(1, "/a"));
  expect_data(client, 3);
  client.send(setting(window_id, 2));  // it is -1 now
  expect_data(client, 3);
  client.send(window(1, 2));
  expect_data(client, 4);
}

}  // namespace
}  // namespace ashlar::http::detail
