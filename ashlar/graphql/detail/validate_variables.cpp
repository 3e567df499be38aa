// SPDX-License-Identifier: Apache-2.0
#include "ashlar/graphql/detail/input_values.hpp"
#include "ashlar/graphql/detail/validator.hpp"

#include <algorithm>

namespace ashlar::graphql::detail {

namespace {

// AreTypesCompatible() of section 5.8.5.
bool is_compatible(const TypeRef& variable, const TypeRef& place) {
  if (place.is_non_null()) return variable.is_non_null() && is_compatible(variable.nullable(), place.nullable());
  if (variable.is_non_null()) return is_compatible(variable.nullable(), place);
  if (place.is_list()) return variable.is_list() && is_compatible(variable.item(), place.item());
  return !variable.is_list() && variable.named == place.named;
}

bool is_allowed(const VariableDefinition& variable, const TypeRef& type, const VariableUsage& usage) {
  if (usage.place == VariableUsage::Place::one_of && !type.is_non_null()) return false;
  if (usage.type.is_non_null() && !type.is_non_null()) {
    const bool has_default = variable.default_value && variable.default_value->kind != Value::Kind::null;
    if (!has_default && usage.place != VariableUsage::Place::with_default) return false;
    return is_compatible(type, usage.type.nullable());
  }
  return is_compatible(type, usage.type);
}

const VariableDefinition* definition_of(const OperationDefinition& operation, std::string_view name) {
  const auto found = std::ranges::find(operation.variables, name, &VariableDefinition::name);
  return found == operation.variables.end() ? nullptr : &*found;
}

void check_definitions(ValidationState& state, const OperationDefinition& operation) {
  for (const VariableDefinition& variable : operation.variables) {
    const VariableDefinition* first = definition_of(operation, variable.name);
    if (first != &variable)
      state.refuse("The variable $" + variable.name + " is defined twice.", {first->at, variable.at});
    const auto type = type_of(variable.type, state.types);
    if (!type) {
      state.refuse("There is no type " + variable.type.name + ".", {variable.type.at});
    } else if (!type->named->is_input()) {
      state.refuse("The variable $" + variable.name + " cannot be of " + type->text() + ", which is no input.",
                   {variable.type.at});
    }
  }
}

}  // namespace

void validate_variables(ValidationState& state, const OperationDefinition& operation) {
  check_definitions(state, operation);
  const DefinitionUse& own = state.operation_uses.at(&operation);
  std::vector<const DefinitionUse*> uses{&own};
  for (const FragmentDefinition* fragment : state.reachable(own)) uses.push_back(&state.fragment_uses.at(fragment));
  std::set<const VariableDefinition*> used;
  for (const DefinitionUse* use : uses) {
    for (const VariableUsage& usage : use->variables) {
      const std::string& name = usage.variable->text;
      const VariableDefinition* variable = definition_of(operation, name);
      if (variable == nullptr) {
        state.refuse("The variable $" + name + " is not defined.", {usage.variable->at, operation.at});
        continue;
      }
      used.insert(variable);
      const auto type = type_of(variable->type, state.types);
      if (type && usage.type.named != nullptr && !is_allowed(*variable, *type, usage)) {
        const bool one_of = usage.place == VariableUsage::Place::one_of;
        state.refuse("The variable $" + name + " of the type " + type->text() + " is used where " + usage.type.text() +
                         (one_of ? "! is expected." : " is expected."),
                     {variable->at, usage.variable->at});
      }
    }
  }
  for (const VariableDefinition& variable : operation.variables) {
    if (!used.contains(definition_of(operation, variable.name)))
      state.refuse("The variable $" + variable.name + " is not used.", {variable.at});
  }
}

}  // namespace ashlar::graphql::detail
