// SPDX-License-Identifier: Apache-2.0
#include "ashlar/log/detail/line_format.hpp"

#include "ashlar/core/ascii.hpp"
#include "ashlar/core/display_text.hpp"
#include "ashlar/core/unicode.hpp"

#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>

namespace ashlar::log::detail {
namespace {

constexpr std::size_t piece_bytes = 512;     // of a text, escaped at a time
constexpr std::size_t escape_bytes_max = 6;  // \u001b
constexpr std::size_t number_bytes_max = 32;

char* put(char* at, std::string_view text) {
  std::memcpy(at, text.data(), text.size());
  return at + text.size();
}

std::string_view opening(Level level) {
  switch (level) {
    case Level::trace:
      return R"(","level":"trace","message":")";
    case Level::debug:
      return R"(","level":"debug","message":")";
    case Level::info:
      return R"(","level":"info","message":")";
    case Level::warn:
      return R"(","level":"warn","message":")";
    case Level::error:
      return R"(","level":"error","message":")";
    default:
      return R"(","level":"fatal","message":")";
  }
}

// Whether none of the eight bytes needs an escape: no control character, no quote, no backslash, no DEL, no byte over
// 0x7f. Each line sets the high bit of some byte if one of the eight is such a character.
bool stand_for_themselves(std::uint64_t bytes) {
  constexpr std::uint64_t ones = 0x0101010101010101U;
  constexpr std::uint64_t highs = 0x8080808080808080U;
  const auto has = [bytes](std::uint64_t c) {
    const std::uint64_t x = bytes ^ (ones * c);
    return (x - ones) & ~x;
  };
  const std::uint64_t found = bytes | ((bytes - ones * 0x20) & ~bytes) | has('"') | has('\\') | has(0x7f);
  return (found & highs) == 0;
}

char* put_unicode_escape(char* at, unsigned code_point) {
  at = put(at, "\\u");
  for (int shift = 12; shift >= 0; shift -= 4) *at++ = hex_digits[(code_point >> shift) & 15U];
  return at;
}

constexpr std::array<bool, 256> stands_for_itself = [] {
  std::array<bool, 256> out{};
  for (std::size_t c = 0x20; c < 0x7f; ++c) out[c] = c != '"' && c != '\\';
  return out;
}();

char* put_escaped_ascii(char* at, unsigned char c) {
  switch (c) {
    case '"':
      return put(at, "\\\"");
    case '\\':
      return put(at, "\\\\");
    case '\n':
      return put(at, "\\n");
    case '\r':
      return put(at, "\\r");
    case '\t':
      return put(at, "\\t");
    default:
      return put_unicode_escape(at, c);
  }
}

// One to seven characters as eight, the rest blanks, without reading past them.
std::uint64_t padded(const char* text, std::size_t size) {
  static_assert(std::endian::native == std::endian::little);
  constexpr std::uint64_t blanks = 0x2020202020202020;
  std::uint64_t out = blanks << (size * 8);
  if (size < 4) {
    for (std::size_t i = 0; i < size; ++i) {
      out |= static_cast<std::uint64_t>(static_cast<unsigned char>(text[i])) << (i * 8);
    }
    return out;
  }
  std::uint32_t first = 0, last = 0;  // they overlap, with equal bytes there
  std::memcpy(&first, text, 4);
  std::memcpy(&last, text + size - 4, 4);
  return out | first | static_cast<std::uint64_t>(last) << ((size - 4) * 8);
}

// Escapes about `piece_bytes` of `text` to `at` and cuts them off it. At least eight bytes more than `text` could need
// are free at `at`.
char* put_piece(char* at, std::string_view& text) {
  std::size_t i = 0;
  const std::size_t end = std::min(text.size(), piece_bytes);
  while (i < end) {
    if (end - i >= 8) {
      std::uint64_t eight = 0;
      std::memcpy(&eight, text.data() + i, 8);
      if (stand_for_themselves(eight)) {
        std::memcpy(at, &eight, 8);
        at += 8;
        i += 8;
        continue;
      }
    } else if (const std::uint64_t rest = padded(text.data() + i, end - i); stand_for_themselves(rest)) {
      std::memcpy(at, &rest, 8);
      at += end - i;
      i = end;
      break;
    }
    const auto c = static_cast<unsigned char>(text[i]);
    if (stands_for_itself[c]) {
      *at++ = static_cast<char>(c);
      ++i;
      continue;
    }
    if (c < 0x80) {
      at = put_escaped_ascii(at, c);
      ++i;
      continue;
    }
    const CodePoint point = decode_utf8(text.substr(i));
    if (point.bytes == 0) {
      at = put(at, "\xef\xbf\xbd");
      ++i;
    } else if (is_display_control(point.value)) {
      at = put_unicode_escape(at, point.value);
      i += point.bytes;
    } else {
      at = put(at, text.substr(i, point.bytes));
      i += point.bytes;
    }
  }
  text.remove_prefix(i);
  return at;
}

// Most numbers in a log are durations; the general path takes twenty times as long for them.
char* put_thousandths(char* at, std::uint64_t thousandths) {
  at = std::to_chars(at, at + number_bytes_max, thousandths / 1000).ptr;
  const auto rest = static_cast<unsigned>(thousandths % 1000);
  if (rest == 0) return at;
  *at++ = '.';
  *at++ = static_cast<char>('0' + rest / 100);
  if (rest % 100 == 0) return at;
  *at++ = static_cast<char>('0' + rest / 10 % 10);
  if (rest % 10 == 0) return at;
  *at++ = static_cast<char>('0' + rest % 10);
  return at;
}

char* put_number(char* at, const Attribute& attribute) {
  switch (attribute.kind) {
    case Attribute::Kind::integer:
      return std::to_chars(at, at + number_bytes_max, attribute.integer).ptr;
    case Attribute::Kind::unsigned_integer:
      return std::to_chars(at, at + number_bytes_max, static_cast<std::uint64_t>(attribute.integer)).ptr;
    case Attribute::Kind::boolean:
      return put(at, attribute.integer != 0 ? "true" : "false");
    default:
      break;
  }
  if (!std::isfinite(attribute.number)) return put(at, "null");
  if (attribute.number >= 0 && attribute.number < 1e9) {
    const auto thousandths = static_cast<std::uint64_t>(std::llround(attribute.number * 1000));
    if (static_cast<double>(thousandths) / 1000 == attribute.number) return put_thousandths(at, thousandths);
  }
  return std::to_chars(at, at + number_bytes_max, attribute.number).ptr;
}

// A text that is too long is truncated between two characters.
void append_limited(LineBuffer& out, std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return append_escaped(out, text);
  std::size_t kept = bytes_max;
  while (kept > 0 && (static_cast<unsigned char>(text[kept]) & 0xc0U) == 0x80 && bytes_max - kept < 3) --kept;
  append_escaped(out, text.substr(0, kept));
  char* at = out.room(64);
  at = put(at, "...[");
  at = std::to_chars(at, at + number_bytes_max, text.size() - kept).ptr;
  out.end_at(put(at, " bytes cut]"));
}

// The names of the members that every line has.
bool is_taken(std::string_view key) { return key == "time" || key == "level" || key == "message"; }

// The fast path: checks the room for everything once. False, with nothing written, when something is unusual.
bool append_short_attribute(LineBuffer& out, const Attribute& attribute, const LineRules& rules) {
  if (attribute.key.size() > piece_bytes || is_taken(attribute.key) || rules.redaction.hides(attribute.key))
    return false;
  const bool is_text = attribute.kind == Attribute::Kind::text;
  if (is_text && attribute.text.size() > std::min(piece_bytes, rules.text_bytes_max)) return false;
  std::string_view key = attribute.key, text = attribute.text;
  char* at = put(out.room((key.size() + text.size() + 16) * escape_bytes_max), ",\"");
  at = put_piece(at, key);
  if (is_text) {
    at = put_piece(put(at, "\":\""), text);
    *at++ = '"';
  } else {
    at = put_number(put(at, "\":"), attribute);
  }
  out.end_at(at);
  return true;
}

void append_attribute(LineBuffer& out, const Attribute& attribute, const LineRules& rules) {
  if (append_short_attribute(out, attribute, rules)) return;
  out.append(",\"");
  append_limited(out, attribute.key, rules.text_bytes_max);
  if (is_taken(attribute.key)) out.append("_");
  char* at = out.room(number_bytes_max + 16);
  if (rules.redaction.hides(attribute.key)) return out.end_at(put(at, R"(":"[redacted]")"));
  if (attribute.kind != Attribute::Kind::text) return out.end_at(put_number(put(at, "\":"), attribute));
  out.end_at(put(at, "\":\""));
  append_limited(out, attribute.text, rules.text_bytes_max);
  out.append("\"");
}

struct Paint {
  std::string_view level;
  std::string_view name;
};

Paint paint(Level level) {
  switch (level) {
    case Level::trace:
      return {"\x1b[90m", "TRACE "};
    case Level::debug:
      return {"\x1b[36m", "DEBUG "};
    case Level::info:
      return {"\x1b[32m", "INFO  "};
    case Level::warn:
      return {"\x1b[33m", "WARN  "};
    case Level::error:
      return {"\x1b[31m", "ERROR "};
    default:
      return {"\x1b[1;31m", "FATAL "};
  }
}

bool needs_quotes(std::string_view text) {
  return text.empty() || text.find_first_of(" =\"") != std::string_view::npos;
}

void append_pretty_attribute(LineBuffer& out, const Attribute& attribute, const LineRules& rules, Colour colour) {
  out.append(colour == Colour::on ? " \x1b[2m" : " ");
  append_escaped(out, attribute.key);
  out.append(colour == Colour::on ? "=\x1b[0m" : "=");
  if (rules.redaction.hides(attribute.key)) return out.append("[redacted]");
  if (attribute.kind != Attribute::Kind::text) return out.end_at(put_number(out.room(number_bytes_max), attribute));
  const bool quoted = needs_quotes(attribute.text);
  if (quoted) out.append("\"");
  append_limited(out, attribute.text, rules.text_bytes_max);
  if (quoted) out.append("\"");
}

}  // namespace

std::string_view TimeText::of(Timestamp time) {
  if (time.milliseconds() != milliseconds_) {
    if (time.seconds() != second_) {
      const std::string text = time.to_string();
      std::memcpy(text_.data(), text.data(), text_.size());
      second_ = time.seconds();
    }
    const auto part = static_cast<int>(time.milliseconds() - second_ * 1000);
    text_[20] = static_cast<char>('0' + part / 100);
    text_[21] = static_cast<char>('0' + part / 10 % 10);
    text_[22] = static_cast<char>('0' + part % 10);
    milliseconds_ = time.milliseconds();
  }
  return {text_.data(), text_.size()};
}

void append_escaped(LineBuffer& out, std::string_view text) {
  while (!text.empty()) {
    char* at = out.room((std::min(text.size(), piece_bytes) + 4) * escape_bytes_max);
    out.end_at(put_piece(at, text));
  }
}

void append_json_line(LineBuffer& out, const Line& line, const LineRules& rules) {
  char* at = put(out.room(96), R"({"time":")");
  at = put(at, line.time);
  out.end_at(put(at, opening(line.level)));
  append_limited(out, line.message, rules.text_bytes_max);
  out.append("\"");
  for (const Attribute& attribute : line.attributes) append_attribute(out, attribute, rules);
  out.append("}\n");
}

void append_pretty_line(LineBuffer& out, const Line& line, const LineRules& rules, Colour colour) {
  const Paint paints = paint(line.level);
  const std::string_view time = line.time.substr(11, 12);  // of the day
  if (colour == Colour::on) {
    out.append("\x1b[2m");
    out.append(time);
    out.append("\x1b[0m ");
    out.append(paints.level);
    out.append(paints.name);
    out.append("\x1b[0m");
  } else {
    out.append(time);
    out.append(" ");
    out.append(paints.name);
  }
  append_limited(out, line.message, rules.text_bytes_max);
  for (const Attribute& attribute : line.attributes) append_pretty_attribute(out, attribute, rules, colour);
  out.append("\n");
}

}  // namespace ashlar::log::detail
