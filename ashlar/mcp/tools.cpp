// SPDX-License-Identifier: Apache-2.0
#include "ashlar/mcp/tools.hpp"

#include "ashlar/core/encoding.hpp"
#include "ashlar/schema/json.hpp"
#include "ashlar/schema/json_schema.hpp"

#include <algorithm>
#include <stdexcept>

namespace ashlar::mcp {

namespace {

using api::Endpoint;

constexpr std::string_view definitions_prefix = "#/$defs/";

// With the struct's members at the root, since many clients do not follow a reference there.
std::string input_schema(const schema::Type& type) {
  schema::JsonSchemas schemas{std::string(definitions_prefix)};
  std::string root;
  schemas.append(type, schema::JsonSchemas::Use::input, root);
  std::string own;
  const std::size_t at = root.find(definitions_prefix);
  if (root.starts_with(R"({"$ref":)") && at != root.npos) {
    const std::size_t begin = at + definitions_prefix.size();
    own = root.substr(begin, root.find('"', begin) - begin);
    root = schemas.definitions().at(own);
  }
  std::string definitions;
  const bool refers_to_itself = std::ranges::any_of(schemas.definitions(), [&](const auto& each) {
    return each.second.contains(std::string(definitions_prefix) + own + '"');
  });
  for (const auto& [name, json] : schemas.definitions()) {
    if (name == own && !refers_to_itself) continue;
    definitions += definitions.empty() ? "" : ",";
    schema::write_json_string(name, definitions);
    definitions += ":" + json;
  }
  if (definitions.empty()) return root;
  root.pop_back();
  return root + R"(,"$defs":{)" + definitions + "}}";
}

std::string description_of(const Endpoint& endpoint) {
  std::string out = endpoint.summary.empty() ? endpoint.name : endpoint.summary;
  if (!out.ends_with('.')) out += '.';
  if (endpoint.errors.empty()) return out;
  out += " Errors: ";
  for (std::size_t i = 0; i < endpoint.errors.size(); ++i)
    out += (i == 0 ? "" : ", ") + std::string(endpoint.errors[i].name);
  return out + ".";
}

std::string tool_json(std::string_view name, std::string_view description, std::string_view schema, bool reads) {
  std::string out = R"({"name":)";
  schema::write_json_string(name, out);
  out += R"(,"description":)";
  schema::write_json_string(description, out);
  out += R"(,"inputSchema":)" + std::string(schema) + R"(,"annotations":{"readOnlyHint":)" + (reads ? "true" : "false");
  return out + R"(,"openWorldHint":false}})";
}

Tool tool_of(const Endpoint& endpoint) {
  return {.name = endpoint.name,
          .summary = endpoint.summary,
          .json = tool_json(endpoint.name, description_of(endpoint), input_schema(endpoint.operation->input()),
                            endpoint.effect == Endpoint::Effect::reads)};
}

std::string fault_of(const Endpoint& endpoint) {
  if (!endpoint.operation->transport().empty()) return " is served by one transport alone";
  if (endpoint.operation->reply().streams()) return " streams its reply";
  for (const Tool& ours : catalogue_tools()) {
    if (ours.name == endpoint.name) return " has a name of the catalogue's";
  }
  return {};
}

bool has_every_word(const std::string& text, std::string_view query) {
  while (!query.empty()) {
    const std::size_t space = std::min(query.find(' '), query.size());
    if (!text.contains(query.substr(0, space))) return false;
    query.remove_prefix(std::min(space + 1, query.size()));
  }
  return true;
}

}  // namespace

Tools::Tools(const api::Api& api) {
  for (const api::PreparedEndpoint& each : api.endpoints()) {
    const Endpoint& endpoint = *each.endpoint;
    if (endpoint.tool == Endpoint::Tool::no) continue;
    if (const std::string fault = fault_of(endpoint); !fault.empty())
      throw std::logic_error("the tool " + endpoint.name + fault);
    tools_.push_back(tool_of(endpoint));
  }
  std::ranges::sort(tools_, {}, &Tool::name);
}

const Tool* Tools::find(std::string_view name) const {
  const auto found = std::ranges::lower_bound(tools_, name, {}, &Tool::name);
  return found != tools_.end() && found->name == name ? &*found : nullptr;
}

std::vector<const Tool*> Tools::search(std::string_view query, std::size_t at_most) const {
  std::vector<const Tool*> out;
  const std::string wanted = ascii_lower(query);
  for (const Tool& tool : tools_) {
    if (out.size() == at_most) break;
    if (has_every_word(ascii_lower(tool.name + " " + tool.summary), wanted)) out.push_back(&tool);
  }
  return out;
}

const std::vector<Tool>& catalogue_tools() {
  static const std::vector<Tool> tools = [] {
    const auto named = [](std::string_view name, std::string_view description, std::string_view schema, bool reads) {
      return Tool{.name = std::string(name),
                  .summary = std::string(description),
                  .json = tool_json(name, description, schema, reads)};
    };
    return std::vector<Tool>{
        named(
            search_operations, "Find operations by words of their name or summary. Without words: the first of all.",
            R"({"type":"object","properties":{"query":{"type":"string","maxLength":200}},"additionalProperties":false})",
            true),
        named(describe_operation, "The input and the errors of an operation.",
              R"({"type":"object","properties":{"name":{"type":"string"}},"required":["name"],)"
              R"("additionalProperties":false})",
              true),
        named(call_operation, "Call an operation with the input that describeOperation names.",
              R"({"type":"object","properties":{"name":{"type":"string"},"arguments":{"type":"object"}},)"
              R"("required":["name"],"additionalProperties":false})",
              false)};
  }();
  return tools;
}

}  // namespace ashlar::mcp
