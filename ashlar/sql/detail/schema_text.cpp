// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/detail/schema_text.hpp"

#include "ashlar/sql/detail/sql_text.hpp"

#include <algorithm>
#include <stdexcept>

namespace ashlar::sql::detail {
namespace {

bool refers_to(const Catalog::Table& table, const Catalog::Table& other) {
  return &table != &other && std::ranges::any_of(table.constraints, [&](const Catalog::Constraint& constraint) {
    const auto at = constraint.definition.find(" references ");
    return constraint.is_foreign_key() && mentions(constraint.definition.substr(at), other.name);
  });
}

}  // namespace

std::string column_definition(const Catalog::Column& column) {
  return written_name(column.name) + " " + column.definition();
}

std::string create_table(const Catalog::Table& table, std::string_view name) {
  std::string lines;
  const auto add = [&lines](const std::string& line) { lines += (lines.empty() ? "\n  " : ",\n  ") + line; };
  for (const Catalog::Column& column : table.columns) add(column_definition(column));
  for (const Catalog::Constraint& constraint : table.constraints) add(constraint.definition);
  return "create table " + written_name(name) + " (" + lines + "\n)" +
         (table.options.empty() ? "" : " " + table.options) + ";\n";
}

std::string create_index(const Catalog::Index& index, std::string_view table) {
  return std::string("create ") + (index.unique ? "unique " : "") + "index " + written_name(index.name) + " on " +
         written_name(table) + " " + index.definition + ";\n";
}

// SQLite stores the whole statement, PostgreSQL a view's query.
std::string create_object(const Catalog::Object& object) {
  const bool whole = in_lower_case(object.definition).starts_with("create ");
  std::string out =
      whole ? object.definition : "create view " + written_name(object.name) + " as\n" + object.definition;
  return out + (out.ends_with(';') ? "\n" : ";\n");
}

std::vector<const Catalog::Table*> in_order_of_references(std::span<const Catalog::Table> tables) {
  std::vector<const Catalog::Table*> out;
  std::vector<const Catalog::Table*> left;
  for (const Catalog::Table& table : tables) left.push_back(&table);
  while (!left.empty()) {
    const auto next = std::ranges::find_if(left, [&](const Catalog::Table* table) {
      return std::ranges::none_of(left, [&](const Catalog::Table* other) { return refers_to(*table, *other); });
    });
    if (next == left.end()) throw std::logic_error("tables refer to each other in a circle: " + left.front()->name);
    out.push_back(*next);
    left.erase(next);
  }
  return out;
}

}  // namespace ashlar::sql::detail
