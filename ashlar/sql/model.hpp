// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/catalog.hpp"
#include "ashlar/sql/table_rules.hpp"

#include <span>
#include <string>
#include <vector>

// Tables as the program's structs describe them, for making and comparing schemas:
//
//   std::vector<TableModel> models() { return {model_of<UserRow>(), model_of<Post>()}; }
//
// Structs that stand for views, or for some columns of a table, have no place in the list.
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

// The SQL that makes the tables of all models, those first that others refer to. Throws std::logic_error for a model
// that cannot be a table: without a primary key, or with references that go in a circle.
[[nodiscard]] std::string schema_script(std::span<const TableModel> models, Dialect dialect);

// The way from one schema to another, as SQL for both directions; empty when there is none to go.
//
// Views, triggers and functions are no tables' and stay as they are; where a table is made anew, the views and triggers
// that speak of it are, too. What loses data, such as dropping a column, is written as a comment behind "-- REVIEW:";
// so is the way back from it. Other statements that want a second look have such a line before them.
struct SchemaChange {
  std::string up;
  std::string down;
};
[[nodiscard]] SchemaChange schema_change(const Catalog& from, const Catalog& to, Dialect dialect);

}  // namespace ashlar::sql
