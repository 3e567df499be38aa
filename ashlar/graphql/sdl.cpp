// SPDX-License-Identifier: Apache-2.0
#include "ashlar/graphql/type_system.hpp"
#include "ashlar/schema/json.hpp"

#include <algorithm>
#include <array>

// The type system definition language (specification, section 3).
namespace ashlar::graphql {

namespace {

constexpr std::array<std::string_view, 5> built_in{"Int", "Float", "String", "Boolean", "ID"};

void append_description(std::string_view description, std::string_view indent, std::string& out) {
  if (description.empty()) return;
  out += indent;
  schema::write_json_string(description, out);  // the same escapes
  out += '\n';
}

void append_inputs(const std::vector<InputValue>& inputs, std::string_view indent, std::string& out) {
  for (const InputValue& each : inputs) {
    append_description(each.description, indent, out);
    out.append(indent).append(each.name).append(": ").append(each.type.text());
    if (!each.default_value.empty()) out.append(" = ").append(each.default_value);
    out += '\n';
  }
}

void append_fields(const NamedType& type, std::string& out) {
  out += " {\n";
  for (const FieldDefinition& field : type.fields) {
    append_description(field.description, "  ", out);
    out.append("  ").append(field.name);
    if (!field.arguments.empty()) {
      out += "(\n";
      append_inputs(field.arguments, "    ", out);
      out += "  )";
    }
    out.append(": ").append(field.type.text()).append("\n");
  }
  out += "}\n";
}

void append_names(std::string_view before, std::string_view between, const std::vector<const NamedType*>& types,
                  std::string& out) {
  for (const NamedType* type : types) out.append(type == types.front() ? before : between).append(type->name);
}

void append_type(const NamedType& type, std::string& out) {
  append_description(type.description, "", out);
  switch (type.kind) {
    case TypeKind::scalar:
      out += "scalar " + type.name;
      if (!type.specified_by.empty()) {
        out += " @specifiedBy(url: ";
        schema::write_json_string(type.specified_by, out);
        out += ")";
      }
      out += '\n';
      return;
    case TypeKind::object:
      out += "type " + type.name;
      append_names(" implements ", " & ", type.interfaces, out);
      return append_fields(type, out);
    case TypeKind::interface:
      out += "interface " + type.name;
      return append_fields(type, out);
    case TypeKind::union_:
      out += "union " + type.name;
      append_names(" = ", " | ", type.possible, out);
      out += '\n';
      return;
    case TypeKind::enumeration:
      out += "enum " + type.name + " {\n";
      for (const std::string& value : type.values) out += "  " + value + '\n';
      out += "}\n";
      return;
    case TypeKind::input:
      out += "input " + type.name + (type.one_of == NamedType::OneOf::yes ? " @oneOf {\n" : " {\n");
      append_inputs(type.inputs, "  ", out);
      out += "}\n";
      return;
  }
}

}  // namespace

std::string TypeSystem::sdl() const {
  std::string out;
  for (const auto& [name, type] : types_) {
    if (name.starts_with("__") || std::ranges::find(built_in, name) != built_in.end()) continue;
    if (!out.empty()) out += '\n';
    append_type(*type, out);
  }
  return out;
}

}  // namespace ashlar::graphql
