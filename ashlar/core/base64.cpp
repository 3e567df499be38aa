// SPDX-License-Identifier: Apache-2.0
#include "ashlar/core/base64.hpp"

#include "ashlar/core/encoding.hpp"

#include <algorithm>

namespace ashlar {

std::string to_base64(std::span<const std::byte> bytes) {
  std::string out = to_base64url(bytes);
  std::ranges::replace(out, '-', '+');
  std::ranges::replace(out, '_', '/');
  out.append((4 - out.size() % 4) % 4, '=');
  return out;
}

std::optional<std::string> from_base64(std::string_view text) {
  if (text.size() % 4 != 0 || text.find_first_of("-_") != std::string_view::npos) return std::nullopt;
  std::string url(text);
  if (url.ends_with("==")) {
    url.resize(url.size() - 2);
  } else if (url.ends_with('=')) {
    url.pop_back();
  }
  std::ranges::replace(url, '+', '-');
  std::ranges::replace(url, '/', '_');
  return from_base64url(url);
}

}  // namespace ashlar
