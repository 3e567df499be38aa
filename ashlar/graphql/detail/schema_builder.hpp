// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/graphql/type_system.hpp"
#include "ashlar/schema/type.hpp"

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ashlar::graphql {

// Fills a TypeSystem from an Api.
class SchemaBuilder {
 public:
  explicit SchemaBuilder(TypeSystem& out) : out_(out) {}
  void build(const api::Api& api);

 private:
  enum class Use : std::uint8_t { input, output };

  NamedType& add(TypeKind kind, std::string name);
  NamedType& scalar(std::string name, Scalar scalar, std::string description, std::string specified_by);
  void add_scalars();
  void add_shared_types();
  void add_directives();
  [[nodiscard]] std::string free_name(std::string wanted) const;
  [[nodiscard]] TypeRef ref(std::string_view name, std::string wrappers = {}) const;

  FieldDefinition field_of(const api::PreparedEndpoint& prepared);
  void add_arguments(const api::Endpoint& endpoint, FieldDefinition& out);
  std::vector<const NamedType*> payloads(const api::Endpoint& endpoint, NamedType* holder);
  const NamedType* page_of(const schema::Type& item);
  const NamedType* error_of(const ErrorCode& code);

  TypeRef type_of(const schema::Type& type, Use use);
  const NamedType* named(const schema::Type& type, Use use);
  const NamedType* enumeration(const schema::Type& type);
  const NamedType* object(const schema::Type& type);
  const NamedType* input(const schema::Type& type);
  const NamedType* choice(const schema::Type& type, Use use);
  InputValue input_value(const schema::Member& member);

  TypeSystem& out_;
  std::map<std::pair<const void*, Use>, const NamedType*> made_;
  std::map<std::string, const NamedType*, std::less<>> pages_, errors_;
};

// [_A-Za-z][_0-9A-Za-z]*
[[nodiscard]] bool is_name(std::string_view text);

}  // namespace ashlar::graphql
