// SPDX-License-Identifier: Apache-2.0
#include "ashlar/web/detail/body_bound.hpp"

#include <algorithm>
#include <cstdint>

namespace ashlar::web::detail {

namespace {

using schema::Format;
using schema::Kind;
using Bytes = std::optional<std::size_t>;  // nullopt: unbounded

constexpr std::size_t code_point_bytes = 12;
constexpr std::size_t escaped_ascii_bytes = 6;  // of JSON's \u0041
constexpr std::size_t scalar_bytes = 64;        // true, -1.50, null
constexpr std::size_t identifier_characters = 64;
constexpr std::size_t email_characters = 320;  // RFC 5321 section 4.5.3.1
constexpr std::size_t structure_bytes = 64;    // quotation marks, commas, a line's indentation
constexpr std::size_t depth_max = 16;          // recursive types are unbounded from here on
constexpr std::size_t bound_max = std::size_t{1} << 30;

Bytes bounded(std::size_t bytes) { return bytes > bound_max ? std::nullopt : Bytes(bytes); }

Bytes plus(Bytes a, Bytes b) { return a && b ? bounded(*a + *b) : std::nullopt; }

Bytes times(Bytes bytes, std::int64_t count) {
  if (!bytes || count < 0 || static_cast<std::uint64_t>(count) > bound_max) return std::nullopt;
  return bounded(*bytes * static_cast<std::size_t>(count));
}

Bytes larger(Bytes a, Bytes b) { return a && b ? Bytes(std::max(*a, *b)) : std::nullopt; }

Bytes bytes_of_text(const schema::Type& type) {
  switch (type.format) {
    case Format::uuid:
    case Format::date_time:
    case Format::money:
      return identifier_characters * code_point_bytes;
    case Format::email:
      return email_characters * code_point_bytes;
    case Format::enumeration: {
      std::size_t longest = 0;
      for (const std::string_view one : type.enumerators) longest = std::max(longest, one.size());
      return longest * code_point_bytes;
    }
    case Format::file:
      return std::nullopt;
    case Format::none:
    case Format::uri:
    case Format::password:
      break;
  }
  return type.bounds.max ? times(code_point_bytes, *type.bounds.max) : std::nullopt;
}

Bytes bytes_of(const schema::Type& type, std::size_t name_bytes, std::size_t depth);

Bytes bytes_of_object(const schema::Type& type, std::size_t depth) {
  if (type.unknown_members == schema::UnknownMembers::ignored) return std::nullopt;
  Bytes sum = structure_bytes;
  for (const schema::Member& member : type.members)
    sum = plus(sum, bytes_of(member.type(), member.json_name.size() * escaped_ascii_bytes, depth));
  return sum;
}

// Including its name, which a form repeats for each item of an array.
Bytes bytes_of(const schema::Type& type, std::size_t name_bytes, std::size_t depth) {
  if (depth > depth_max) return std::nullopt;
  const Bytes around = name_bytes + structure_bytes;
  switch (type.kind) {
    case Kind::boolean:
    case Kind::integer:
    case Kind::number:
      return plus(around, scalar_bytes);
    case Kind::string:
      return plus(around, bytes_of_text(type));
    case Kind::optional:
    case Kind::nullable:
      return plus(scalar_bytes, bytes_of(type.element(), name_bytes, depth + 1));
    case Kind::array:
      if (!type.bounds.max) return std::nullopt;
      return plus(around, times(bytes_of(type.element(), name_bytes, depth + 1), *type.bounds.max));
    case Kind::object:
      if (type.access.set_text != nullptr) return std::nullopt;  // JsonObject: of any size
      return plus(around, bytes_of_object(type, depth + 1));
    case Kind::choice: {
      Bytes largest = std::size_t{0};
      for (const schema::Alternative& alternative : type.alternatives)
        largest =
            larger(largest, bytes_of(alternative.type(), alternative.tag.size() * escaped_ascii_bytes, depth + 1));
      return plus(plus(around, type.tag_name.size() * escaped_ascii_bytes), largest);
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::size_t> body_bytes_bound(const schema::Type& type) {
  return plus(body_slack_bytes, bytes_of(type, 0, 0));
}

}  // namespace ashlar::web::detail
