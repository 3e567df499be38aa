// SPDX-License-Identifier: Apache-2.0
#include "ashlar/log/detail/redaction.hpp"

#include "ashlar/core/ascii.hpp"

#include <algorithm>

namespace ashlar::log::detail {
namespace {

// accessToken, access_token, Access-Token: the same name.
std::string folded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '_' || c == '-') continue;
    out += ascii_lower(c);
  }
  return out;
}

std::vector<std::string> segments_of(std::string_view key) {
  std::vector<std::string> out;
  for (std::size_t start = 0; start <= key.size();) {
    const std::size_t dot = std::min(key.find('.', start), key.size());
    out.push_back(folded(key.substr(start, dot - start)));
    start = dot + 1;
  }
  return out;
}

bool matches(const std::vector<std::string>& pattern, const std::vector<std::string>& key) {
  return std::ranges::equal(pattern, key,
                            [](const std::string& p, const std::string& k) { return p == "*" || p == k; });
}

}  // namespace

Redaction::Redaction(const std::vector<std::string>& rules) {
  for (const std::string& rule : rules) {
    if (rule.find_first_of(".*") != std::string::npos) {
      patterns_.push_back(segments_of(rule));
      every_key_is_looked_at_ = true;
      continue;
    }
    std::string name = folded(rule);
    if (name.empty()) continue;
    if (name.size() < 2) {
      every_key_is_looked_at_ = true;
    } else {
      endings_.set(ending(name));
    }
    names_.push_back(std::move(name));
  }
  std::ranges::sort(names_);
}

bool Redaction::looks_hidden(std::string_view key) const {
  const std::size_t dot = key.rfind('.');
  const std::string last = folded(dot == std::string_view::npos ? key : key.substr(dot + 1));
  if (std::ranges::binary_search(names_, last)) return true;
  if (patterns_.empty()) return false;
  const auto segments = segments_of(key);
  return std::ranges::any_of(patterns_, [&](const auto& pattern) { return matches(pattern, segments); });
}

}  // namespace ashlar::log::detail
