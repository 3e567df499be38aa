// SPDX-License-Identifier: Apache-2.0
#include "ashlar/graphql/detail/validator.hpp"

#include <algorithm>

// Section 5.3.2: fields with one name in a response can be merged. Instead of comparing all pairs, fields are grouped
// by that name and compared with the first of their group, since both relations are equivalences; then the selections
// of a group are checked as one. Each field that a document selects, fragments expanded, is visited once per level, so
// ComplexityLimits::fields_max bounds the work.
namespace ashlar::graphql::detail {

namespace {

struct Found {
  const Selection* field = nullptr;
  const NamedType* parent = nullptr;            // null: not known
  const FieldDefinition* definition = nullptr;  // null: not known
};
using Fields = std::vector<Found>;

bool is_same(const Value& a, const Value& b) {
  if (a.kind != b.kind || a.text != b.text || a.items.size() != b.items.size()) return false;
  if (a.kind != Value::Kind::object) return std::ranges::equal(a.items, b.items, is_same);
  for (std::size_t i = 0; i < a.keys.size(); ++i) {  // in any order
    const auto other = std::ranges::find(b.keys, a.keys[i].name, &Value::Key::name);
    if (other == b.keys.end() || !is_same(a.items[i], b.items[static_cast<std::size_t>(other - b.keys.begin())]))
      return false;
  }
  return true;
}

bool has_same_arguments(const Selection& a, const Selection& b) {
  return a.arguments.size() == b.arguments.size() && std::ranges::all_of(a.arguments, [&](const Argument& argument) {
           const auto other = std::ranges::find(b.arguments, argument.name, &Argument::name);
           return other != b.arguments.end() && is_same(argument.value, other->value);
         });
}

bool has_same_shape(const TypeRef& a, const TypeRef& b) {
  return a.wrappers == b.wrappers && (a.named == b.named || (!a.named->is_leaf() && !b.named->is_leaf()));
}

class OverlapValidator {
 public:
  explicit OverlapValidator(ValidationState& state) : state_(state) {}

  void check(const std::vector<Selection>& selections, const NamedType* parent) {
    Fields fields;
    std::set<const FragmentDefinition*> visited;
    collect(selections, parent, visited, fields);
    check_shapes(fields);
    check_sameness(fields);
  }

 private:
  void collect(const std::vector<Selection>& selections, const NamedType* parent,
               std::set<const FragmentDefinition*>& visited, Fields& out) const {
    for (const Selection& selection : selections) {
      if (selection.kind == Selection::Kind::field) {
        out.push_back({.field = &selection,
                       .parent = parent,
                       .definition = parent == nullptr ? nullptr : field_of(*parent, selection.name, state_.types)});
      } else if (selection.kind == Selection::Kind::inline_fragment) {
        const bool same = selection.type_condition.empty();
        collect(selection.selections, same ? parent : state_.types.find(selection.type_condition), visited, out);
      } else {
        const FragmentDefinition* fragment = state_.fragment(selection.name);
        if (fragment != nullptr && visited.insert(fragment).second)
          collect(fragment->selections, state_.types.find(fragment->type_condition), visited, out);
      }
    }
  }

  // The fields that a group selects, as one set.
  Fields below(const Fields& group) const {
    Fields out;
    // A fragment is expanded for each type that its spread is below: it is the same type wherever it is spread.
    std::set<const FragmentDefinition*> visited;
    for (const Found& each : group)
      collect(each.field->selections, each.definition == nullptr ? nullptr : each.definition->type.named, visited, out);
    return out;
  }

  static std::map<std::string_view, Fields> by_response_name(const Fields& fields) {
    std::map<std::string_view, Fields> out;
    for (const Found& each : fields) out[each.field->response_name()].push_back(each);
    return out;
  }

  void refuse(const Found& a, const Found& b, std::string_view why) {
    const std::pair<const void*, const void*> both{a.field, b.field};
    if (!reported_.insert(both).second) return;
    state_.refuse("The fields " + a.field->response_name() + " differ in their " + std::string(why) +
                      ". Give them different aliases.",
                  {a.field->at, b.field->at});
  }

  // Whatever their parents are, values of one name have one form.
  void check_shapes(const Fields& fields) {
    for (const auto& [name, group] : by_response_name(fields)) {
      const auto first = std::ranges::find_if(group, [](const Found& each) { return each.definition != nullptr; });
      for (auto each = first; each != group.end(); ++each)
        if (each->definition != nullptr && !has_same_shape(first->definition->type, each->definition->type))
          refuse(*first, *each, "types");
      if (const Fields inner = below(group); !inner.empty()) check_shapes(inner);
    }
  }

  // Where their parents may be the same object, they are the same field with the same arguments.
  void check_sameness(const Fields& fields) {
    for (const auto& [name, all] : by_response_name(fields)) {
      Fields anywhere;
      std::map<const NamedType*, Fields> by_parent;
      for (const Found& each : all) {
        const bool concrete = each.parent != nullptr && each.parent->kind == TypeKind::object;
        (concrete ? by_parent[each.parent] : anywhere).push_back(each);
      }
      if (by_parent.empty()) {
        check_group(anywhere);
        continue;
      }
      for (auto& [parent, group] : by_parent) {
        group.insert(group.end(), anywhere.begin(), anywhere.end());
        check_group(group);
      }
    }
  }

  void check_group(const Fields& group) {
    for (const Found& each : group) {
      if (each.field->name != group.front().field->name) {
        refuse(group.front(), each, "names");
      } else if (!has_same_arguments(*each.field, *group.front().field)) {
        refuse(group.front(), each, "arguments");
      }
    }
    if (const Fields inner = below(group); !inner.empty()) check_sameness(inner);
  }

  ValidationState& state_;
  std::set<std::pair<const void*, const void*>> reported_;
};

}  // namespace

void validate_overlaps(ValidationState& state) {
  OverlapValidator validator(state);
  for (const OperationDefinition& operation : state.document.operations)
    validator.check(operation.selections, root_type(operation.kind, state.types));
  for (const FragmentDefinition& fragment : state.document.fragments)
    validator.check(fragment.selections, state.types.find(fragment.type_condition));
}

}  // namespace ashlar::graphql::detail
