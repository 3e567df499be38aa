// SPDX-License-Identifier: Apache-2.0
#include "ashlar/core/timestamp.hpp"
#include "ashlar/core/uuid.hpp"
#include "ashlar/schema/detail/json_output.hpp"
#include "ashlar/schema/detail/json_text.hpp"
#include "ashlar/schema/json.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>

namespace ashlar::schema {
namespace {

using detail::JsonOutput;
using detail::Passwords;

constexpr std::size_t number_bytes_max = 32;

class Writer {
 public:
  Writer(std::string& out, Passwords passwords) : out_(out), passwords_(passwords) {}

  void write_all(const Type& type, const void* value) {
    write(type, value);
    out_.finish();
  }

 private:
  void write(const Type& type, const void* value) {
    switch (type.storage) {
      case Storage::other:
        return write_by_kind(type, value);
      case Storage::boolean:
        return write_boolean(*static_cast<const bool*>(value));
      case Storage::integer:
        return write_digits(*static_cast<const std::int64_t*>(value));
      case Storage::number:
        return write_number(*static_cast<const double*>(value));
      case Storage::text:
        return write_quoted(*static_cast<const std::string*>(value));
      case Storage::uuid:
        return put_quoted([&](char* at) { return static_cast<const Uuid*>(value)->put_at(at); });
      case Storage::timestamp:
        return put_quoted([&](char* at) { return static_cast<const Timestamp*>(value)->put_at(at); });
    }
  }

  void write_by_kind(const Type& type, const void* value) {
    switch (type.kind) {
      case Kind::boolean:
        return write_boolean(type.access.get_boolean(value));
      case Kind::integer:
        return write_digits(type.access.get_integer(value));
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
        return out_.append("null");
      }
      case Kind::object:
        if (type.access.view_text != nullptr) return out_.append(type.access.view_text(value));  // JsonObject
        if (!write_members(type, value, '{')) out_.append('{');
        return out_.append('}');
      case Kind::choice:
        return write_choice(type, value);
    }
  }

  void write_boolean(bool value) { out_.append(value ? "true" : "false"); }

  template <class Number>
  void write_digits(Number number) {
    char* at = out_.room(number_bytes_max);
    out_.written_until(std::to_chars(at, at + number_bytes_max, number).ptr);
  }

  void write_number(double number) {
    if (!std::isfinite(number)) return out_.append("null");
    // "-0" would be read as an integer, which has no sign at zero.
    if (number == 0 && std::signbit(number)) return out_.append("-0.0");
    write_digits(number);
  }

  // Calls `put` with room for put_text_bytes_max bytes.
  template <class Put>
  void put_quoted(Put put) {
    char* at = out_.room(put_text_bytes_max + 2);
    *at++ = '"';
    at = put(at);
    *at++ = '"';
    out_.written_until(at);
  }

  void write_string(const Type& type, const void* value) {
    const Access& access = type.access;
    if (access.put_text != nullptr) return put_quoted([&](char* at) { return access.put_text(value, at); });
    if (access.view_text != nullptr) return write_quoted(access.view_text(value));
    if (access.append_text != nullptr) return detail::append_quoted(access, value, out_);
    out_.append(passwords_ == Passwords::as_placeholder ? detail::password_placeholder(type.bounds) : "null");
  }

  void write_quoted(std::string_view text) {
    if (text.size() > JsonOutput::piece_bytes_max - 2) return detail::append_quoted(text, out_);
    char* at = out_.room(text.size() + 2);
    *at++ = '"';
    if (detail::copy_unescaped(text, at) != text.size()) return detail::append_quoted(text, out_);
    at[text.size()] = '"';
    out_.written_until(at + text.size() + 1);
  }

  void write_array(const Type& type, const void* value) {
    const Type& item_type = type.element();
    const std::size_t size = type.access.size(value);
    out_.append('[');
    const std::size_t begin = out_.size();
    for (std::size_t i = 0; i < size; ++i) {
      if (i > 0) out_.append(',');
      write(item_type, type.access.item(value, i));
      if (i == 0 && size > 1) reserve_for_the_rest(out_.size() - begin, size);
    }
    out_.append(']');
  }

  // Items of a list have similar lengths; growing step by step would copy everything written so far.
  void reserve_for_the_rest(std::size_t item_bytes, std::size_t items) {
    constexpr std::size_t bytes_reserved_max = 64 * 1024;
    const std::size_t wanted = (item_bytes + item_bytes / 8) * std::min(items, bytes_reserved_max);
    out_.reserve(std::min(wanted, bytes_reserved_max));
  }

  // Each with its name; `before` precedes the first. Returns whether there was one.
  bool write_members(const Type& type, const void* value, char before) {
    const char first = before;
    for (const Member& member : type.members) {
      if (member.password && passwords_ == Passwords::left_out) continue;
      const Type* held = &member.type();
      const void* at = member.locate_in(value);
      if (held->kind == Kind::optional) {
        at = held->access.content(at);
        if (at == nullptr) continue;
        held = &held->element();
      }
      write_key(member.json_key, before);
      write(*held, at);
      before = ',';
    }
    return before != first;
  }

  void write_key(JsonKey key, char before) {
    constexpr std::size_t block = JsonKey::block_bytes;
    if (key.size + block > JsonOutput::piece_bytes_max) [[unlikely]] {
      out_.append(before);
      return out_.append(std::string_view(key.text, key.size).substr(1));
    }
    char* const at = out_.room(key.size + block);
    for (std::size_t i = 0; i < key.size; i += block) std::memcpy(at + i, key.text + i, block);
    at[0] = before;
    out_.written_until(at + key.size);
  }

  void write_choice(const Type& type, const void* value) {
    const Alternative& alternative = type.alternatives[type.access.active(value)];
    if (type.tag_name.empty()) return write(alternative.type(), type.access.active_value(value));
    out_.append("{\"");
    out_.append(type.tag_name);
    out_.append("\":");
    write_quoted(alternative.tag);
    write_members(alternative.type(), type.access.active_value(value), ',');
    out_.append('}');
  }

  JsonOutput out_;
  Passwords passwords_;
};

}  // namespace

void write_json(const Type& type, const void* value, std::string& out) {
  Writer(out, Passwords::left_out).write_all(type, value);
}

void write_json_string(std::string_view text, std::string& out) {
  JsonOutput json(out);
  detail::append_quoted(text, json);
  json.finish();
}

void detail::append_json(const Type& type, const void* value, std::string& out) {
  Writer(out, Passwords::as_placeholder).write_all(type, value);
}

}  // namespace ashlar::schema
