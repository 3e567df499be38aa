// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/catalog.hpp"

#include "ashlar/sql/detail/catalog_reads.hpp"
#include "ashlar/sql/dialect_traits.hpp"

#include <algorithm>
#include <map>

namespace ashlar::sql {
namespace {

// Each object by name, with its definition. A constraint is identified by its definition.
using Definitions = std::map<std::string, std::string>;

constexpr std::string_view present = "yes";

Definitions definitions_of(const Catalog& catalog, const Catalog& other) {
  Definitions out;
  for (const Catalog::Table& table : catalog.tables) {
    out["table " + table.name] = table.options.empty() ? present : table.options;
    if (other.table(table.name) == nullptr) continue;  // then its parts are not reported again
    for (const Catalog::Column& column : table.columns)
      out["column " + table.name + "." + column.name] = column.definition();
    for (const Catalog::Constraint& constraint : table.constraints)
      out["constraint of " + table.name + ": " + constraint.definition] = present;
    for (const Catalog::Index& index : table.indexes)
      out["index " + index.name] = (index.unique ? "unique on " : "on ") + table.name + " " + index.definition;
  }
  for (const Catalog::Object& object : catalog.objects) out[object.kind + " " + object.name] = object.definition;
  return out;
}

}  // namespace

std::string Catalog::Column::definition() const {
  return type + (nullable ? "" : " not null") + (clause.empty() ? "" : " " + clause);
}

const Catalog::Column* Catalog::Table::column(std::string_view wanted) const {
  const auto found = std::ranges::find(columns, wanted, &Column::name);
  return found == columns.end() ? nullptr : &*found;
}

const Catalog::Table* Catalog::table(std::string_view wanted) const {
  const auto found = std::ranges::find(tables, wanted, &Table::name);
  return found == tables.end() ? nullptr : &*found;
}

Result<Catalog> read_catalog(Database& database) {
  Catalog out;
  for (const Statement& read : database.dialect()->catalog_reads(out)) {
    if (auto done = database.query_blocking(read); !done) return std::unexpected(std::move(done.error()));
  }
  return out;
}

Result<Catalog> dry_run_catalog(Database& database, std::string_view script) {
  Catalog out;
  if (auto done = database.dry_run(script, database.dialect()->catalog_reads(out)); !done)
    return std::unexpected(std::move(done.error()));
  return out;
}

std::vector<Difference> differences(const Catalog& expected, const Catalog& found) {
  const Definitions wanted = definitions_of(expected, found);
  const Definitions there = definitions_of(found, expected);
  std::vector<Difference> out;
  for (const auto& [object, definition] : wanted) {
    const auto at = there.find(object);
    if (at == there.end()) {
      out.push_back({.object = object, .expected = definition, .found = ""});
    } else if (at->second != definition) {
      out.push_back({.object = object, .expected = definition, .found = at->second});
    }
  }
  for (const auto& [object, definition] : there)
    if (!wanted.contains(object)) out.push_back({.object = object, .expected = "", .found = definition});
  std::ranges::sort(out, {}, &Difference::object);
  return out;
}

namespace detail {

Catalog::Table& table_in(Catalog& catalog, std::string_view name) {
  return const_cast<Catalog::Table&>(*catalog.table(name));
}

}  // namespace detail
}  // namespace ashlar::sql
