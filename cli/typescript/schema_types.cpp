// SPDX-License-Identifier: Apache-2.0
#include "cli/typescript/schema_types.hpp"

#include "ashlar/core/ascii.hpp"
#include "cli/typescript/client_source.hpp"

#include <algorithm>
#include <set>
#include <vector>

namespace ashlar::cli {

namespace dom = simdjson::dom;

namespace {

bool is_identifier(std::string_view name) {
  const auto is_part = [](char c) { return is_alphanumeric(c) || c == '_' || c == '$'; };
  return !name.empty() && !is_digit(name.front()) && std::ranges::all_of(name, is_part);
}

// "http.Problem" is HttpProblem.
std::string component_name(std::string_view component) {
  std::string out;
  bool upper = true;
  for (const char c : component) {
    if (!is_alphanumeric(c)) {
      upper = true;
      continue;
    }
    out += upper && is_lower(c) ? static_cast<char>(c - ('a' - 'A')) : c;
    upper = false;
  }
  if (!is_identifier(out)) throw UnsupportedDescription("a component is called " + std::string(component));
  return out;
}

// Whether there is a | or & outside of braces, brackets and texts.
bool is_compound(std::string_view type) {
  int depth = 0;
  bool in_text = false;
  for (std::size_t i = 0; i < type.size(); ++i) {
    const char c = type[i];
    if (in_text && c == '\\')
      ++i;
    else if (c == '"')
      in_text = !in_text;
    else if (in_text)
      continue;
    else if (c == '{' || c == '<' || c == '(')
      ++depth;
    else if (c == '}' || c == '>' || c == ')')
      --depth;
    else if (depth == 0 && (c == '|' || c == '&'))
      return true;
  }
  return false;
}

std::string grouped(const std::string& type) { return is_compound(type) ? "(" + type + ")" : type; }

std::string joined(const std::vector<std::string>& types, std::string_view between) {
  if (types.size() == 1) return types.front();
  std::string out;
  for (const std::string& each : types) out.append(out.empty() ? "" : between).append(grouped(each));
  return out;
}

std::string joined_types(dom::element schemas, std::string_view between, std::string_view prefix) {
  std::vector<std::string> out;
  for (const dom::element each : dom::array(schemas)) out.push_back(typescript_type(each, prefix));
  return joined(out, between);
}

std::string members(dom::element schema, std::string_view prefix, std::string_view indentation) {
  std::set<std::string_view> required;
  if (const auto names = member(schema, "required"))
    for (const dom::element name : dom::array(*names)) required.insert(std::string_view(name));
  std::string out;
  const auto properties = member(schema, "properties");
  if (!properties) return out;
  for (const auto& [name, value] : dom::object(*properties)) {
    const auto description = member(value, "description");
    if (description && !indentation.empty()) out += typescript_comment(std::string_view(*description), indentation);
    out.append(indentation).append(typescript_member(name)).append(required.contains(name) ? ": " : "?: ");
    out.append(typescript_type(value, prefix)).append(indentation.empty() ? "; " : ";\n");
  }
  return out;
}

std::string object_type(dom::element schema, std::string_view prefix) {
  const std::string of = members(schema, prefix, "");
  if (!of.empty()) return "{ " + of.substr(0, of.size() - 2) + " }";
  const auto more = member(schema, "additionalProperties");
  if (more && more->is_bool() && !bool(*more)) return "Record<string, never>";
  return "Record<string, " + (more && more->is_object() ? typescript_type(*more, prefix) : "unknown") + ">";
}

std::string named_type(std::string_view name, dom::element schema, std::string_view prefix) {
  if (name == "string" || name == "boolean" || name == "null") return std::string(name);
  if (name == "integer" || name == "number") return "number";
  if (name == "object") return object_type(schema, prefix);
  if (name != "array") throw UnsupportedDescription("a schema has the type " + std::string(name));
  const auto items = member(schema, "items");
  const std::string item = items ? typescript_type(*items, prefix) : "unknown";
  return item.front() == '{' && !is_compound(item) ? "Array<" + item + ">" : grouped(item) + "[]";
}

// What the keyword `type` says; nothing without it.
std::vector<std::string> types_of(dom::element schema, std::string_view prefix) {
  std::vector<std::string> out;
  const auto add = [&](std::string_view name) {
    std::string type = named_type(name, schema, prefix);
    if (std::ranges::find(out, type) == out.end()) out.push_back(std::move(type));
  };
  const auto type = member(schema, "type");
  if (!type) {
    if (member(schema, "properties")) add("object");
  } else if (type->is_array()) {
    for (const dom::element name : dom::array(*type)) add(std::string_view(name));
  } else {
    add(std::string_view(*type));
  }
  return out;
}

std::string literals(dom::element values) {
  std::string out;
  for (const dom::element value : dom::array(values))
    out.append(out.empty() ? "" : " | ").append(simdjson::minify(value));
  return out;
}

}  // namespace

std::optional<dom::element> member(dom::element of, std::string_view name) {
  dom::element out;
  if (of.at_key(name).get(out) != simdjson::SUCCESS) return std::nullopt;
  return out;
}

std::string typescript_member(std::string_view name) {
  return is_identifier(name) ? std::string(name) : typescript_text(name);
}

std::string typescript_text(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < ' ') throw UnsupportedDescription("a name has a control character");
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

std::string typescript_comment(std::string_view text, std::string_view indentation) {
  if (text.empty()) return {};
  std::string out(indentation);
  out += "/** ";
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n') out.append("\n").append(indentation).append(" *  ");
    // */ would end the comment.
    else if (text[i] == '/' && i > 0 && text[i - 1] == '*')
      out += "\\/";
    else
      out += text[i];
  }
  return out + " */\n";
}

