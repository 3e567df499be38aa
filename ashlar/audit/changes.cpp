// SPDX-License-Identifier: Apache-2.0
#include "ashlar/audit/changes.hpp"

#include "ashlar/audit/merkle.hpp"
#include "ashlar/core/encoding.hpp"
#include "ashlar/schema/json.hpp"

#include <algorithm>
#include <span>

namespace ashlar::audit {
namespace {

using schema::Kind;
using schema::Member;
using schema::Type;

constexpr std::string_view redacted = R"("[redacted]")";

void append_object(const Type& type, const void* value, std::string& out) {
  std::vector<const Member*> members;
  for (const Member& member : type.members) {
    const Type& held = member.type();
    const bool absent = held.kind == Kind::optional && held.access.content(member.locate_in(value)) == nullptr;
    if (!member.password && !absent) members.push_back(&member);
  }
  std::ranges::sort(members, {}, [](const Member* member) { return member->json_name; });
  out += '{';
  for (const Member* member : members) {
    if (out.back() != '{') out += ',';
    schema::write_json_string(member->json_name, out);
    out += ':';
    append_canonical_json(member->type(), member->locate_in(value), out);
  }
  out += '}';
}

std::string shortened(std::string json) {
  if (json.size() <= value_bytes_max) return json;
  const Hash hash = sha256(json);
  return R"({"bytes":)" + std::to_string(json.size()) + R"(,"sha256":")" + to_hex(std::as_bytes(std::span(hash))) +
         R"("})";
}

std::string value_of(const Member& member, const void* row) {
  if (row == nullptr) return "null";
  std::string out;
  append_canonical_json(member.type(), member.locate_in(row), out);
  return out;
}

void append_field(std::string_view name, std::string_view before, std::string_view after, std::string& out) {
  if (out.back() != '{') out += ',';
  schema::write_json_string(name, out);
  out.append(R"(:{"after":)").append(after).append(R"(,"before":)").append(before).append("}");
}

}  // namespace

void append_canonical_json(const Type& type, const void* value, std::string& out) {
  switch (type.kind) {
    case Kind::object:
      return append_object(type, value, out);
    case Kind::array: {
      out += '[';
      const std::size_t size = type.access.size(value);
      for (std::size_t i = 0; i < size; ++i) {
        if (i > 0) out += ',';
        append_canonical_json(type.element(), type.access.item(value, i), out);
      }
      out += ']';
      return;
    }
    case Kind::optional:
    case Kind::nullable: {
      const void* const content = type.access.content(value);
      if (content == nullptr) {
        out += "null";
        return;
      }
      return append_canonical_json(type.element(), content, out);
    }
    case Kind::number:
    case Kind::choice: {
      std::string json;
      schema::write_json(type, value, json);
      return schema::write_json_string(json, out);
    }
    default:
      return schema::write_json(type, value, out);
  }
}

Changes changes_between(const RowRules& rules, const void* before, const void* after) {
  Changes out{.plain = "{", .personal = "{"};
  for (const auto& [member, treatment] : rules.members()) {
    if (treatment == Treatment::secret && member->password) {  // a Secret<>: nothing reads it
      append_field(member->json_name, redacted, redacted, out.plain);
      continue;
    }
    std::string old_value = value_of(*member, before);
    std::string new_value = value_of(*member, after);
    if (old_value == new_value) continue;
    if (treatment == Treatment::secret) {
      append_field(member->json_name, before != nullptr ? redacted : "null", after != nullptr ? redacted : "null",
                   out.plain);
      continue;
    }
    append_field(member->json_name, shortened(std::move(old_value)), shortened(std::move(new_value)),
                 treatment == Treatment::personal ? out.personal : out.plain);
  }
  out.plain += '}';
  out.personal += '}';
  return out;
}

ChangedFields& ChangedFields::add(std::string_view field, std::string before_json, std::string after_json) {
  fields_.push_back({.name = std::string(field),
                     .before = shortened(std::move(before_json)),
                     .after = shortened(std::move(after_json))});
  return *this;
}

ChangedFields& ChangedFields::add_after(std::string_view field, std::string_view text) {
  std::string json;
  schema::write_json_string(text, json);
  return add(field, "null", std::move(json));
}

std::string ChangedFields::to_json() const {
  auto sorted = fields_;
  std::ranges::sort(sorted, {}, &Field::name);
  std::string out = "{";
  for (const auto& [name, before, after] : sorted) append_field(name, before, after, out);
  return out + '}';
}

std::string text_of(const Member& member, const void* row) {
  std::string json;
  append_canonical_json(member.type(), member.locate_in(row), json);
  if (json == "null") return {};
  if (!json.starts_with('"')) return json;
  if (!json.contains('\\')) return json.substr(1, json.size() - 2);
  std::string text;
  (void)schema::read_json(json, schema::type_of<std::string>(), &text);
  return text;
}

std::optional<Uuid> id_of(const Member& member, const void* row) { return Uuid::parse(text_of(member, row)); }

}  // namespace ashlar::audit
