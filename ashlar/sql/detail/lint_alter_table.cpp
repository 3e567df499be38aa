// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/detail/lint_state.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace ashlar::sql::detail {
namespace {

using Kind = ConstraintText::Kind;
using Validation = ConstraintText::Validation;

// One ALTER TABLE: its table as far as it is known, and the line of the action that is read.
struct AlteredTable {
  LintStep& step;
  std::string name;
  KnownTable* known;  // null: made outside the migrations
  bool is_old;
  std::size_t line;

  void add(Rule rule, const std::string& object) const {
    if (is_old) step.add(rule, object, line);
  }
  void add_for_column(Rule rule, const std::string& column) const {
    if (step.is_old_column(name, column)) step.add(rule, name + "." + column, line);
  }
  [[nodiscard]] KnownColumn* column(const std::string& column_name) const {
    if (known == nullptr) return nullptr;
    const auto found = known->columns.find(column_name);
    return found == known->columns.end() ? nullptr : &found->second;
  }
};

// The numbers of varchar ( 20 ) or numeric ( 10 , 2 ).
std::array<int, 2> sizes_of(std::string_view type) {
  std::array<int, 2> out{};
  std::size_t count = 0;
  for (std::size_t at = 0; at < type.size() && count < out.size(); ++at) {
    if (type[at] < '0' || type[at] > '9') continue;
    const auto [end, error] = std::from_chars(type.data() + at, type.data() + type.size(), out[count]);
    if (error != std::errc()) return {};
    ++count;
    at = static_cast<std::size_t>(end - type.data());
  }
  return out;
}

// Whether PostgreSQL changes the type without rewriting the table, and the running version reads the same values.
bool is_wider(std::string_view old, std::string_view type) {
  const auto word = [](std::string_view text) {
    const std::string_view name = text.substr(0, text.find(" ("));
    return name == "character varying" ? std::string_view("varchar") : name;
  };
  const bool sized = type.contains('(');
  if (old == type) return true;
  if (word(old) == "varchar" || word(old) == "text") {
    if (word(type) == "text") return true;
    return word(type) == "varchar" && (!sized || (old.contains('(') && sizes_of(type)[0] >= sizes_of(old)[0]));
  }
  if (word(old) != "numeric" || word(type) != "numeric") return false;
  return !sized ||
         (old.contains('(') && sizes_of(type)[0] >= sizes_of(old)[0] && sizes_of(type)[1] == sizes_of(old)[1]);
}

void lint_constraint(const AlteredTable& table, const ConstraintText& constraint) {
  const std::string object = table.name + ": " + constraint.name;
  const bool later = constraint.validation == Validation::later;
  if (later) table.step.unvalidated[table.name + " " + constraint.name] = table.step.statement;
  switch (constraint.kind) {
    case Kind::primary_key:
    case Kind::unique:
      if (constraint.index == ConstraintText::Index::made) table.add(Rule::add_unique, object);
      break;
    case Kind::exclude:
      table.add(Rule::add_unique, object);
      break;
    case Kind::check:
      if (!later) table.add(Rule::add_check, object);
      break;
    case Kind::foreign_key:
      if (!later) table.add(Rule::add_foreign_key, object);
      break;
  }
  if (table.known != nullptr) table.known->constraints.push_back(constraint);
}

void lint_add_column(const AlteredTable& table, SqlCursor& cursor) {
  cursor.take_all({"if", "not", "exists"});
  const ColumnText column = read_column(table.name, cursor);
  const std::string object = table.name + "." + column.name;
  const bool generated = column.generated != ColumnText::Generated::no;
  if (column.nullability == Nullability::not_null && column.default_value == DefaultValue::none && !generated)
    table.add(Rule::add_required_column, object);
  if (!table.step.sqlite()) {
    if (column.default_value == DefaultValue::volatile_ || column.generated == ColumnText::Generated::stored ||
        column.generated == ColumnText::Generated::identity) {
      table.add(Rule::table_rewrite, object);
    }
    for (const ConstraintText& constraint : column.constraints) lint_constraint(table, constraint);
  }
  if (table.known == nullptr) return;
  table.known->columns[column.name] = {.type = column.type,
                                       .nullability = column.nullability,
                                       .default_value = generated && column.default_value == DefaultValue::none
                                                            ? DefaultValue::constant
                                                            : column.default_value,
                                       .since = table.step.number};
  if (table.step.sqlite())
    for (const ConstraintText& constraint : column.constraints) table.known->constraints.push_back(constraint);
}

void lint_drop_constraint(const AlteredTable& table, SqlCursor& cursor) {
  cursor.take_all({"if", "exists"});
  const std::string name = cursor.name();
  bool unique = name.ends_with("_key") || name.ends_with("_pkey");
  std::string columns;
  if (table.known != nullptr) {
    auto& all = table.known->constraints;
    const auto found = std::ranges::find(all, name, &ConstraintText::name);
    if (found != all.end()) {
      unique = found->kind == Kind::unique || found->kind == Kind::primary_key;
      columns = columns_text(found->columns);
      all.erase(found);
    }
  }
  if (unique && !is_unique(table.step.schema, table.name, columns))
    table.add(Rule::drop_unique, table.name + ": " + name);
}

bool is_checked_not_null(const AlteredTable& table, const std::string& column) {
  if (table.known == nullptr) return false;
  return std::ranges::any_of(table.known->constraints, [&](const ConstraintText& constraint) {
    return constraint.kind == Kind::check && constraint.validation == Validation::now &&
           (constraint.condition == column + " is not null" ||
            constraint.condition == "( " + column + " is not null )");
  });
}

void lint_alter_column(const AlteredTable& table, SqlCursor& cursor) {
  cursor.take("column");
  const std::string name = cursor.name();
  KnownColumn* column = table.column(name);
  if (cursor.take_all({"set", "not", "null"})) {
    if (!is_checked_not_null(table, name)) table.add(Rule::set_not_null, table.name + "." + name);
    if (column != nullptr) column->nullability = Nullability::not_null;
  } else if (cursor.take_all({"drop", "not", "null"})) {
    if (column == nullptr || column->nullability == Nullability::not_null)
      table.add_for_column(Rule::drop_not_null, name);
    if (column != nullptr) column->nullability = Nullability::nullable;
  } else if (cursor.take_all({"drop", "default"}) || cursor.take_all({"drop", "identity"})) {
    table.add_for_column(Rule::drop_default, name);
    if (column != nullptr) column->default_value = DefaultValue::none;
  } else if (cursor.take_all({"set", "default"})) {
    if (column != nullptr) column->default_value = DefaultValue::constant;
  } else if (cursor.take("type") || cursor.take_all({"set", "data", "type"})) {
    const auto all = cursor.rest();
    while (!cursor.done() && !cursor.at("using") && !cursor.at("collate")) cursor.skip();
    const std::string type = text_of(all.first(all.size() - cursor.rest().size()));
    if (column == nullptr || !cursor.done() || !is_wider(column->type, type))
      table.add(Rule::change_type, table.name + "." + name);
    if (column != nullptr) column->type = type;
  }
}

void lint_validate(const AlteredTable& table, SqlCursor& cursor) {
  const std::string name = cursor.name();
  if (table.step.unvalidated.contains(table.name + " " + name))
    table.add(Rule::validate_in_same_step, table.name + ": " + name);
  if (table.known == nullptr) return;
  const auto found = std::ranges::find(table.known->constraints, name, &ConstraintText::name);
  if (found != table.known->constraints.end()) found->validation = Validation::now;
}

void lint_drop_column(const AlteredTable& table, SqlCursor& cursor) {
  cursor.take("column");
  cursor.take_all({"if", "exists"});
  const std::string name = cursor.name();
  table.add_for_column(Rule::drop_column, name);
  if (table.known != nullptr) table.known->columns.erase(name);
}

void lint_rename(AlteredTable& table, SqlCursor& cursor) {
  if (cursor.take("constraint")) return;
  if (cursor.take("to")) return lint_rename_table(table.step, table.name, cursor.name(), table.line);
  cursor.take("column");
  const std::string from = cursor.name();
  table.add_for_column(Rule::rename_column, from);
  cursor.take("to");
  if (table.known == nullptr) return;
  auto node = table.known->columns.extract(from);
  if (node.empty()) return;
  node.key() = cursor.name();
  table.known->columns.insert(std::move(node));
}

void lint_action(AlteredTable& table, SqlCursor& cursor) {
  table.line = cursor.line();
  if (cursor.take("rename")) {
    lint_rename(table, cursor);
  } else if (cursor.take("add")) {
    if (at_table_constraint(cursor)) return lint_constraint(table, read_table_constraint(table.name, cursor));
    cursor.take("column");
    lint_add_column(table, cursor);
  } else if (cursor.take_all({"drop", "constraint"})) {
    lint_drop_constraint(table, cursor);
  } else if (cursor.take("drop")) {
    lint_drop_column(table, cursor);
  } else if (cursor.take("alter")) {
    lint_alter_column(table, cursor);
  } else if (cursor.take_all({"validate", "constraint"})) {
    lint_validate(table, cursor);
  } else if (cursor.at_all({"disable", "trigger"})) {
    table.add(Rule::disable_trigger, table.name);
  } else if (cursor.at_all({"enable", "row"}) || cursor.at_all({"force", "row"})) {
    table.add(Rule::row_security, table.name);
  } else if (cursor.at_all({"set", "schema"})) {
    table.add(Rule::rename_table, table.name);
  } else if (cursor.at_all({"set", "tablespace"}) || cursor.at_all({"set", "logged"}) ||
             cursor.at_all({"set", "unlogged"}) || cursor.at_all({"set", "access", "method"})) {
    table.add(Rule::table_rewrite, table.name);
  } else if (cursor.at_all({"detach", "partition"}) && table.step.mode != MigrationMode::no_transaction &&
             has_outside_parentheses(cursor.rest(), {"concurrently"})) {
    table.add(Rule::not_in_transaction, "detach partition concurrently");
  }
}

}  // namespace

void lint_alter_table(LintStep& step, SqlCursor& cursor) {
  const std::size_t line = cursor.line();
  cursor.take_all({"if", "exists"});
  cursor.take("only");
  std::string name = cursor.name();
  cursor.take("*");
  const auto found = step.schema.tables.find(name);
  AlteredTable table{.step = step,
                     .name = std::move(name),
                     .known = found == step.schema.tables.end() ? nullptr : &found->second,
                     .is_old = false,
                     .line = line};
  table.is_old = step.is_old_table(table.name);
  while (!cursor.done()) {
    SqlCursor action(cursor.until_comma());
    lint_action(table, action);
  }
}

}  // namespace ashlar::sql::detail
