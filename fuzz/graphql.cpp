// SPDX-License-Identifier: Apache-2.0
// Documents of GraphQL. Whatever the bytes are, the parser ends with a document or one error with a place inside the
// text; a document keeps its limits, and its own text, written again, has the same structure.
#include "ashlar/graphql/document.hpp"
#include "ashlar/schema/json.hpp"
#include "fuzz/fuzz.hpp"

#include <algorithm>

namespace ashlar::graphql {
namespace {

constexpr DocumentLimits limits{.bytes_max = 4'000,
                                .tokens_max = 500,
                                .nesting_max = 12,
                                .selections_max = 50,
                                .aliases_max = 10,
                                .directives_max = 10};

void write(const Value& value, std::string& out) {
  using Kind = Value::Kind;
  switch (value.kind) {
    case Kind::variable:
      out += "$" + value.text;
      return;
    case Kind::string:
      return schema::write_json_string(value.text, out);
    case Kind::list:
      out += "[";
      for (const Value& item : value.items) write(item, out += " ");
      out += "]";
      return;
    case Kind::object:
      out += "{";
      for (std::size_t i = 0; i < value.items.size(); ++i) write(value.items[i], out += " " + value.keys[i].name + ":");
      out += "}";
      return;
    default:
      out += value.text;
  }
}

void write(const std::vector<Argument>& arguments, std::string& out) {
  if (arguments.empty()) return;
  out += "(";
  for (const Argument& argument : arguments) write(argument.value, out += " " + argument.name + ":");
  out += ")";
}

void write(const std::vector<Directive>& directives, std::string& out) {
  for (const Directive& directive : directives) write(directive.arguments, out += " @" + directive.name);
}

std::size_t write(const std::vector<Selection>& selections, std::string& out) {
  std::size_t count = selections.size();
  if (selections.empty()) return count;
  out += "{";
  for (const Selection& selection : selections) {
    out += " ";
    if (selection.kind != Selection::Kind::field) out += "...";
    if (!selection.alias.empty()) out += selection.alias + ":";
    if (!selection.type_condition.empty()) out += "on " + selection.type_condition;
    out += selection.name;
    write(selection.arguments, out);
    write(selection.directives, out);
    count += write(selection.selections, out);
  }
  out += "}";
  return count;
}

void write(const VariableDefinition& variable, std::string& out) {
  const std::string& wrappers = variable.type.wrappers;
  std::string type = variable.type.name;
  for (auto wrapper = wrappers.rbegin(); wrapper != wrappers.rend(); ++wrapper)
    type = *wrapper == '!' ? type + "!" : "[" + type + "]";
  out += " $" + variable.name + ":" + type;
  if (variable.default_value) write(*variable.default_value, out += "=");
  write(variable.directives, out);
}

std::string write(const Document& document) {
  std::string out;
  std::size_t selections = 0;
  for (const OperationDefinition& operation : document.operations) {
    out += operation.kind == OperationKind::query ? "query" : "";
    out += operation.kind == OperationKind::mutation ? "mutation" : "";
    out += operation.kind == OperationKind::subscription ? "subscription" : "";
    out += " " + operation.name;
    if (!operation.variables.empty()) out += "(";
    for (const VariableDefinition& variable : operation.variables) write(variable, out);
    if (!operation.variables.empty()) out += ")";
    write(operation.directives, out);
    selections += write(operation.selections, out);
  }
  for (const FragmentDefinition& fragment : document.fragments) {
    out += " fragment " + fragment.name + " on " + fragment.type_condition;
    write(fragment.directives, out);
    selections += write(fragment.selections, out);
  }
  if (selections > limits.selections_max) fuzz::broken("a document keeps its limits");
  return out;
}

}  // namespace
}  // namespace ashlar::graphql

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ashlar;
  const std::string_view source = fuzz::text(data, size);
  const auto document = graphql::parse(source, graphql::limits);
  if (!document) {
    if (document.error().locations.size() != 1) fuzz::broken("an error has a place");
    const graphql::Location at = document.error().locations[0];
    const auto lines =
        static_cast<std::size_t>(std::ranges::count_if(source, [](char c) { return c == '\n' || c == '\r'; }));
    if (at.line == 0 || at.column == 0 || at.line > lines + 1 || at.column > size + 1)
      fuzz::broken("the place is inside the text");
    return 0;
  }
  const std::string once = graphql::write(*document);
  const auto again = graphql::parse(once, {.bytes_max = 100'000, .tokens_max = 2'000});
  if (!again) fuzz::broken("a written document is a document: " + once);
  fuzz::require_same(once, graphql::write(*again), "a document comes back the same");
  return 0;
}
