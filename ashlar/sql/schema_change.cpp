// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/detail/schema_text.hpp"
#include "ashlar/sql/detail/sql_text.hpp"
#include "ashlar/sql/dialect_traits.hpp"
#include "ashlar/sql/model.hpp"

#include <algorithm>
#include <functional>

namespace ashlar::sql {
namespace {

using detail::column_definition;
using detail::create_index;
using detail::create_object;
using detail::create_table;
using detail::written_name;
using CatalogTable = Catalog::Table;
using CatalogColumn = Catalog::Column;

std::string as_comment(std::string_view sql) {
  std::string out;
  while (!sql.empty()) {
    const auto line = sql.substr(0, sql.find('\n'));
    out += "-- " + std::string(line) + "\n";
    sql.remove_prefix(std::min(line.size() + 1, sql.size()));
  }
  return out;
}

std::string review(const std::string& note) { return "-- REVIEW: " + note + "\n"; }

// The statements of both directions; the down direction runs them from the last to the first.
class Steps {
 public:
  void add(const std::string& up, const std::string& down) {
    up_ += up;
    down_ = down + down_;
  }
  // Statements that lose data are written as comments, and so is their way back.
  void propose(const std::string& note, const std::string& up, const std::string& down) {
    add(review(note) + as_comment(up), as_comment(down));
  }
  void rebuilds() { rebuilds_ = true; }

  [[nodiscard]] SchemaChange take() {
    const std::string head = rebuilds_ ? "-- ashlar: rebuild\n" : "";
    return up_.empty() ? SchemaChange{} : SchemaChange{.up = head + up_, .down = head + down_};
  }

 private:
  std::string up_, down_;
  bool rebuilds_ = false;
};

bool has(const CatalogTable& table, const Catalog::Constraint& wanted) {
  return std::ranges::find(table.constraints, wanted.definition, &Catalog::Constraint::definition) !=
         table.constraints.end();
}

bool has(const CatalogTable& table, const Catalog::Index& wanted) {
  return std::ranges::any_of(table.indexes, [&](const Catalog::Index& index) {
    return index.name == wanted.name && index.unique == wanted.unique && index.definition == wanted.definition;
  });
}

bool has_same_constraints(const CatalogTable& a, const CatalogTable& b) {
  const auto all_in = [](const CatalogTable& some, const CatalogTable& other) {
    return std::ranges::all_of(some.constraints, [&](const auto& each) { return has(other, each); });
  };
  return all_in(a, b) && all_in(b, a);
}

// Whether the objects that both have are equal.
bool keeps_columns(const CatalogTable& from, const CatalogTable& to) {
  return std::ranges::all_of(from.columns, [&](const CatalogColumn& column) {
    const CatalogColumn* now = to.column(column.name);
    return now == nullptr || *now == column;
  });
}

// The changes of the tables that exist on both sides, in one database's way.
class TableChange {
 public:
  TableChange(const CatalogTable& from, const CatalogTable& to, const Catalog& catalog, Steps& steps)
      : from_(from), to_(to), catalog_(catalog), steps_(steps) {}

  void by_alter() {
    for (const auto& constraint : from_.constraints)
      if (!has(to_, constraint)) steps_.add(drop(constraint), add(constraint));
    add_columns();
    const bool rewrites = std::ranges::any_of(from_.columns, [&](const CatalogColumn& column) {
      const CatalogColumn* now = to_.column(column.name);
      return now != nullptr && now->type != column.type;
    });
    if (rewrites) drop_objects("view");
    for (const CatalogColumn& column : from_.columns)
      if (const CatalogColumn* now = to_.column(column.name)) alter(column, *now);
    if (rewrites) make_objects("view");
    for (const auto& constraint : to_.constraints)
      if (!has(from_, constraint)) steps_.add(add(constraint), drop(constraint));
    drop_columns();
  }

  void by_rebuild() {
    if (from_.options == to_.options && has_same_constraints(from_, to_) && keeps_columns(from_, to_)) {
      add_columns();
    } else {
      rebuild();
    }
    drop_columns();
  }

