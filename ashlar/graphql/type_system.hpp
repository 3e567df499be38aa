// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/api.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

// The types of a GraphQL service (specification of September 2025, section 3) and those made from an api::Api:
//
//   reads are fields of Query, all others fields of Mutation, each named as the operation; the members of the input are
//   the field's arguments. Structs become object types and, in inputs, input types with "Input" after their name;
//   enumerations become enums; a OneOf is an input with @oneOf, or a union. A list is `ItemPage {items, pagination}`. A
//   field is null when its call fails. An operation that declares errors (fails_with) returns the union NameResult of
//   what it replies with and a type for each of them, which implements Error: user.email_taken is UserEmailTakenError.
//
// docs/design/graphql.md lists the scalars and the reasons.
namespace ashlar::graphql {

struct NamedType;

// A type with its wrappers from the outside: '!' non-null, '[' list; "![!" is [name!]!
struct TypeRef {
  const NamedType* named = nullptr;
  std::string wrappers{};

  [[nodiscard]] bool is_non_null() const { return wrappers.starts_with('!'); }
  [[nodiscard]] bool is_list() const { return nullable().wrappers.starts_with('['); }
  [[nodiscard]] TypeRef nullable() const { return is_non_null() ? TypeRef{named, wrappers.substr(1)} : *this; }
  [[nodiscard]] TypeRef item() const { return {named, nullable().wrappers.substr(1)}; }  // of a list
  [[nodiscard]] std::string text() const;                                                // "[Post!]!"
  friend bool operator==(const TypeRef&, const TypeRef&) = default;
};

// An argument, or a field of an input type.
struct InputValue {
  std::string name;
  std::string description;
  TypeRef type;
  std::string default_value;  // as GraphQL writes it; empty: none. The operation applies it itself.

  [[nodiscard]] bool is_required() const { return type.is_non_null() && default_value.empty(); }
};

struct FieldDefinition {
  std::string name;
  std::string description;
  TypeRef type;
  std::vector<InputValue> arguments = {};
  const api::PreparedEndpoint* endpoint = nullptr;  // of a field of Query or Mutation
};

enum class TypeKind : std::uint8_t { scalar, object, interface, union_, enumeration, input };

// How literals and variables of a scalar are read.
enum class Scalar : std::uint8_t { int32, floating, string, boolean, int64, decimal, uuid, date_time, json };

struct NamedType {
  TypeKind kind = TypeKind::scalar;
  std::string name;
  std::string description = {};
  Scalar scalar = Scalar::string;
  std::string specified_by = {};
  std::vector<FieldDefinition> fields = {};  // object, interface
  std::vector<InputValue> inputs = {};       // input
  enum class OneOf : std::uint8_t { no, yes } one_of = OneOf::no;
  std::vector<std::string> values = {};           // enumeration
  std::vector<const NamedType*> possible = {};    // union, interface
  std::vector<const NamedType*> interfaces = {};  // object
  // Of a choice: the member of its JSON that names the alternative, and the names, as `possible` or `inputs` orders
  // them. Without the member the alternative is the first whose required members are present.
  std::string tag_member = {};
  std::vector<std::string> tags = {};
  std::string error_code = {};  // of a type that stands for a documented error

  [[nodiscard]] bool is_leaf() const { return kind == TypeKind::scalar || kind == TypeKind::enumeration; }
  [[nodiscard]] bool is_abstract() const { return kind == TypeKind::union_ || kind == TypeKind::interface; }
  [[nodiscard]] bool is_composite() const { return is_abstract() || kind == TypeKind::object; }
  [[nodiscard]] bool is_input() const { return is_leaf() || kind == TypeKind::input; }
  [[nodiscard]] const FieldDefinition* field(std::string_view field_name) const;  // null: there is none
  [[nodiscard]] const InputValue* input(std::string_view input_name) const;       // the same
  [[nodiscard]] bool may_be(const NamedType& object) const;  // whether a value of this type can be of that one
};

struct DirectiveDefinition {
  std::string name;
  std::string description;
  std::vector<std::string> locations;
  std::vector<InputValue> arguments;
};

// Immutable. The Api outlives it.
class TypeSystem {
 public:
  // Throws std::logic_error for a name that GraphQL does not allow and for an Api without reads.
  explicit TypeSystem(const api::Api& api);
  ~TypeSystem();
  TypeSystem(const TypeSystem&) = delete;
  TypeSystem& operator=(const TypeSystem&) = delete;

  [[nodiscard]] const NamedType* find(std::string_view name) const;  // null: there is none
  [[nodiscard]] const NamedType& query() const { return *query_; }
  [[nodiscard]] const NamedType* mutation() const { return mutation_; }  // null: there is none
  [[nodiscard]] const std::vector<DirectiveDefinition>& directives() const { return directives_; }
  [[nodiscard]] const DirectiveDefinition* directive(std::string_view name) const;  // null: there is none
  // By name. Those of introspection, which begin with "__", are included.
  [[nodiscard]] const std::map<std::string, std::unique_ptr<NamedType>, std::less<>>& types() const { return types_; }
  // __schema and __type, which every query has, and __typename, which every selection of a composite type has.
  [[nodiscard]] const FieldDefinition& schema_field() const { return introspection_fields_[0]; }
  [[nodiscard]] const FieldDefinition& type_field() const { return introspection_fields_[1]; }
  [[nodiscard]] const FieldDefinition& typename_field() const { return introspection_fields_[2]; }

  // The definitions of all types but the built-in ones, in GraphQL's own language.
  [[nodiscard]] std::string sdl() const;

 private:
  friend class SchemaBuilder;
  void add_introspection();

  std::map<std::string, std::unique_ptr<NamedType>, std::less<>> types_;
  std::vector<DirectiveDefinition> directives_;
  std::vector<FieldDefinition> introspection_fields_;
  const NamedType* query_ = nullptr;
  const NamedType* mutation_ = nullptr;
};

}  // namespace ashlar::graphql
