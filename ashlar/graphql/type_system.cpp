// SPDX-License-Identifier: Apache-2.0
#include "ashlar/graphql/type_system.hpp"

#include "ashlar/graphql/detail/schema_builder.hpp"

#include <algorithm>

namespace ashlar::graphql {

namespace {

template <class Named>
const Named* find_named(const std::vector<Named>& all, std::string_view name) {
  const auto found = std::ranges::find(all, name, &Named::name);
  return found == all.end() ? nullptr : &*found;
}

}  // namespace

std::string TypeRef::text() const {
  std::string out = named->name;
  for (std::size_t i = wrappers.size(); i-- > 0;) out = wrappers[i] == '!' ? out + '!' : '[' + out + ']';
  return out;
}

const FieldDefinition* NamedType::field(std::string_view field_name) const { return find_named(fields, field_name); }
const InputValue* NamedType::input(std::string_view input_name) const { return find_named(inputs, input_name); }

bool NamedType::may_be(const NamedType& object) const {
  return this == &object || std::ranges::find(possible, &object) != possible.end();
}

TypeSystem::TypeSystem(const api::Api& api) { SchemaBuilder(*this).build(api); }
TypeSystem::~TypeSystem() = default;

const NamedType* TypeSystem::find(std::string_view name) const {
  const auto found = types_.find(name);
  return found == types_.end() ? nullptr : found->second.get();
}

const DirectiveDefinition* TypeSystem::directive(std::string_view name) const { return find_named(directives_, name); }

}  // namespace ashlar::graphql
