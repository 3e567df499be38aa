// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/support/http2_frames.hpp"
#include "tests/support/raw_client.hpp"

#include <nghttp2/nghttp2.h>

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// For the tests of HTTP/2: a client that sends arbitrary frames, valid or not.
namespace ashlar::test {

struct Http2Answer {
  int status = 0;
  std::vector<int> interim;
  std::map<std::string, std::string> headers;
  std::map<std::string, std::string> trailers;
  std::string body;
  std::optional<std::uint32_t> reset;
  bool whole = false;
};

class Http2TestClient : public Http2Frames {
 public:
  using Settings = std::vector<std::pair<std::uint16_t, std::uint32_t>>;

  explicit Http2TestClient(std::uint16_t port, const Settings& settings = {}, RawClientOptions options = {})
      : raw_(port, std::move(options)) {
    std::string entries;
    for (const auto& [id, value] : settings) {
      entries.push_back(static_cast<char>(id >> 8U));
      entries.push_back(static_cast<char>(id & 0xFFU));
      entries.append(number(value));
    }
    raw_.send(NGHTTP2_CLIENT_MAGIC + frame(NGHTTP2_SETTINGS, 0, 0, entries));
    nghttp2_hd_inflate_new(&inflater_);
  }
  ~Http2TestClient() { nghttp2_hd_inflate_del(inflater_); }
  Http2TestClient(const Http2TestClient&) = delete;
  Http2TestClient& operator=(const Http2TestClient&) = delete;

  bool acknowledges = true;  // the server's SETTINGS
  bool gives_window = true;  // returns window for what it has read

  [[nodiscard]] RawClient& raw() { return raw_; }

  void send(std::string_view bytes) { (void)raw_.try_send(bytes); }

  // The next frame, recorded in the answers. Throws when the connection has ended.
  Frame read() {
    const std::string top = raw_.read(9);
    Frame out;
    const Frame numbers{.payload = std::string(1, '\0') + top};
    out.type = static_cast<std::uint8_t>(top[3]);
    out.flags = static_cast<std::uint8_t>(top[4]);
    out.stream = static_cast<std::int32_t>(numbers.number_at(6));
    out.payload = raw_.read(numbers.number_at(0));
    take(out);
    return out;
  }
  Frame read(std::uint8_t type) {
    while (true) {
      Frame out = read();
      if (out.type == type) return out;
    }
  }
  // Runs to the end of the stream's response, or its reset.
  Http2Answer answer(std::int32_t stream) {
    while (!answers_[stream].whole && !answers_[stream].reset) (void)read();
    return answers_[stream];
  }
  Http2Answer& so_far(std::int32_t stream) { return answers_[stream]; }
  Http2Answer fetch(std::int32_t stream, std::string_view path) {
    send(get(stream, path));
    return answer(stream);
  }
  // The code of the last GOAWAY before the end of the connection, which must follow. nullopt: it ended without one.
  std::optional<std::uint32_t> farewell() {
    try {
      while (true) (void)read();
    } catch (const std::runtime_error& ended) {
      if (std::string_view(ended.what()).find("too long") != std::string_view::npos) throw;
      return goaway_;
    }
  }

 private:
  void take(const Frame& frame) {
    Http2Answer& answer = answers_[frame.stream];
    switch (frame.type) {
      case NGHTTP2_HEADERS:
        inflate(frame.payload, answer);
        break;
      case NGHTTP2_DATA:
        answer.body += frame.payload;
        if (gives_window && !frame.payload.empty()) {
          const auto size = static_cast<std::uint32_t>(frame.payload.size());
          send(window(0, size) + (frame.has(NGHTTP2_FLAG_END_STREAM) ? "" : window(frame.stream, size)));
        }
        break;
      case NGHTTP2_RST_STREAM:
        answer.reset = frame.last_number();
        return;
      case NGHTTP2_GOAWAY:
        goaway_ = frame.number_at(4);
        return;
      case NGHTTP2_SETTINGS:
        if (acknowledges && !frame.has(NGHTTP2_FLAG_ACK))
          send(Http2TestClient::frame(NGHTTP2_SETTINGS, NGHTTP2_FLAG_ACK, 0, {}));
        return;
      default:
        return;
    }
    if (frame.has(NGHTTP2_FLAG_END_STREAM)) answer.whole = true;
  }

  void inflate(std::string_view block, Http2Answer& answer) {
    const auto* in = reinterpret_cast<const std::uint8_t*>(block.data());
    std::size_t left = block.size();
    const bool is_trailer = answer.status != 0;
    while (true) {
      nghttp2_nv field;
      int flags = 0;
      const ssize_t used = nghttp2_hd_inflate_hd2(inflater_, &field, &flags, in, left, 1);
      if (used < 0) throw std::logic_error("the server's HPACK is broken");
      in += used;
      left -= static_cast<std::size_t>(used);
      if ((flags & NGHTTP2_HD_INFLATE_EMIT) != 0) {
        const std::string name(reinterpret_cast<const char*>(field.name), field.namelen);
        const std::string value(reinterpret_cast<const char*>(field.value), field.valuelen);
        if (is_trailer) {
          answer.trailers[name] = value;
        } else if (name == ":status" && value < "200") {
          answer.interim.push_back(std::stoi(value));
        } else if (name == ":status") {
          answer.status = std::stoi(value);
        } else {
          answer.headers[name] = value;
        }
      }
      if ((flags & NGHTTP2_HD_INFLATE_FINAL) != 0) break;
    }
    nghttp2_hd_inflate_end_headers(inflater_);
  }

  RawClient raw_;
  nghttp2_hd_inflater* inflater_ = nullptr;
  std::map<std::int32_t, Http2Answer> answers_;
  std::optional<std::uint32_t> goaway_;
};

}  // namespace ashlar::test
