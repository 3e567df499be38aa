// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/graphql/detail/field_collector.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace ashlar::graphql::detail {

// Answers __schema and __type (specification, section 4.2).
class Introspection {
 public:
  Introspection(FieldCollector& collector, const TypeSystem& types) : collector_(collector), types_(types) {}

  void append_schema(const std::vector<const Selection*>& fields, std::string& out);
  // null when there is no type of that name.
  void append_type(std::string_view name, const std::vector<const Selection*>& fields, std::string& out);

 private:
  void append(const TypeRef& type, const std::vector<const Selection*>& fields, std::string& out);
  void append(const FieldDefinition& field, const std::vector<const Selection*>& fields, std::string& out);
  void append(const InputValue& input, const std::vector<const Selection*>& fields, std::string& out);
  void append(const DirectiveDefinition& directive, const std::vector<const Selection*>& fields, std::string& out);
  void append_value(const std::string& name, const std::vector<const Selection*>& fields, std::string& out);
  void append_member(const TypeRef& type, std::string_view name, const std::vector<const Selection*>& fields,
                     std::string& out);
  void append_types(const std::vector<const NamedType*>& types, const std::vector<const Selection*>& fields,
                    std::string& out);
  template <class Each>
  void append_all(const std::vector<Each>& all, const std::vector<const Selection*>& fields, std::string& out);
  template <class Append>
  void append_object(std::string_view type_name, const std::vector<const Selection*>& fields, std::string& out,
                     Append append);

  FieldCollector& collector_;
  const TypeSystem& types_;
};

}  // namespace ashlar::graphql::detail
