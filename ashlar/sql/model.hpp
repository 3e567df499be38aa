// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/catalog.hpp"
#include "ashlar/sql/table_rules.hpp"

#include <span>
#include <string>
#include <vector>

// Tables as described by the program's structs, for creating and comparing schemas:
//
//   std::vector<TableModel> models() { return {model_of<UserRow>(), model_of<Post>()}; }
//
// Structs for views, or for some columns of a table, do not belong in the list.
namespace ashlar::sql {

struct TableModel {
  std::string_view name;
  const schema::Type* type;
  std::vector<TableRule> rules;
};

template <Table T>
TableModel model_of() {
  TableModel out{.name = table_name<T>, .type = &schema::type_of<T>(), .rules = {}};
  if constexpr (requires { ashlar_rules_of(std::type_identity<T>{}); })
    out.rules = ashlar_rules_of(std::type_identity<T>{});
  return out;
}

// The SQL that creates the tables of all models, referenced tables first. Throws std::logic_error for a model that
// cannot be a table: without a primary key, or with circular references.
[[nodiscard]] std::string schema_script(std::span<const TableModel> models, Dialect dialect);

// The SQL that changes one schema into another, for both directions; empty when they are equal.
//
// Views, triggers and functions belong to no table and stay unchanged; when a table is rebuilt, the views and triggers
// that refer to it are rebuilt as well. Statements that lose data, such as dropping a column, are written as comments
// after "-- REVIEW:", and so is their way back. Other statements that need a review have such a line before them.
struct SchemaChange {
  std::string up;
  std::string down;
};
[[nodiscard]] SchemaChange schema_change(const Catalog& from, const Catalog& to, Dialect dialect);

}  // namespace ashlar::sql
