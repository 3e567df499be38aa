// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/realtime/message_deflate.hpp"
#include "ashlar/realtime/websocket_frame.hpp"
#include "tests/support/http2_bytes.hpp"
#include "tests/support/raw_client.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ashlar::test {

enum class WebSocketOver : std::uint8_t { http1, http2 };

struct WebSocketClientOptions {
  std::string path = "/";
  std::string extensions = "none";                                // "permessage-deflate"
  int receive_buffer_bytes = 0;                                   // SO_RCVBUF, for slow readers; 0: as it is
  std::vector<std::pair<std::string, std::string>> headers = {};  // of the handshake, their names in lower case
};

// A blocking WebSocket client that sends any frames, valid or not, over HTTP/1.1 or a stream of HTTP/2. It throws
// std::runtime_error when the server refuses, breaks the protocol or takes too long.
class WebSocketClient {
 public:
  WebSocketClient(std::uint16_t port, WebSocketOver over, const WebSocketClientOptions& options = {})
      : raw_(port, {.receive_buffer_bytes = options.receive_buffer_bytes}),
        over_(over),
        inflater_(options.extensions == "none" ? nullptr : std::make_unique<realtime::MessageInflater>()),
        reader_(realtime::MessageReader::Peer::server, {}, inflater_.get()) {
    if (over_ == WebSocketOver::http1) {
      std::string more;
      for (const auto& [name, value] : options.headers) more += name + ": " + value + "\r\n";
      raw_.send("GET " + options.path +
                " HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Extensions: " +
                options.extensions + "\r\n" + more + "\r\n");
      if (raw_.read_head().status != 101) throw std::runtime_error("the server accepts no WebSocket");
    } else {
      std::string fields;
      http2::append_field(fields, ":method", "CONNECT");
      http2::append_field(fields, ":protocol", "websocket");
      http2::append_field(fields, ":scheme", "http");
      http2::append_field(fields, ":authority", "a");
      http2::append_field(fields, ":path", options.path);
      http2::append_field(fields, "sec-websocket-version", "13");
      http2::append_field(fields, "sec-websocket-extensions", options.extensions);
      for (const auto& [name, value] : options.headers) http2::append_field(fields, name, value);
      raw_.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + http2::frame(settings_type, 0, 0, "") +
                http2::frame(headers_type, end_headers, 1, fields));
      while (!answered_ && read_frame()) continue;
      if (!answered_) throw std::runtime_error("the server accepts no WebSocket");
    }
  }

  void send(realtime::Opcode opcode, std::string_view payload) {
    send_frame(0x80U | static_cast<unsigned>(opcode), payload);
  }
  // A masked frame with this first byte: FIN 0x80, RSV1 0x40, and the opcode.
  void send_frame(unsigned first, std::string_view payload) {
    std::string bytes;
    realtime::append_frame(bytes, realtime::Opcode::binary, payload, realtime::Coding::plain, mask);
    bytes[0] = static_cast<char>(first);
    send_bytes(bytes);
  }
  void send_close(realtime::CloseCode code, std::string_view reason) {
    std::string bytes;
    realtime::append_close(bytes, code, reason, mask);
    send_bytes(bytes);
  }

  // The next message or control frame: "text hello", "binary ...", "ping ", "pong ", "close 1000 reason"; "end" for the
  // end of the connection or the stream.
  std::string next() {
    while (true) {
      if (at_ == received_.size() && !receive()) return "end";
      const auto step = reader_.step(std::span<char>(received_).subspan(at_));
      at_ += step.consumed;
      if (auto words = in_words(step); !words.empty()) return words;
    }
  }
  bool ended() { return next() == "end"; }

  void reset() { raw_.reset(); }
  // Half-closes the connection or the stream.
  void end_sending() {
    if (over_ == WebSocketOver::http1) return raw_.shut_down_sending();
    raw_.send(http2::frame(data_type, end_stream, 1, ""));
  }

 private:
  static constexpr realtime::Mask mask{'\x37', '\xFA', '\x21', '\x3D'};
  static constexpr unsigned data_type = 0, headers_type = 1, reset_type = 3, settings_type = 4, goaway_type = 7;
  static constexpr unsigned window_type = 8, end_stream = 1, acknowledged = 1, end_headers = 4;

  void send_bytes(std::string_view bytes) {
    if (over_ == WebSocketOver::http1) return (void)raw_.try_send(bytes);
    constexpr std::size_t data_bytes_max = 16'000;
    for (; !bytes.empty(); bytes.remove_prefix(std::min(bytes.size(), data_bytes_max)))
      (void)raw_.try_send(http2::frame(data_type, 0, 1, bytes.substr(0, data_bytes_max)));
  }
  bool receive() {
    received_.clear();
    at_ = 0;
    if (over_ == WebSocketOver::http1) {
      received_ = read_websocket_frame();
    } else {
      while (received_.empty() && !stream_ended_ && read_frame()) continue;
    }
    return !received_.empty();
  }
  // An unmasked frame. Empty: the connection has ended.
  std::string read_websocket_frame() {
    std::string out = read(2);
    if (out.empty()) return out;
    std::size_t size = static_cast<std::uint8_t>(out[1]) & 0x7FU;
    if (size >= 126) {
      const std::string length = read(size == 126 ? 2 : 8);
      size = 0;
      for (const char byte : length) size = size << 8U | static_cast<std::uint8_t>(byte);
      out += length;
    }
    return out + (size > 0 ? read(size) : std::string());
  }
  // Empty: the connection has ended.
  std::string read(std::size_t bytes) {
    try {
      return raw_.read(bytes);
    } catch (const std::runtime_error& failure) {
      if (std::string_view(failure.what()).contains("too long")) throw;
      return {};
    }
  }
  bool read_frame() {
    const std::string head = read(9);
    if (head.empty()) return false;
    const auto byte = [&head](std::size_t at) { return static_cast<std::uint8_t>(head[at]); };
    const std::size_t size = std::size_t{byte(0)} << 16U | std::size_t{byte(1)} << 8U | byte(2);
    const unsigned type = byte(3), flags = byte(4);
    const std::string payload = read(size);
    if (type == settings_type && (flags & acknowledged) == 0)
      (void)raw_.try_send(http2::frame(settings_type, 1, 0, ""));
    if (type == headers_type) answered_ = payload.starts_with('\x88');  // :status 200 (RFC 7541 appendix A)
    if (type == data_type && size > 0) {
      const std::string window = http2::number(static_cast<std::uint32_t>(size));
      (void)raw_.try_send(http2::frame(window_type, 0, 0, window) + http2::frame(window_type, 0, 1, window));
      received_ += payload;
    }
    const bool ends = (type == data_type || type == headers_type) && (flags & end_stream) != 0;
    stream_ended_ = stream_ended_ || ends || type == reset_type || type == goaway_type;
    return true;
  }
  static std::string in_words(const realtime::MessageReader::Step& step) {
    using Outcome = realtime::MessageReader::Outcome;
    if (step.outcome == Outcome::failed) throw std::runtime_error("the server broke the protocol");
    const std::string payload(step.payload);
    if (step.outcome == Outcome::close)
      return "close " + std::to_string(static_cast<int>(step.code)) + (payload.empty() ? "" : " " + payload);
    static constexpr std::array names{"", "", "text ", "binary ", "ping ", "pong "};  // in the order of Outcome
    const std::string name = names.at(static_cast<std::size_t>(step.outcome));
    return name.empty() ? name : name + payload;
  }

  RawClient raw_;
  const WebSocketOver over_;
  std::unique_ptr<realtime::MessageInflater> inflater_;
  realtime::MessageReader reader_;
  std::string received_;
  std::size_t at_ = 0;
  bool answered_ = false;
  bool stream_ended_ = false;
};

}  // namespace ashlar::test
