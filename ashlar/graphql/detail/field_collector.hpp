// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/graphql/detail/input_values.hpp"
#include "ashlar/graphql/document.hpp"
#include "ashlar/graphql/type_system.hpp"

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ashlar::graphql::detail {

// The selections of one name in a response, which are merged.
struct FieldGroup {
  std::string_view response_name;
  std::vector<const Selection*> fields;
};
using FieldGroups = std::vector<FieldGroup>;

// CollectFields() of section 6.3.2: fragments expanded, @skip and @include applied. What was collected is kept, so the
// items of a list cost it once. What it is given outlives it.
class FieldCollector {
 public:
  FieldCollector(const Document& document, const TypeSystem& types, const Variables& variables);

  [[nodiscard]] const FieldGroups& root(const OperationDefinition& operation, const NamedType& object);
  // The selections below fields of one group.
  [[nodiscard]] const FieldGroups& below(const std::vector<const Selection*>& fields, const NamedType& object);

 private:
  void collect(const std::vector<Selection>& selections, const NamedType& object,
               std::set<const FragmentDefinition*>& visited, FieldGroups& out) const;
  [[nodiscard]] bool is_included(const Selection& selection) const;

  const TypeSystem& types_;
  const Variables& variables_;
  std::map<std::string_view, const FragmentDefinition*> fragments_;
  std::map<std::pair<const void*, const NamedType*>, FieldGroups> collected_;
};

}  // namespace ashlar::graphql::detail
