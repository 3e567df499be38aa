// SPDX-License-Identifier: Apache-2.0
#include "ashlar/schema/constraints.hpp"
#include "ashlar/schema/detail/json_text.hpp"
#include "ashlar/schema/json.hpp"
#include "ashlar/schema/json_schema.hpp"

#include <algorithm>
#include <limits>

namespace ashlar::schema {
namespace {

// Beyond this depth an example omits what it can, since types may be recursive.
constexpr int depth_full = 4;

void append(const Type& type, int depth, std::string& out);

std::int64_t within(const Bounds& bounds, std::int64_t wanted) {
  using Limits = std::numeric_limits<std::int64_t>;
  return std::clamp(wanted, bounds.min.value_or(Limits::min()), bounds.max.value_or(Limits::max()));
}

void append_string(const Type& type, std::string& out) {
  if (!type.enumerators.empty()) return write_json_string(type.enumerators[0], out);
  switch (type.format) {
    case Format::email:
      out += R"("ada@example.com")";
      return;
    case Format::uri:
      out += R"("https://example.com/")";
      return;
    case Format::uuid:
      out += R"("0193508e-7b2c-7000-8000-000000000001")";
      return;
    case Format::date_time:
      out += R"("2026-11-21T08:30:00.000Z")";
      return;
    case Format::password:
      out += detail::password_placeholder(type.bounds);
      return;
    case Format::enumeration:
      return write_json_string(type.enumerators.empty() ? "" : type.enumerators[0], out);
    case Format::money:
      out += '"';
      detail::append_money(within(type.bounds, 1250), out);
      out += '"';
      return;
    case Format::file:
      out += R"("bytes of a file")";
      return;
    case Format::none:
      break;
  }
  std::string text = "example";
  text.resize(static_cast<std::size_t>(within(type.bounds, static_cast<std::int64_t>(text.size()))), 'x');
  write_json_string(text, out);
}

void append_array(const Type& type, int depth, std::string& out) {
  const std::int64_t size = within(type.bounds, depth < depth_full ? 1 : 0);
  out += '[';
  for (std::int64_t i = 0; i < size; ++i) {
    if (i > 0) out += ',';
    append(type.element(), depth + 1, out);
  }
  out += ']';
}

void append_object(const Type& type, int depth, std::string& out) {
  out += '{';
  for (const Member& member : type.members) {
    const Type& member_type = member.type();
    if (depth >= depth_full && !member.required) continue;
    if (out.back() != '{') out += ',';
    write_json_string(member.json_name, out);
    out += ':';
    append(member_type, depth + 1, out);
  }
  out += '}';
}

// The first alternative's example, starting with the tag if the union has one.
void append_choice(const Type& type, int depth, std::string& out) {
  const Alternative& first = type.alternatives.front();
  if (type.tag_name.empty()) return append(first.type(), depth, out);
  out += '{';
  write_json_string(type.tag_name, out);
  out += ':';
  write_json_string(first.tag, out);
  std::string object;
  append(first.type(), depth, object);
  if (object != "{}") out += ',';
  out.append(object, 1);
}

void append(const Type& type, int depth, std::string& out) {
  if (type.append_example != nullptr) return type.append_example(out);
  if (!type.default_json.empty()) {
    out += type.default_json;
    return;
  }
  switch (type.kind) {
    case Kind::boolean:
      out += "true";
      return;
    case Kind::integer:
      out += std::to_string(within(type.bounds, 1));
      return;
    case Kind::number:
      out += "1.5";
      return;
    case Kind::string:
      return append_string(type, out);
    case Kind::array:
      return append_array(type, depth, out);
    case Kind::optional:
      return append(type.element(), depth, out);
    case Kind::nullable:
      if (depth < depth_full) return append(type.element(), depth, out);
      out += "null";
      return;
    case Kind::object:
      return append_object(type, depth, out);
    case Kind::choice:
      return append_choice(type, depth, out);
  }
}

}  // namespace

std::string detail::password_placeholder(const Bounds& bounds) {
  std::string text = "a long passphrase";
  text.resize(static_cast<std::size_t>(within(bounds, static_cast<std::int64_t>(text.size()))), 'x');
  return '"' + text + '"';
}

void append_example(const Type& type, std::string& out) { append(type, 0, out); }

}  // namespace ashlar::schema
