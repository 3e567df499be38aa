// SPDX-License-Identifier: Apache-2.0
#include "ashlar/graphql/detail/input_values.hpp"
#include "ashlar/graphql/detail/validator.hpp"

#include <algorithm>

namespace ashlar::graphql::detail {

namespace {

class SelectionValidator {
 public:
  SelectionValidator(ValidationState& state, DefinitionUse& use) : state_(state), use_(use) {}

  // `parent` is null below something that is not known: then only what needs no type is checked.
  void check(const std::vector<Selection>& selections, const NamedType* parent) {
    for (const Selection& selection : selections) {
      switch (selection.kind) {
        case Selection::Kind::field:
          check_field(selection, parent);
          break;
        case Selection::Kind::spread:
          check_spread(selection, parent);
          break;
        case Selection::Kind::inline_fragment:
          check_inline(selection, parent);
          break;
      }
    }
  }

  void check(const std::vector<Directive>& directives, std::string_view location) {
    for (auto directive = directives.begin(); directive != directives.end(); ++directive) {
      const DirectiveDefinition* definition = state_.types.directive(directive->name);
      if (definition == nullptr) {
        state_.refuse("There is no directive @" + directive->name + ".", {directive->at});
      } else if (std::ranges::find(definition->locations, location) == definition->locations.end()) {
        state_.refuse("The directive @" + directive->name + " may not be used here.", {directive->at});
      }
      const auto first = std::ranges::find(directives, directive->name, &Directive::name);
      if (first != directive && definition != nullptr)
        state_.refuse("The directive @" + directive->name + " may be used once here.", {first->at, directive->at});
      check(directive->arguments, definition == nullptr ? nullptr : &definition->arguments,
            "the directive @" + directive->name, directive->at);
    }
  }

  // The type that a fragment is for; null when it is unknown or has no fields.
  const NamedType* condition(const std::string& name, Location at) {
    const NamedType* type = state_.types.find(name);
    if (type == nullptr) {
      state_.refuse("There is no type " + name + ".", {at});
    } else if (!type->is_composite()) {
      state_.refuse("A fragment cannot be on " + name + ", which has no fields.", {at});
      return nullptr;
    }
    return type;
  }

  void check_value(const Value& value, const TypeRef* type, VariableUsage::Place place) {
    using Kind = Value::Kind;
    if (value.kind == Kind::variable) {
      use_.variables.push_back({.variable = &value, .type = type == nullptr ? TypeRef{} : *type, .place = place});
      return;
    }
    const bool is_untyped = type == nullptr || (type->named->kind == TypeKind::scalar &&
                                                type->named->scalar == Scalar::json && !type->is_list());
    if (is_untyped) {
      if (type != nullptr) check_leaf(value, *type);
      check_names(value);
      for (const Value& item : value.items) check_value(item, nullptr, VariableUsage::Place::plain);
      return;
    }
    if (value.kind == Kind::null) {
      if (type->is_non_null()) state_.refuse("A value of " + type->text() + " must not be null.", {value.at});
      return;
    }
    if (type->is_list()) {
      const TypeRef item = type->item();
      if (value.kind != Kind::list) return check_value(value, &item, VariableUsage::Place::plain);
      for (const Value& each : value.items) check_value(each, &item, VariableUsage::Place::plain);
      return;
    }
    if (type->named->kind == TypeKind::input) return check_object(value, *type->named);
    check_leaf(value, *type);
    for (const Value& item : value.items) check_value(item, nullptr, VariableUsage::Place::plain);
  }

 private:
  void check_field(const Selection& field, const NamedType* parent) {
    const FieldDefinition* definition = parent == nullptr ? nullptr : field_of(*parent, field.name, state_.types);
    if (parent != nullptr && definition == nullptr)
      state_.refuse("The type " + parent->name + " has no field " + field.name + ".", {field.at});
    check(field.directives, "FIELD");
    check(field.arguments, definition == nullptr ? nullptr : &definition->arguments, "the field " + field.name,
          field.at);
    if (definition == nullptr) return check(field.selections, nullptr);
    const NamedType& type = *definition->type.named;
    if (type.is_leaf() && !field.selections.empty()) {
      state_.refuse("The field " + field.name + " of the type " + definition->type.text() + " has no fields.",
                    {field.at});
      return check(field.selections, nullptr);
    }
    if (!type.is_leaf() && field.selections.empty())
      state_.refuse("The field " + field.name + " needs a selection of fields of " + type.name + ".", {field.at});
    check(field.selections, &type);
  }

  void check_spread(const Selection& spread, const NamedType* parent) {
    check(spread.directives, "FRAGMENT_SPREAD");
    use_.spreads.push_back(&spread);
    const FragmentDefinition* fragment = state_.fragment(spread.name);
    if (fragment == nullptr) return state_.refuse("There is no fragment " + spread.name + ".", {spread.at});
    const NamedType* type = state_.types.find(fragment->type_condition);
    if (type != nullptr && type->is_composite()) check_possible(*type, parent, spread.at);
  }

  void check_inline(const Selection& fragment, const NamedType* parent) {
    check(fragment.directives, "INLINE_FRAGMENT");
    if (fragment.type_condition.empty()) return check(fragment.selections, parent);
    const NamedType* type = condition(fragment.type_condition, fragment.at);
    if (type != nullptr) check_possible(*type, parent, fragment.at);
    check(fragment.selections, type);
  }

