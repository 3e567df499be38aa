// SPDX-License-Identifier: Apache-2.0
#include "ashlar/auth/detail/frequent_passwords.hpp"

#include "ashlar/auth/detail/frequent_password_blocks.hpp"
#include "ashlar/core/encoding.hpp"

#include <openssl/crypto.h>

#include <algorithm>
#include <string>

namespace ashlar::auth {
namespace {

std::string_view first_line(std::string_view text) { return text.substr(0, text.find('\n')); }

// Whether one of the sorted lines is `word`.
bool holds(std::string_view lines, std::string_view word) {
  while (!lines.empty()) {
    const std::size_t before = lines.rfind('\n', lines.size() / 2);
    const std::size_t begin = before == std::string_view::npos || before + 1 == lines.size() ? 0 : before + 1;
    const std::string_view line = first_line(lines.substr(begin));
    if (line == word) return true;
    lines = word < line ? lines.substr(0, begin) : lines.substr(begin + line.size() + 1);
  }
  return false;
}

}  // namespace

bool is_frequent_password(std::string_view password) {
  std::string word = ascii_lower(password);
  const auto blocks = detail::frequent_password_blocks();
  // The last block that begins at or before the word.
  const auto after =
      std::ranges::upper_bound(blocks, std::string_view(word), {}, [](std::string_view b) { return first_line(b); });
  const bool found = after != blocks.begin() && holds(*(after - 1), word);
  OPENSSL_cleanse(word.data(), word.size());
  return found;
}

std::size_t frequent_password_count() {
  std::size_t out = 0;
  for (const std::string_view block : detail::frequent_password_blocks()) {
    out += static_cast<std::size_t>(std::ranges::count(block, '\n'));
  }
  return out;
}

}  // namespace ashlar::auth
