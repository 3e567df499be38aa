// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bitset>
#include <string>
#include <string_view>
#include <vector>

namespace ashlar::log::detail {

// Decides from its key whether an attribute's value is hidden. Built once; the check of an ordinary key costs two
// loads.
class Redaction {
 public:
  explicit Redaction(const std::vector<std::string>& rules);

  [[nodiscard]] bool hides(std::string_view key) const {
    if (key.size() < 2 || every_key_is_looked_at_ || endings_.test(ending(key)) || is_blank(key.back()) ||
        is_blank(key[key.size() - 2])) {
      return looks_hidden(key);
    }
    return false;
  }

 private:
  // Characters that folding skips: a key may end in one ("password_"), or have one before its last letter.
  static bool is_blank(char c) { return c == '_' || c == '-'; }
  // The last two letters. ASCII letters of either case share their five low bits, so this needs no folding. It may
  // confuse characters, which only causes a full comparison.
  static std::size_t ending(std::string_view key) {
    return (static_cast<std::size_t>(key[key.size() - 2]) & 31U) * 32 + (static_cast<std::size_t>(key.back()) & 31U);
  }
  [[nodiscard]] bool looks_hidden(std::string_view key) const;

  std::vector<std::string> names_;                  // folded, sorted
  std::vector<std::vector<std::string>> patterns_;  // folded segments; "*" matches any one
  std::bitset<1024> endings_;
  bool every_key_is_looked_at_ = false;
};

}  // namespace ashlar::log::detail