  // Section 5.5.2.3: an object can be of both types.
  void check_possible(const NamedType& type, const NamedType* parent, Location at) {
    if (parent == nullptr || !parent->is_composite() || type.may_be(*parent) || parent->may_be(type)) return;
    const bool overlap =
        std::ranges::any_of(type.possible, [&](const NamedType* each) { return parent->may_be(*each); });
    if (!overlap) state_.refuse("A value of " + parent->name + " is never of " + type.name + ".", {at});
  }

  // `definitions` is null when what has them is not known.
  void check(const std::vector<Argument>& arguments, const std::vector<InputValue>* definitions,
             const std::string& owner, Location at) {
    for (auto argument = arguments.begin(); argument != arguments.end(); ++argument) {
      const auto first = std::ranges::find(arguments, argument->name, &Argument::name);
      if (first != argument)
        state_.refuse("The argument " + argument->name + " is given twice.", {first->at, argument->at});
      const InputValue* definition = nullptr;
      if (definitions != nullptr) {
        const auto found = std::ranges::find(*definitions, argument->name, &InputValue::name);
        if (found != definitions->end()) definition = &*found;
        if (definition == nullptr)
          state_.refuse("There is no argument " + argument->name + " of " + owner + ".", {argument->at});
      }
      check_value(argument->value, definition == nullptr ? nullptr : &definition->type,
                  definition != nullptr && !definition->default_value.empty() ? VariableUsage::Place::with_default
                                                                              : VariableUsage::Place::plain);
    }
    if (definitions == nullptr) return;
    for (const InputValue& definition : *definitions) {
      if (definition.is_required() &&
          std::ranges::find(arguments, definition.name, &Argument::name) == arguments.end()) {
        state_.refuse("The argument " + definition.name + " of " + owner + " is required.", {at});
      }
    }
  }

  void check_leaf(const Value& value, const TypeRef& type) {
    if (value.kind == Value::Kind::null && !type.is_non_null()) return;
    if (const auto why = leaf_fault(*type.named, value)) state_.refuse("The value " + *why + ".", {value.at});
  }

  void check_names(const Value& object) {
    for (auto key = object.keys.begin(); key != object.keys.end(); ++key) {
      const auto first = std::ranges::find(object.keys, key->name, &Value::Key::name);
      if (first != key) state_.refuse("The field " + key->name + " is given twice.", {first->at, key->at});
    }
  }

  void check_object(const Value& value, const NamedType& type) {
    check_names(value);
    if (value.kind != Value::Kind::object) {
      state_.refuse("The value is no " + type.name + ".", {value.at});
      for (const Value& item : value.items) check_value(item, nullptr, VariableUsage::Place::plain);
      return;
    }
    const bool one_of = type.one_of == NamedType::OneOf::yes;
    for (std::size_t i = 0; i < value.items.size(); ++i) {
      const InputValue* input = type.input(value.keys[i].name);
      if (input == nullptr)
        state_.refuse("The type " + type.name + " has no field " + value.keys[i].name + ".", {value.keys[i].at});
      VariableUsage::Place place = VariableUsage::Place::plain;
      if (input != nullptr && !input->default_value.empty()) place = VariableUsage::Place::with_default;
      if (one_of) place = VariableUsage::Place::one_of;
      check_value(value.items[i], input == nullptr ? nullptr : &input->type, place);
    }
    if (one_of) {
      if (value.items.size() != 1 || value.items[0].kind == Value::Kind::null)
        state_.refuse(type.name + " must have exactly one field that is not null.", {value.at});
      return;
    }
    for (const InputValue& input : type.inputs) {
      if (input.is_required() && std::ranges::find(value.keys, input.name, &Value::Key::name) == value.keys.end())
        state_.refuse("The field " + input.name + " of " + type.name + " is required.", {value.at});
    }
  }

  ValidationState& state_;
  DefinitionUse& use_;
};

constexpr std::string_view location_name(OperationKind kind) {
  if (kind == OperationKind::query) return "QUERY";
  return kind == OperationKind::mutation ? "MUTATION" : "SUBSCRIPTION";
}

}  // namespace

void validate_selections(ValidationState& state, const OperationDefinition& operation, DefinitionUse& use) {
  SelectionValidator validator(state, use);
  const NamedType* root = root_type(operation.kind, state.types);
  if (root == nullptr) {
    state.refuse(operation.kind == OperationKind::mutation ? "This service has no mutations."
                                                           : "This service has no subscriptions.",
                 {operation.at});
  }
  for (const VariableDefinition& variable : operation.variables) {
    validator.check(variable.directives, "VARIABLE_DEFINITION");
    const auto type = type_of(variable.type, state.types);
    if (variable.default_value && type && type->named->is_input())
      validator.check_value(*variable.default_value, &*type, VariableUsage::Place::plain);
  }
  validator.check(operation.directives, location_name(operation.kind));
  validator.check(operation.selections, root);
}

void validate_selections(ValidationState& state, const FragmentDefinition& fragment, DefinitionUse& use) {
  SelectionValidator validator(state, use);
  const NamedType* type = validator.condition(fragment.type_condition, fragment.at);
  validator.check(fragment.directives, "FRAGMENT_DEFINITION");
  validator.check(fragment.selections, type);
}

}  // namespace ashlar::graphql::detail
