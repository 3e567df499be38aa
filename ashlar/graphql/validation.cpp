// SPDX-License-Identifier: Apache-2.0
#include "ashlar/graphql/validation.hpp"

#include "ashlar/graphql/detail/validator.hpp"

#include <algorithm>
#include <utility>

namespace ashlar::graphql {

namespace detail {

void ValidationState::refuse(std::string message, std::vector<Location> locations) {
  if (errors.size() < errors_max)
    errors.push_back(
        {.code = graphql::errors::validation_failed, .message = std::move(message), .locations = std::move(locations)});
}

const FragmentDefinition* ValidationState::fragment(std::string_view name) const {
  const auto found = fragments.find(name);
  return found == fragments.end() ? nullptr : found->second;
}

std::set<const FragmentDefinition*> ValidationState::reachable(const DefinitionUse& use) const {
  std::set<const FragmentDefinition*> out;
  std::vector<const DefinitionUse*> open{&use};
  while (!open.empty()) {
    const DefinitionUse& next = *open.back();
    open.pop_back();
    for (const Selection* spread : next.spreads) {
      const FragmentDefinition* each = fragment(spread->name);
      if (each != nullptr && out.insert(each).second) open.push_back(&fragment_uses.at(each));
    }
  }
  return out;
}

const NamedType* root_type(OperationKind kind, const TypeSystem& types) {
  if (kind == OperationKind::query) return &types.query();
  return kind == OperationKind::mutation ? types.mutation() : nullptr;
}

const FieldDefinition* field_of(const NamedType& type, std::string_view name, const TypeSystem& types) {
  if (name == "__typename" && type.is_composite()) return &types.typename_field();
  if (name == "__schema" && &type == &types.query()) return &types.schema_field();
  if (name == "__type" && &type == &types.query()) return &types.type_field();
  return type.field(name);
}

namespace {

// Sections 5.2 and 5.5.1: names of operations and fragments, and an anonymous operation alone.
void validate_names(ValidationState& state) {
  std::map<std::string_view, const OperationDefinition*> operations;
  for (const OperationDefinition& operation : state.document.operations) {
    if (operation.name.empty()) {
      if (state.document.operations.size() > 1)
        state.refuse("An operation without a name must be the only one.", {operation.at});
      continue;
    }
    const auto [first, is_new] = operations.emplace(operation.name, &operation);
    if (!is_new)
      state.refuse("There are several operations " + operation.name + ".", {first->second->at, operation.at});
  }
  for (const FragmentDefinition& fragment : state.document.fragments) {
    const auto [first, is_new] = state.fragments.emplace(fragment.name, &fragment);
    if (!is_new) state.refuse("There are several fragments " + fragment.name + ".", {first->second->at, fragment.at});
  }
}

// Section 5.5.2.2. Returns whether there was a cycle.
bool validate_cycles(ValidationState& state) {
  enum class Mark : std::uint8_t { open, done };
  std::map<const FragmentDefinition*, Mark> marks;
  bool found = false;
  const auto visit = [&](auto& self, const FragmentDefinition& fragment) -> void {
    marks[&fragment] = Mark::open;
    for (const Selection* spread : state.fragment_uses.at(&fragment).spreads) {
      const FragmentDefinition* next = state.fragment(spread->name);
      if (next == nullptr) continue;
      const auto mark = marks.find(next);
      if (mark == marks.end()) {
        self(self, *next);
      } else if (mark->second == Mark::open) {
        found = true;
        state.refuse("The fragment " + next->name + " contains itself.", {spread->at});
      }
    }
    marks[&fragment] = Mark::done;
  };
  for (const FragmentDefinition& fragment : state.document.fragments)
    if (!marks.contains(&fragment)) visit(visit, fragment);
  return found;
}

void validate_unused_fragments(ValidationState& state) {
  std::set<const FragmentDefinition*> used;
  for (const auto& [operation, use] : state.operation_uses) used.merge(state.reachable(use));
  for (const FragmentDefinition& fragment : state.document.fragments)
    if (!used.contains(&fragment)) state.refuse("The fragment " + fragment.name + " is not used.", {fragment.at});
}

struct Size {
  std::size_t fields = 0;
  std::size_t depth = 0;
};

// Fields and depth with fragments expanded, each fragment measured once. There are no cycles.
class Measurement {
 public:
  explicit Measurement(const ValidationState& state) : state_(state) {}

  Size of(const std::vector<Selection>& selections) {
    constexpr std::size_t fields_max = 1'000'000'000;
    Size out;
    for (const Selection& selection : selections) {
      Size inner;
      if (selection.kind == Selection::Kind::spread) {
        inner = of_fragment(selection.name);
      } else {
        inner = of(selection.selections);
        if (selection.kind == Selection::Kind::field) inner = {.fields = inner.fields + 1, .depth = inner.depth + 1};
      }
      out = {.fields = std::min(out.fields + inner.fields, fields_max), .depth = std::max(out.depth, inner.depth)};
    }
    return out;
  }

 private:
  Size of_fragment(const std::string& name) {
    const FragmentDefinition* fragment = state_.fragment(name);
    if (fragment == nullptr) return {};
    if (const auto found = known_.find(fragment); found != known_.end()) return found->second;
    return known_[fragment] = of(fragment->selections);
  }

  const ValidationState& state_;
  std::map<const FragmentDefinition*, Size> known_;
};

bool keeps_limits(ValidationState& state, const ComplexityLimits& limits) {
  Measurement measurement(state);
  std::size_t fields = 0;
  const auto exceeds = [&](const std::vector<Selection>& selections, Location at) {
    const Size size = measurement.of(selections);
    fields += size.fields;
    const bool deep = size.depth > limits.depth_max;
    if (!deep && fields <= limits.fields_max) return false;
    state.errors = {{.code = graphql::errors::limit_exceeded,
                     .message = deep ? "Fields may be nested at most " + std::to_string(limits.depth_max) + " deep."
                                     : "At most " + std::to_string(limits.fields_max) +
                                           " fields may be selected, fragments expanded.",
                     .locations = {at}}};
    return true;
  };
  for (const OperationDefinition& operation : state.document.operations)
    if (exceeds(operation.selections, operation.at)) return false;
  for (const FragmentDefinition& fragment : state.document.fragments)
    if (exceeds(fragment.selections, fragment.at)) return false;
  return true;
}

}  // namespace
}  // namespace detail

std::vector<RequestError> validate(const Document& document, const TypeSystem& types, const ComplexityLimits& limits,
                                   std::size_t errors_max) {
  detail::ValidationState state{.document = document, .types = types, .errors_max = errors_max};
  detail::validate_names(state);
  for (const FragmentDefinition& fragment : document.fragments)
    detail::validate_selections(state, fragment, state.fragment_uses[&fragment]);
  for (const OperationDefinition& operation : document.operations)
    detail::validate_selections(state, operation, state.operation_uses[&operation]);
  const bool has_cycle = detail::validate_cycles(state);
  if (!has_cycle && !detail::keeps_limits(state, limits)) return state.errors;
  detail::validate_unused_fragments(state);
  for (const OperationDefinition& operation : document.operations) detail::validate_variables(state, operation);
  if (!has_cycle) detail::validate_overlaps(state);
  return state.errors;
}

}  // namespace ashlar::graphql