 private:
  [[nodiscard]] std::string alter_table() const { return "alter table " + written_name(to_.name) + " "; }
  [[nodiscard]] std::string drop(const Catalog::Constraint& constraint) const {
    return alter_table() + "drop constraint " + written_name(constraint.name) + ";\n";
  }
  [[nodiscard]] std::string add(const Catalog::Constraint& constraint) const {
    return alter_table() + "add constraint " + written_name(constraint.name) + " " + constraint.definition + ";\n";
  }

  void add_columns() {
    for (const CatalogColumn& column : to_.columns) {
      if (from_.column(column.name) != nullptr) continue;
      const bool needs_value = !column.nullable && column.clause.empty();
      const std::string note =
          needs_value ? review("existing rows have no " + column.name +
                               ": give it a default, or make it nullable, fill it, and add not null in a later step.")
                      : "";
      steps_.add(note + alter_table() + "add column " + column_definition(column) + ";\n",
                 alter_table() + "drop column " + written_name(column.name) + ";\n");
    }
  }

  void drop_columns() {
    for (const CatalogColumn& column : from_.columns) {
      if (to_.column(column.name) != nullptr) continue;
      steps_.propose("what " + to_.name + "." + column.name + " holds is lost. Do it when no version uses it any more.",
                     alter_table() + "drop column " + written_name(column.name) + ";\n",
                     alter_table() + "add column " + column_definition(column) + ";\n");
    }
  }

  void alter(const CatalogColumn& before, const CatalogColumn& after) {
    const std::string column = alter_table() + "alter column " + written_name(after.name) + " ";
    if (before.type != after.type) {
      const auto to = [&](const std::string& type) {
        return column + "type " + type + " using " + written_name(after.name) + "::" + type + ";\n";
      };
      steps_.add(review("rewrites every row while the table is locked; fails for values that do not fit the type.") +
                     to(after.type),
                 to(before.type));
    }
    if (before.clause != after.clause) {
      const auto to = [&](const std::string& clause) {
        if (clause.empty()) return column + "drop default;\n";
        if (!clause.starts_with("default ")) return review("by hand: " + column + clause);
        return column + "set " + clause + ";\n";
      };
      steps_.add(to(after.clause), to(before.clause));
    }
    if (before.nullable != after.nullable) {
      const std::string set =
          review("fails where it is NULL in a row, and reads the whole table.") + column + "set not null;\n";
      const std::string drop = column + "drop not null;\n";
      steps_.add(after.nullable ? drop : set, after.nullable ? set : drop);
    }
  }

  // For changes that ALTER TABLE cannot make in SQLite: https://sqlite.org/lang_altertable.html, section 7.
  void rebuild() {
    steps_.rebuilds();
    CatalogTable after = to_;
    for (CatalogColumn column : from_.columns) {  // dropping it belongs to another step
      if (to_.column(column.name) != nullptr) continue;
      column.nullable = true;
      after.columns.push_back(std::move(column));
    }
    drop_objects("trigger");  // also of other tables: no object may refer to a table that does not exist
    drop_objects("view");
    steps_.add(rebuilt(from_, after), rebuilt(after, from_));
    make_objects("view");
    make_objects("trigger");
  }

