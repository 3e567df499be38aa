// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/graphql/validation.hpp"

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace ashlar::graphql::detail {

// A variable where it is used.
struct VariableUsage {
  const Value* variable = nullptr;
  TypeRef type{};  // of the place; named is null where it has no type
  enum class Place : std::uint8_t { plain, with_default, one_of } place = Place::plain;
};

// What an operation or a fragment uses itself.
struct DefinitionUse {
  std::vector<VariableUsage> variables;
  std::vector<const Selection*> spreads;
};

// What the rules share. The document and the types outlive it.
struct ValidationState {
  const Document& document;
  const TypeSystem& types;
  std::size_t errors_max;
  std::vector<RequestError> errors{};
  std::map<std::string_view, const FragmentDefinition*> fragments{};
  std::map<const FragmentDefinition*, DefinitionUse> fragment_uses{};
  std::map<const OperationDefinition*, DefinitionUse> operation_uses{};

  void refuse(std::string message, std::vector<Location> locations);
  [[nodiscard]] const FragmentDefinition* fragment(std::string_view name) const;  // null: there is none
  // The fragments that a definition spreads, those of fragments included.
  [[nodiscard]] std::set<const FragmentDefinition*> reachable(const DefinitionUse& use) const;
};

// The type that an operation begins with; null: the service has none.
[[nodiscard]] const NamedType* root_type(OperationKind kind, const TypeSystem& types);
// The field of a type, those of introspection included; null: there is none.
[[nodiscard]] const FieldDefinition* field_of(const NamedType& type, std::string_view name, const TypeSystem& types);

// Sections 5.3, 5.4, 5.6 and 5.7 of one definition, and what it uses.
void validate_selections(ValidationState& state, const OperationDefinition& operation, DefinitionUse& use);
void validate_selections(ValidationState& state, const FragmentDefinition& fragment, DefinitionUse& use);
// Section 5.8.
void validate_variables(ValidationState& state, const OperationDefinition& operation);
// Section 5.3.2.
void validate_overlaps(ValidationState& state);

}  // namespace ashlar::graphql::detail