std::string typescript_type(dom::element schema, std::string_view prefix) {
  if (schema.is_bool()) return bool(schema) ? "unknown" : "never";
  if (const auto reference = member(schema, "$ref")) {
    constexpr std::string_view components = "#/components/schemas/";
    const std::string_view to(*reference);
    if (!to.starts_with(components)) throw UnsupportedDescription("a reference to " + std::string(to));
    return std::string(prefix) + component_name(to.substr(components.size()));
  }
  if (const auto value = member(schema, "const")) return simdjson::minify(*value);
  if (const auto values = member(schema, "enum")) return literals(*values);
  for (const char* name : {"patternProperties", "prefixItems", "not", "if", "dependentSchemas", "$dynamicRef"})
    if (member(schema, name)) throw UnsupportedDescription("a schema with " + std::string(name));
  std::vector<std::string> all;
  if (const auto types = types_of(schema, prefix); !types.empty()) all.push_back(joined(types, " | "));
  if (const auto of = member(schema, "oneOf")) all.push_back(joined_types(*of, " | ", prefix));
  if (const auto of = member(schema, "anyOf")) all.push_back(joined_types(*of, " | ", prefix));
  if (const auto of = member(schema, "allOf")) all.push_back(joined_types(*of, " & ", prefix));
  return all.empty() ? "unknown" : joined(all, " & ");
}

std::string typescript_declarations(dom::object schemas) {
  std::string out, index;
  std::set<std::string> names;
  for (const auto& [component, schema] : schemas) {
    const std::string name = component_name(component);
    if (!names.insert(name).second) throw UnsupportedDescription("two components are called " + name);
    index.append("  ").append(typescript_member(component)).append(": ").append(name).append(";\n");
    const auto description = member(schema, "description");
    out.append("\n").append(description ? typescript_comment(std::string_view(*description), "") : "");
    const std::string of = members(schema, "", "  ");
    const bool is_plain = !member(schema, "oneOf") && !member(schema, "anyOf") && !member(schema, "allOf");
    if (!of.empty() && is_plain)
      out.append("export interface ").append(name).append(" {\n").append(of).append("}\n");
    else
      out.append("export type ").append(name).append(" = ").append(typescript_type(schema, "")).append(";\n");
  }
  return out + "\n/** Each by its name in the OpenAPI document. */\nexport interface Components {\n" + index + "}\n";
}

}  // namespace ashlar::cli
