// SPDX-License-Identifier: Apache-2.0
#include "ashlar/graphql/detail/field_collector.hpp"

#include <algorithm>

namespace ashlar::graphql::detail {

FieldCollector::FieldCollector(const Document& document, const TypeSystem& types, const Variables& variables)
    : types_(types), variables_(variables) {
  for (const FragmentDefinition& fragment : document.fragments) fragments_.emplace(fragment.name, &fragment);
}

const FieldGroups& FieldCollector::root(const OperationDefinition& operation, const NamedType& object) {
  const auto [at, is_new] = collected_.try_emplace({&operation, &object});
  std::set<const FragmentDefinition*> visited;
  if (is_new) collect(operation.selections, object, visited, at->second);
  return at->second;
}

const FieldGroups& FieldCollector::below(const std::vector<const Selection*>& fields, const NamedType& object) {
  const auto [at, is_new] = collected_.try_emplace({&fields, &object});
  if (!is_new) return at->second;
  std::set<const FragmentDefinition*> visited;
  for (const Selection* field : fields) collect(field->selections, object, visited, at->second);
  return at->second;
}

void FieldCollector::collect(const std::vector<Selection>& selections, const NamedType& object,
                             std::set<const FragmentDefinition*>& visited, FieldGroups& out) const {
  const auto applies = [&](const std::string& condition) {
    return condition.empty() || types_.find(condition)->may_be(object);
  };
  for (const Selection& selection : selections) {
    if (!is_included(selection)) continue;
    if (selection.kind == Selection::Kind::field) {
      auto group = std::ranges::find(out, selection.response_name(), &FieldGroup::response_name);
      if (group == out.end())
        group = out.insert(group, FieldGroup{.response_name = selection.response_name(), .fields = {}});
      group->fields.push_back(&selection);
    } else if (selection.kind == Selection::Kind::inline_fragment) {
      if (applies(selection.type_condition)) collect(selection.selections, object, visited, out);
    } else {
      const FragmentDefinition* fragment = fragments_.at(selection.name);
      if (visited.insert(fragment).second && applies(fragment->type_condition))
        collect(fragment->selections, object, visited, out);
    }
  }
}

bool FieldCollector::is_included(const Selection& selection) const {
  for (const Directive& directive : selection.directives) {
    const bool skips = directive.name == "skip";
    if (!skips && directive.name != "include") continue;
    const Value& condition = directive.arguments.front().value;
    std::string_view given = condition.text;
    if (condition.kind == Value::Kind::variable) {
      const auto found = variables_.find(condition.text);
      given = found == variables_.end() ? "" : std::string_view(found->second);
    }
    if ((given == "true") == skips) return false;
  }
  return true;
}

}  // namespace ashlar::graphql::detail