  // The statements that turn one into the other, with the indexes that both have.
  [[nodiscard]] std::string rebuilt(const CatalogTable& before, const CatalogTable& after) const {
    const std::string other = "new_" + after.name;
    std::string kept, notes;
    for (const CatalogColumn& column : after.columns) {
      const CatalogColumn* was = before.column(column.name);
      if (was != nullptr) kept += (kept.empty() ? "" : ", ") + written_name(column.name);
      const bool needs_value = !column.nullable && column.clause.empty();
      if (was == nullptr && needs_value)
        notes += review("existing rows have no " + column.name + ": give them one in the insert below.");
      if (was != nullptr && was->nullable && !column.nullable)
        notes += review("fails where " + column.name + " is NULL in a row.");
      if (was != nullptr && was->type != column.type)
        notes += review(column.name + " was " + was->type + ": write its conversion in the insert below.");
      if (column.clause == "generated") notes += review(column.name + " is generated: write its expression by hand.");
    }
    std::string out = notes + create_table(after, other) + "insert into " + written_name(other) + " (" + kept +
                      ")\n  select " + kept + " from " + written_name(before.name) + ";\n" + "drop table " +
                      written_name(before.name) + ";\nalter table " + written_name(other) + " rename to " +
                      written_name(after.name) + ";\n";
    for (const Catalog::Index& index : from_.indexes)
      if (has(to_, index)) out += create_index(index, after.name);
    return out;
  }

  [[nodiscard]] std::vector<Catalog::Object> objects_of_it(std::string_view kind) const {
    std::vector<Catalog::Object> out;
    for (const Catalog::Object& object : catalog_.objects)
      if (object.kind == kind && detail::mentions(object.definition, to_.name)) out.push_back(object);
    return out;
  }
  static std::string drop(const Catalog::Object& object) {
    return "drop " + object.kind + " " + written_name(object.name) + ";\n";
  }
  void drop_objects(std::string_view kind) {
    for (const Catalog::Object& object : objects_of_it(kind)) steps_.add(drop(object), create_object(object));
  }
  void make_objects(std::string_view kind) {
    for (const Catalog::Object& object : objects_of_it(kind)) steps_.add(create_object(object), drop(object));
  }

  const CatalogTable& from_;
  const CatalogTable& to_;
  const Catalog& catalog_;
  Steps& steps_;
};

std::string with_indexes(const CatalogTable& table) {
  std::string out = create_table(table, table.name);
  for (const Catalog::Index& index : table.indexes) out += create_index(index, table.name);
  return out;
}

std::string drop_index(const Catalog::Index& index) { return "drop index " + written_name(index.name) + ";\n"; }

// The tables of `all` that the other catalog lacks.
std::vector<CatalogTable> only_in(const Catalog& all, const Catalog& other) {
  std::vector<CatalogTable> out;
  for (const CatalogTable& table : all.tables)
    if (other.table(table.name) == nullptr) out.push_back(table);
  return out;
}

}  // namespace

SchemaChange schema_change(const Catalog& from, const Catalog& to, Dialect dialect) {
  Steps steps;
  const auto each_pair = [&](auto visit) {
    for (const CatalogTable& after : to.tables)
      if (const CatalogTable* before = from.table(after.name)) visit(*before, after);
  };
  each_pair([&](const CatalogTable& before, const CatalogTable& after) {
    for (const Catalog::Index& index : before.indexes)
      if (!has(after, index)) steps.add(drop_index(index), create_index(index, before.name));
  });
  const std::vector<CatalogTable> made = only_in(to, from);
  for (const CatalogTable* table : detail::in_order_of_references(made))
    steps.add(with_indexes(*table), "drop table " + written_name(table->name) + ";\n");
  each_pair([&](const CatalogTable& before, const CatalogTable& after) {
    TableChange change(before, after, from, steps);
    dialect->facts().table_changes == DialectFacts::TableChanges::rebuild ? change.by_rebuild() : change.by_alter();
  });
  each_pair([&](const CatalogTable& before, const CatalogTable& after) {
    for (const Catalog::Index& index : after.indexes)
      if (!has(before, index)) steps.add(create_index(index, after.name), drop_index(index));
  });
  const std::vector<CatalogTable> gone = only_in(from, to);
  auto in_order = detail::in_order_of_references(gone);
  std::ranges::reverse(in_order);
  for (const CatalogTable* table : in_order)
    steps.propose("no model describes " + table->name + "; what it holds is lost.",
                  "drop table " + written_name(table->name) + ";\n", with_indexes(*table));
  return steps.take();
}

}  // namespace ashlar::sql
