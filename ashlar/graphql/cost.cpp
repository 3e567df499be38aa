// SPDX-License-Identifier: Apache-2.0
#include "ashlar/graphql/detail/validator.hpp"
#include "ashlar/graphql/execution.hpp"

#include <algorithm>
#include <charconv>

namespace ashlar::graphql {

namespace {

constexpr std::size_t cost_ceiling = 1'000'000'000'000;

std::size_t number_of(std::string_view text, std::size_t otherwise) {
  std::size_t out = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), out);
  return read.ec == std::errc{} && read.ptr == text.data() + text.size() ? std::min<std::size_t>(out, 1'000'000)
                                                                         : otherwise;
}

class Cost {
 public:
  Cost(const Document& document, const TypeSystem& types, const detail::Variables& variables,
       const ComplexityLimits& limits)
      : types_(types), variables_(variables), limits_(limits) {
    for (const FragmentDefinition& fragment : document.fragments) fragments_.emplace(fragment.name, &fragment);
  }

  std::size_t of(const std::vector<Selection>& selections, const NamedType& parent, std::size_t page_items) {
    std::size_t total = 0;
    for (const Selection& selection : selections) {
      std::size_t cost = 0;
      if (selection.kind == Selection::Kind::spread) {
        const FragmentDefinition& fragment = *fragments_.at(selection.name);
        cost = of(fragment.selections, *types_.find(fragment.type_condition), page_items);
      } else if (selection.kind == Selection::Kind::inline_fragment) {
        const bool same = selection.type_condition.empty();
        cost = of(selection.selections, same ? parent : *types_.find(selection.type_condition), page_items);
      } else {
        cost = of_field(selection, parent, page_items);
      }
      total = std::min(total + cost, cost_ceiling);
    }
    return total;
  }
  [[nodiscard]] std::size_t calls() const { return calls_; }

 private:
  std::size_t of_field(const Selection& field, const NamedType& parent, std::size_t page_items) {
    const FieldDefinition& definition = *detail::field_of(parent, field.name, types_);
    std::size_t own = 1;
    if (definition.endpoint != nullptr) {
      ++calls_;
      own += limits_.call_cost;
      page_items = limit_of(field, definition);
    }
    std::size_t times = 1;
    if (definition.type.is_list()) times = parent.field("pagination") != nullptr ? page_items : limits_.assumed_items;
    return std::min(own + times * of(field.selections, *definition.type.named, page_items), cost_ceiling);
  }

  // The items of the page that a call replies with.
  [[nodiscard]] std::size_t limit_of(const Selection& field, const FieldDefinition& definition) const {
    constexpr std::string_view name = "limit";
    const auto declared = std::ranges::find(definition.arguments, name, &InputValue::name);
    if (declared == definition.arguments.end()) return limits_.assumed_items;
    const std::size_t otherwise = number_of(declared->default_value, limits_.assumed_items);
    const auto given = std::ranges::find(field.arguments, name, &Argument::name);
    if (given == field.arguments.end()) return otherwise;
    if (given->value.kind != Value::Kind::variable) return number_of(given->value.text, otherwise);
    const auto variable = variables_.find(given->value.text);
    return variable == variables_.end() ? otherwise : number_of(variable->second, otherwise);
  }

  const TypeSystem& types_;
  const detail::Variables& variables_;
  const ComplexityLimits& limits_;
  std::map<std::string_view, const FragmentDefinition*> fragments_;
  std::size_t calls_ = 0;
};

}  // namespace

std::expected<std::size_t, RequestError> cost_of(const Document& document, const OperationDefinition& operation,
                                                 const TypeSystem& types, const detail::Variables& variables,
                                                 const ComplexityLimits& limits) {
  Cost cost(document, types, variables, limits);
  const std::size_t total = cost.of(operation.selections, *detail::root_type(operation.kind, types), 0);
  const auto refuse = [&](std::string message) {
    return std::unexpected(
        RequestError{.code = errors::limit_exceeded, .message = std::move(message), .locations = {operation.at}});
  };
  if (cost.calls() > limits.calls_max)
    return refuse("A request may call at most " + std::to_string(limits.calls_max) + " operations.");
  if (total > limits.cost_max)
    return refuse("The operation costs " + std::to_string(total) + ", more than " + std::to_string(limits.cost_max) +
                  ".");
  return total;
}

}  // namespace ashlar::graphql
