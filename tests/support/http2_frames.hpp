// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nghttp2/nghttp2.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// For the tests of HTTP/2: frames as bytes, valid or not.
namespace ashlar::test {

struct Frame {
  std::uint8_t type = 0;
  std::uint8_t flags = 0;
  std::int32_t stream = 0;
  std::string payload;

  [[nodiscard]] bool has(std::uint8_t flag) const { return (flags & flag) != 0; }
  // The last four bytes: the code of RST_STREAM, say.
  [[nodiscard]] std::uint32_t last_number() const { return number_at(payload.size() - 4); }
  [[nodiscard]] std::uint32_t number_at(std::size_t at) const {
    std::uint32_t out = 0;
    for (std::size_t i = 0; i < 4; ++i) out = out << 8U | static_cast<std::uint8_t>(payload.at(at + i));
    return out;
  }
};

using Http2Fields = std::vector<std::pair<std::string, std::string>>;

// What a client sends.
struct Http2Frames {
  static std::string number(std::uint32_t value) {
    std::string out;
    for (const unsigned shift : {24U, 16U, 8U, 0U}) out.push_back(static_cast<char>(value >> shift & 0xFFU));
    return out;
  }
  static std::string frame(std::uint8_t type, std::uint8_t flags, std::int32_t stream, std::string_view payload) {
    std::string out = number(static_cast<std::uint32_t>(payload.size())).substr(1);
    out.push_back(static_cast<char>(type));
    out.push_back(static_cast<char>(flags));
    return out.append(number(static_cast<std::uint32_t>(stream))).append(payload);
  }
  // HPACK without compression: literals that are not indexed.
  static std::string block(const Http2Fields& fields) {
    std::string out;
    for (const auto& [name, value] : fields) {
      out.push_back(0);
      append_text(out, name);
      append_text(out, value);
    }
    return out;
  }
  static Http2Fields head(std::string_view method, std::string_view path, const Http2Fields& more = {}) {
    Http2Fields out{{":method", std::string(method)}, {":scheme", "http"}, {":authority", "a"}};
    out.emplace_back(":path", path);
    out.insert(out.end(), more.begin(), more.end());
    return out;
  }
  static std::string headers(std::int32_t stream, const Http2Fields& fields, std::uint8_t flags) {
    return frame(NGHTTP2_HEADERS, flags | NGHTTP2_FLAG_END_HEADERS, stream, block(fields));
  }
  static std::string get(std::int32_t stream, std::string_view path, const Http2Fields& more = {}) {
    return headers(stream, head("GET", path, more), NGHTTP2_FLAG_END_STREAM);
  }
  static std::string post(std::int32_t stream, std::string_view path, const Http2Fields& more = {}) {
    return headers(stream, head("POST", path, more), 0);
  }
  static std::string data(std::int32_t stream, std::string_view bytes, std::uint8_t flags = NGHTTP2_FLAG_END_STREAM) {
    return frame(NGHTTP2_DATA, flags, stream, bytes);
  }
  static std::string reset(std::int32_t stream) { return frame(NGHTTP2_RST_STREAM, 0, stream, number(NGHTTP2_CANCEL)); }
  static std::string window(std::int32_t stream, std::uint32_t bytes) {
    return frame(NGHTTP2_WINDOW_UPDATE, 0, stream, number(bytes));
  }
  static std::string ping() { return frame(NGHTTP2_PING, 0, 0, "12345678"); }

 private:
  static void append_text(std::string& out, std::string_view text) {
    constexpr std::size_t prefix_max = 127;
    if (text.size() < prefix_max) {
      out.push_back(static_cast<char>(text.size()));
    } else {
      out.push_back(static_cast<char>(prefix_max));
      std::size_t left = text.size() - prefix_max;
      for (; left >= 128; left /= 128) out.push_back(static_cast<char>(left % 128 + 128));
      out.push_back(static_cast<char>(left));
    }
    out.append(text);
  }
};

}  // namespace ashlar::test
