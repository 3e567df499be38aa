// SPDX-License-Identifier: Apache-2.0
#include "ashlar/schema/detail/json_text.hpp"
#include "ashlar/schema/json.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>

namespace ashlar::schema {
namespace {

using detail::Passwords;

// Not 0 when one of eight bytes is what RFC 8259 section 7 wants escaped: '"', '\\' or below 0x20.
std::uint64_t escaped_in(const char* eight) {
  constexpr std::uint64_t ones = 0x0101010101010101U, high = 0x8080808080808080U;
  std::uint64_t word = 0;
  std::memcpy(&word, eight, 8);
  const std::uint64_t quote = word ^ (ones * '"'), backslash = word ^ (ones * '\\');
  return (((word - ones * 0x20) & ~word) | ((quote - ones) & ~quote) | ((backslash - ones) & ~backslash)) & high;
}

bool needs_escape(char c) { return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\'; }

bool has_escaped(std::string_view text) {
  if (text.size() < 8) return std::ranges::any_of(text, needs_escape);
  std::uint64_t hits = escaped_in(text.data() + text.size() - 8);
  for (std::size_t at = 0; at + 8 < text.size(); at += 8) hits |= escaped_in(text.data() + at);
  return hits != 0;
}

// The place of the first such byte from `at` on.
std::size_t find_escaped(std::string_view text, std::size_t at) {
  while (at + 8 <= text.size() && escaped_in(text.data() + at) == 0) at += 8;
  while (at < text.size() && !needs_escape(text[at])) ++at;
  return at;
}

void append_escape(char c, std::string& out) {
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\b':
      out += "\\b";
      return;
    case '\f':
      out += "\\f";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      break;
  }
  constexpr std::string_view digits = "0123456789abcdef";
  out += "\\u00";
  out += digits[static_cast<unsigned char>(c) >> 4];
  out += digits[static_cast<unsigned char>(c) & 15];
}

void append_escaped(std::string_view text, std::string& out) {
  std::size_t written = 0;
  while (written < text.size()) {
    const std::size_t next = find_escaped(text, written);
    out.append(text, written, next - written);
    if (next < text.size()) append_escape(text[next], out);
    written = next + 1;
  }
}

template <class Number>
void append_number(Number number, std::string& out) {
  std::array<char, 32> text;
  out.append(text.data(), std::to_chars(text.data(), text.data() + text.size(), number).ptr);
}

// What is made of digits and signs only.
bool is_plain(Format format) {
  return format == Format::uuid || format == Format::date_time || format == Format::money;
}

// A type's text goes to the output first; only one that needs escapes is copied.
void write_text(const Type& type, const void* value, std::string& out) {
  out += '"';
  const std::size_t start = out.size();
  type.access.append_text(value, out);
  if (!is_plain(type.format) && has_escaped(std::string_view(out).substr(start))) {
    const std::string text = out.substr(start);
    out.resize(start);
    append_escaped(text, out);
  }
  out += '"';
}

bool is_password(const Type& type) {
  if (type.kind == Kind::optional || type.kind == Kind::nullable) return is_password(type.element());
  return type.format == Format::password;
}

class Writer {
 public:
  Writer(std::string& out, Passwords passwords) : out_(out), passwords_(passwords) {}

  void write(const Type& type, const void* value) {
    switch (type.kind) {
      case Kind::boolean:
        out_ += type.access.get_boolean(value) ? "true" : "false";
        return;
      case Kind::integer:
        return append_number(type.access.get_integer(value), out_);
      case Kind::number:
        return write_number(type.access.get_number(value));
      case Kind::string:
        return write_string(type, value);
      case Kind::array:
        return write_array(type, value);
      case Kind::optional:
      case Kind::nullable: {
        const void* content = type.access.content(value);
        if (content != nullptr) return write(type.element(), content);
        out_ += "null";
        return;
      }
      case Kind::object:
        out_ += '{';
        write_members(type, value);
        out_ += '}';
        return;
      case Kind::choice:
        return write_choice(type, value);
    }
  }

 private:
  void write_number(double number) {
    if (!std::isfinite(number)) {
      out_ += "null";
    } else if (number == 0 && std::signbit(number)) {
      out_ += "-0.0";  // "-0" would be read as an integer, which has no sign at zero
    } else {
      append_number(number, out_);
    }
  }

  void write_string(const Type& type, const void* value) {
    if (type.access.append_text != nullptr) return write_text(type, value, out_);
    out_ += passwords_ == Passwords::as_placeholder ? detail::password_placeholder : "null";
  }

  void write_array(const Type& type, const void* value) {
    const Type& item_type = type.element();
    const std::size_t size = type.access.size(value);
    out_ += '[';
    const std::size_t begin = out_.size();
    for (std::size_t i = 0; i < size; ++i) {
      if (i > 0) out_ += ',';
      write(item_type, type.access.item(value, i));
      if (i == 0 && size > 1) reserve_for_the_rest(out_.size() - begin, size);
    }
    out_ += ']';
  }

  // Items of one list are about as long; growing step by step would copy all that is written so far.
  void reserve_for_the_rest(std::size_t item_bytes, std::size_t items) {
    constexpr std::size_t bytes_reserved_max = 64 * 1024;
    const std::size_t wanted = (item_bytes + item_bytes / 8) * std::min(items, bytes_reserved_max);
    out_.reserve(out_.size() + std::min(wanted, bytes_reserved_max));
  }

  void write_members(const Type& type, const void* value) {
    for (const Member& member : type.members) {
      const Type& member_type = member.type();
      const void* at = member.locate_in(value);
      if (member_type.kind == Kind::optional && member_type.access.content(at) == nullptr) continue;
      if (passwords_ == Passwords::left_out && is_password(member_type)) continue;
      write_name(member.json_name);
      write(member_type, at);
    }
  }

  void write_name(std::string_view name) {
    const std::size_t before = out_.size();
    const bool first = out_.back() == '{';
    out_.resize_and_overwrite(before + name.size() + 4, [&](char* text, std::size_t) {
      char* at = text + before;
      if (!first) *at++ = ',';
      *at++ = '"';
      at = std::copy(name.begin(), name.end(), at);
      *at++ = '"';
      *at++ = ':';
      return static_cast<std::size_t>(at - text);
    });
  }

  void write_choice(const Type& type, const void* value) {
    const Alternative& alternative = type.alternatives[type.access.active(value)];
    out_ += "{\"";
    out_ += type.tag_name;
    out_ += "\":\"";
    append_escaped(alternative.tag, out_);
    out_ += '"';
    write_members(alternative.type(), type.access.active_value(value));
    out_ += '}';
  }

  std::string& out_;
  Passwords passwords_;
};

}  // namespace

void write_json(const Type& type, const void* value, std::string& out) {
  Writer(out, Passwords::left_out).write(type, value);
}

void write_json_string(std::string_view text, std::string& out) {
  out += '"';
  append_escaped(text, out);
  out += '"';
}

void detail::append_json(const Type& type, const void* value, std::string& out) {
  Writer(out, Passwords::as_placeholder).write(type, value);
}

}  // namespace ashlar::schema
