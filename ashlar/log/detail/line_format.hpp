// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/timestamp.hpp"
#include "ashlar/log/detail/line_buffer.hpp"
#include "ashlar/log/detail/redaction.hpp"
#include "ashlar/log/logger.hpp"

#include <array>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>

namespace ashlar::log::detail {

// A cached timestamp text: within a second only three digits change.
class TimeText {
 public:
  std::string_view of(Timestamp time);

 private:
  std::int64_t milliseconds_ = std::numeric_limits<std::int64_t>::min();
  std::int64_t second_ = std::numeric_limits<std::int64_t>::min();
  std::array<char, 24> text_{};
};

struct Line {
  std::string_view time;  // RFC 3339, 24 characters
  Level level;
  std::string_view message;
  std::span<const Attribute> attributes;
};

struct LineRules {
  const Redaction& redaction;
  std::size_t text_bytes_max;
};

enum class Colour : std::uint8_t { off, on };

// Both append one complete line.
void append_json_line(LineBuffer& out, const Line& line, const LineRules& rules);
void append_pretty_line(LineBuffer& out, const Line& line, const LineRules& rules, Colour colour);

// The content of a JSON string: escapes what RFC 8259 section 7 requires and what a terminal acts on
// (is_display_control() in core/display_text.hpp). A byte that is not UTF-8 becomes U+FFFD.
void append_escaped(LineBuffer& out, std::string_view text);

}  // namespace ashlar::log::detail
