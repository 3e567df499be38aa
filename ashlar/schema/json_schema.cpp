// SPDX-License-Identifier: Apache-2.0
#include "ashlar/schema/json_schema.hpp"

#include "ashlar/schema/constraints.hpp"
#include "ashlar/schema/json.hpp"

#include <algorithm>
#include <limits>

namespace ashlar::schema {
namespace {

using Use = JsonSchemas::Use;

void append_member(std::string_view name, std::string& out) {
  if (out.back() != '{') out += ',';
  write_json_string(name, out);
  out += ':';
}
void append_member(std::string_view name, std::string_view json, std::string& out) {
  append_member(name, out);
  out += json;
}
void append_text_member(std::string_view name, std::string_view text, std::string& out) {
  append_member(name, out);
  write_json_string(text, out);
}

void append_bounds(const Bounds& bounds, std::string_view min_name, std::string_view max_name, std::string& out) {
  if (bounds.min) append_member(min_name, std::to_string(*bounds.min), out);
  if (bounds.max) append_member(max_name, std::to_string(*bounds.max), out);
}

const Type& without_holder(const Type& type) {
  return type.kind == Kind::optional || type.kind == Kind::nullable ? without_holder(type.element()) : type;
}

std::string_view type_name(Kind kind) {
  switch (kind) {
    case Kind::boolean:
      return "boolean";
    case Kind::integer:
      return "integer";
    case Kind::number:
      return "number";
    case Kind::string:
      return "string";
    case Kind::array:
      return "array";
    default:
      return "object";
  }
}

std::string_view format_name(Format format) {
  switch (format) {
    case Format::email:
      return "email";
    case Format::uri:
      return "uri";
    case Format::uuid:
      return "uuid";
    case Format::date_time:
      return "date-time";
    case Format::password:
      return "password";
    case Format::file:
      return "binary";
    default:
      return {};
  }
}

void append_integer_rules(const Type& type, std::string& out) {
  using Wide = std::numeric_limits<std::int64_t>;
  using Narrow = std::numeric_limits<std::int32_t>;
  const std::int64_t min = type.bounds.min.value_or(Wide::min()), max = type.bounds.max.value_or(Wide::max());
  if (min < Narrow::min() || max > Narrow::max()) append_text_member("format", "int64", out);
  if (min > Wide::min()) append_member("minimum", std::to_string(min), out);
  if (max < Wide::max()) append_member("maximum", std::to_string(max), out);
}

std::string enumerators_of(const Type& type) {
  std::string names = "[";
  for (const std::string_view enumerator : type.enumerators) {
    if (names.back() != '[') names += ',';
    write_json_string(enumerator, names);
  }
  return names;
}

// JSON Schema counts characters, so the description states the limit in bytes.
std::string description_of_file(const Type& type) {
  std::string out = "A file of at most " + std::to_string(type.bounds.max.value_or(0)) + " bytes";
  for (const std::string_view media_type : type.media_types)
    out.append(media_type == type.media_types.front() ? ": " : ", ").append(media_type);
  return out + '.';
}

void append_string_rules(const Type& type, Use use, std::string& out) {
  if (const auto format = format_name(type.format); !format.empty()) append_text_member("format", format, out);
  if (type.format == Format::file) return append_text_member("description", description_of_file(type), out);
  if (!type.pattern.empty()) append_text_member("pattern", type.pattern, out);
  if (type.format == Format::money) {
    if (use == Use::output) return;
    const auto append_amount = [&](std::string_view name, std::optional<std::int64_t> amount) {
      if (!amount) return;
      append_member(name, out);
      detail::append_money(*amount, out);
    };
    append_amount("minimum", type.bounds.min);  // of the number; the text's digits are bounded by its pattern
    append_amount("maximum", type.bounds.max);
    append_member("multipleOf", "0.01", out);
    return;
  }
  Bounds length = type.bounds;
  if (length.min == 0) length.min.reset();
  append_bounds(length, "minLength", "maxLength", out);
  if (type.format == Format::password) append_member("writeOnly", "true", out);
}

}  // namespace

void JsonSchemas::append(const Type& type, Use use, std::string& out) {
  const bool nullable =
      type.kind == Kind::nullable || (type.kind == Kind::optional && type.element().kind == Kind::nullable);
  append_value(without_holder(type), use, nullable ? Null::allowed : Null::refused, out);
}

void JsonSchemas::append_value(const Type& type, Use use, Null null, std::string& out) {
  if (type.kind == Kind::choice) return append_choice(type, use, null, out);
  const bool has_schema = type.kind == Kind::object || !type.enumerators.empty();
  if (has_schema && !type.name.empty()) {
    return append_reference(name_of(type, use, nullptr, {}), null, type.default_json, out);
  }
  out += R"({"type":)";
  std::string names = '"' + std::string(type_name(type.kind)) + '"';
  if (type.format == Format::money && use == Use::input) names += R"(,"number")";
  if (null == Null::allowed) names += R"(,"null")";
  out += names.contains(',') ? '[' + names + ']' : names;
  if (!type.description.empty()) append_text_member("description", type.description, out);
  switch (type.kind) {
    case Kind::integer:
      append_integer_rules(type, out);
      break;
    case Kind::number:
      append_text_member("format", "double", out);
      break;
    case Kind::string:
      if (!type.enumerators.empty()) {  // one without a name of its own
        append_member("enum", enumerators_of(type) + (null == Null::allowed ? ",null]" : "]"), out);
      }
      append_string_rules(type, use, out);
      break;
    case Kind::array:
      append_member("items", out);
      append(type.element(), use, out);
      append_bounds(type.bounds, "minItems", "maxItems", out);
      break;
    default:
      break;
  }
  if (!type.default_json.empty()) append_member("default", type.default_json, out);
  out += '}';
}

void JsonSchemas::append_reference(const std::string& name, Null null, std::string_view default_json,
                                   std::string& out) const {
  out += null == Null::allowed ? R"({"anyOf":[{)" : "{";
  append_text_member("$ref", prefix_ + name, out);
  if (null == Null::allowed) out += R"(},{"type":"null"}])";
  if (!default_json.empty()) append_member("default", default_json, out);
  out += '}';
}

void JsonSchemas::append_choice(const Type& type, Use use, Null null, std::string& out) {
  if (null == Null::allowed) out += R"({"anyOf":[)";
  out += R"({"oneOf":[)";
  std::string mapping = "{";
  const bool tagged = !type.tag_name.empty();
  for (const Alternative& alternative : type.alternatives) {
    const std::string& name = name_of(alternative.type(), use, tagged ? &alternative : nullptr, type.tag_name);
    if (out.back() != '[') out += ',';
    append_reference(name, Null::refused, {}, out);
    if (tagged) append_text_member(alternative.tag, prefix_ + name, mapping);
  }
  out += ']';
  if (tagged) {
    out += R"(,"discriminator":{)";
    append_text_member("propertyName", type.tag_name, out);
    append_member("mapping", mapping + '}', out);
    out += '}';
  }
  out += '}';
  if (null == Null::allowed) out += R"(,{"type":"null"}]})";
}

// An alternative of a union has the tag as its first member.
void JsonSchemas::append_object(const Type& type, Use use, const Alternative* alternative, std::string_view tag_name,
                                std::string& out) {
  std::string properties = "{", required;
  const auto require = [&](std::string_view name) {
    if (!required.empty()) required += ',';
    write_json_string(name, required);
  };
  if (alternative != nullptr) {
    append_member(tag_name, properties);
    properties += R"({"type":"string")";
    append_text_member("const", alternative->tag, properties);
    properties += '}';
    require(tag_name);
  }
  for (const Member& member : type.members) {
    const Type& member_type = member.type();
    const bool is_password = without_holder(member_type).format == Format::password;
    if (use == Use::output && is_password) continue;
    append_member(member.json_name, properties);
    append(member_type, use, properties);
    if (use == Use::input ? member.required : member_type.kind != Kind::optional) require(member.json_name);
  }
  out += R"({"type":"object")";
  if (!type.description.empty()) append_text_member("description", type.description, out);
  append_member("properties", properties + '}', out);
  if (!required.empty()) append_member("required", '[' + required + ']', out);
  if (use == Use::input && type.unknown_members == UnknownMembers::refused)
    append_member("additionalProperties", "false", out);
  out += '}';
}

const std::string& JsonSchemas::name_of(const Type& type, Use use, const Alternative* alternative,
                                        std::string_view tag_name) {
  const bool enumeration = !type.enumerators.empty();
  const void* table = &type;
  if (alternative != nullptr) {
    table = alternative;
  } else if (enumeration) {
    table = type.enumerators.data();
  } else if (!type.members.empty()) {
    table = type.members.data();
  }
  const Key key{table, enumeration ? Use::output : use};  // an enumeration is the same in both directions
  if (const auto found = names_.find(key); found != names_.end()) return found->second;

  const std::string& name = names_.emplace(key, free_name(type, key)).first->second;
  definitions_.emplace(name, "");  // reserved from now on: a struct can contain its own type
  std::string definition;
  if (enumeration) {
    definition = R"({"type":"string")";
    if (!type.description.empty()) append_text_member("description", type.description, definition);
    append_member("enum", enumerators_of(type) + ']', definition);
    definition += '}';
  } else {
    append_object(type, use, alternative, tag_name, definition);
  }
  definitions_[name] = std::move(definition);
  return name;
}

std::string JsonSchemas::free_name(const Type& type, Key key) const {
  std::string name(type.name.empty() ? "Value" : type.name);
  const Key other{key.table, key.use == Use::input ? Use::output : Use::input};
  if (names_.contains(other)) name += key.use == Use::input ? "Input" : "Output";
  if (!definitions_.contains(name)) return name;
  for (int number = 2;; ++number) {
    std::string numbered = name + std::to_string(number);
    if (!definitions_.contains(numbered)) return numbered;
  }
}

}  // namespace ashlar::schema
