// SPDX-License-Identifier: Apache-2.0
#include "ashlar/graphql/type_system.hpp"

// The types of introspection (specification, section 4.2). detail/introspection.cpp answers their fields.
namespace ashlar::graphql {

namespace {

class Adder {
 public:
  using Types = std::map<std::string, std::unique_ptr<NamedType>, std::less<>>;
  explicit Adder(Types& types) : types_(types) {}

  NamedType& add(TypeKind kind, const std::string& name) {
    auto type = std::make_unique<NamedType>(NamedType{.kind = kind, .name = name});
    return *types_.emplace(name, std::move(type)).first->second;
  }
  void enumeration(const std::string& name, std::vector<std::string> values) {
    add(TypeKind::enumeration, name).values = std::move(values);
  }
  // A field with its type as GraphQL writes it, of one list at most.
  [[nodiscard]] FieldDefinition field(std::string name, std::string_view type) const {
    std::string wrappers;
    if (type.ends_with('!')) {
      wrappers += '!';
      type.remove_suffix(1);
    }
    if (type.starts_with('[')) {
      wrappers += '[';
      type = type.substr(1, type.size() - 2);
      if (type.ends_with('!')) {
        wrappers += '!';
        type.remove_suffix(1);
      }
    }
    return {.name = std::move(name), .description = {}, .type = {types_.find(type)->second.get(), wrappers}};
  }
  [[nodiscard]] FieldDefinition with_deprecated(FieldDefinition out) const {
    out.arguments.push_back(
        {.name = "includeDeprecated", .description = {}, .type = field("", "Boolean!").type, .default_value = "false"});
    return out;
  }

 private:
  Types& types_;
};

}  // namespace

void TypeSystem::add_introspection() {
  Adder to(types_);
  to.enumeration("__TypeKind", {"SCALAR", "OBJECT", "INTERFACE", "UNION", "ENUM", "INPUT_OBJECT", "LIST", "NON_NULL"});
  to.enumeration("__DirectiveLocation", {"QUERY", "MUTATION", "SUBSCRIPTION", "FIELD", "FRAGMENT_DEFINITION",
                                         "FRAGMENT_SPREAD", "INLINE_FRAGMENT", "VARIABLE_DEFINITION", "SCHEMA",
                                         "SCALAR", "OBJECT", "FIELD_DEFINITION", "ARGUMENT_DEFINITION", "INTERFACE",
                                         "UNION", "ENUM", "ENUM_VALUE", "INPUT_OBJECT", "INPUT_FIELD_DEFINITION"});
  NamedType& schema = to.add(TypeKind::object, "__Schema");
  NamedType& type = to.add(TypeKind::object, "__Type");
  NamedType& field = to.add(TypeKind::object, "__Field");
  NamedType& input = to.add(TypeKind::object, "__InputValue");
  NamedType& value = to.add(TypeKind::object, "__EnumValue");
  NamedType& directive = to.add(TypeKind::object, "__Directive");
  schema.fields = {to.field("description", "String"),      to.field("types", "[__Type!]!"),
                   to.field("queryType", "__Type!"),       to.field("mutationType", "__Type"),
                   to.field("subscriptionType", "__Type"), to.field("directives", "[__Directive!]!")};
  type.fields = {to.field("kind", "__TypeKind!"),
                 to.field("name", "String"),
                 to.field("description", "String"),
                 to.field("specifiedByURL", "String"),
                 to.with_deprecated(to.field("fields", "[__Field!]")),
                 to.field("interfaces", "[__Type!]"),
                 to.field("possibleTypes", "[__Type!]"),
                 to.with_deprecated(to.field("enumValues", "[__EnumValue!]")),
                 to.with_deprecated(to.field("inputFields", "[__InputValue!]")),
                 to.field("ofType", "__Type"),
                 to.field("isOneOf", "Boolean")};
  field.fields = {to.field("name", "String!"),
                  to.field("description", "String"),
                  to.with_deprecated(to.field("args", "[__InputValue!]!")),
                  to.field("type", "__Type!"),
                  to.field("isDeprecated", "Boolean!"),
                  to.field("deprecationReason", "String")};
  input.fields = {to.field("name", "String!"),          to.field("description", "String"),
                  to.field("type", "__Type!"),          to.field("defaultValue", "String"),
                  to.field("isDeprecated", "Boolean!"), to.field("deprecationReason", "String")};
  value.fields = {to.field("name", "String!"), to.field("description", "String"), to.field("isDeprecated", "Boolean!"),
                  to.field("deprecationReason", "String")};
  directive.fields = {to.field("name", "String!"), to.field("description", "String"),
                      to.field("isRepeatable", "Boolean!"), to.field("locations", "[__DirectiveLocation!]!"),
                      to.with_deprecated(to.field("args", "[__InputValue!]!"))};
  introspection_fields_ = {to.field("__schema", "__Schema!"), to.field("__type", "__Type"),
                           to.field("__typename", "String!")};
  introspection_fields_[1].arguments.push_back(
      {.name = "name", .description = {}, .type = to.field("", "String!").type, .default_value = {}});
}

}  // namespace ashlar::graphql
