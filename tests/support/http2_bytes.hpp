// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

// What a client of HTTP/2 sends, for tests that send any bytes (RFC 9113, RFC 7541).
namespace ashlar::test::http2 {

inline std::string number(std::uint32_t value) {
  std::string out;
  for (const unsigned shift : {24U, 16U, 8U, 0U}) out.push_back(static_cast<char>(value >> shift & 0xFFU));
  return out;
}
inline std::string frame(unsigned type, unsigned flags, std::uint32_t stream, std::string_view payload) {
  std::string out = number(static_cast<std::uint32_t>(payload.size())).substr(1);
  out.push_back(static_cast<char>(type));
  out.push_back(static_cast<char>(flags));
  return out.append(number(stream)).append(payload);
}
// HPACK: a literal that is not indexed (RFC 7541 section 6.2.2), with its lengths (section 5.1).
inline void append_field(std::string& out, std::string_view name, std::string_view value) {
  constexpr std::size_t prefix_max = 127;
  out.push_back(0);
  for (const std::string_view text : {name, value}) {
    out.push_back(static_cast<char>(std::min(text.size(), prefix_max)));
    if (text.size() >= prefix_max) {
      std::size_t rest = text.size() - prefix_max;
      for (; rest >= 128; rest /= 128) out.push_back(static_cast<char>(rest % 128 + 128));
      out.push_back(static_cast<char>(rest));
    }
    out.append(text);
  }
}

}  // namespace ashlar::test::http2
