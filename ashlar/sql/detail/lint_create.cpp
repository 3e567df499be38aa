// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/detail/lint_state.hpp"

#include <algorithm>

namespace ashlar::sql::detail {
namespace {

using Unique = KnownIndex::Unique;

KnownTable known_table(const TableText& text, std::int64_t number) {
  KnownTable out{.columns = {}, .constraints = text.constraints, .since = number};
  for (const ColumnText& column : text.columns) {
    DefaultValue value = column.default_value;
    if (column.generated != ColumnText::Generated::no && value == DefaultValue::none) value = DefaultValue::constant;
    out.columns[column.name] = {
        .type = column.type, .nullability = column.nullability, .default_value = value, .since = number};
  }
  return out;
}

void lint_create_table(LintStep& step, const CreateHead& head, SqlCursor& cursor) {
  if (head.if_not_exists && step.schema.tables.contains(head.name)) return;
  KnownTable made = known_table(read_table_body(head.name, cursor.parenthesised()), step.number);
  const auto rebuild = step.rebuilds.find(head.name);
  if (rebuild != step.rebuilds.end() && !rebuild->second.set_aside.empty()) lint_copy(step, head.name, made);
  step.schema.tables[head.name] = std::move(made);
}

// Old rows have NULL in a column that is new and has no default, and NULLs are distinct.
bool has_new_column_of_nulls(const LintStep& step, const std::string& table, const std::vector<std::string>& columns) {
  const auto known = step.schema.tables.find(table);
  if (known == step.schema.tables.end()) return false;
  return std::ranges::any_of(columns, [&](const std::string& column) {
    const auto found = known->second.columns.find(column);
    return found != known->second.columns.end() && !step.is_old(found->second.since) &&
           found->second.default_value == DefaultValue::none;
  });
}

bool was_unique(const LintStep& step, const std::string& table, const std::string& columns) {
  const auto rebuild = step.rebuilds.find(table);
  if (rebuild == step.rebuilds.end()) return false;
  return std::ranges::any_of(rebuild->second.old_indexes, [&](const auto& each) {
    return each.second.unique == Unique::yes && each.second.columns == columns;
  });
}

void lint_create_index(LintStep& step, const CreateHead& head, SqlCursor& cursor, std::size_t line) {
  if (!cursor.take("on")) return;
  cursor.take("only");
  const std::string table = cursor.name();
  if (cursor.take("using")) (void)cursor.name();
  const auto columns = cursor.list();
  std::string text = columns_text(columns);
  if (!cursor.done()) text += " " + text_of(cursor.rest());
  const std::string name = head.name.empty() ? table + "_" + text + "_idx" : head.name;
  if (!head.if_not_exists || !step.schema.indexes.contains(name)) {
    step.schema.indexes[name] = {
        .unique = head.unique ? Unique::yes : Unique::no, .table = table, .columns = text, .since = step.number};
  }
  if (!step.sqlite() && head.concurrently && step.mode != MigrationMode::no_transaction)
    step.add(Rule::not_in_transaction, "create index concurrently " + name, line);
  if (!step.is_old_table(table)) return;
  if (!step.sqlite() && !head.concurrently && !step.rebuilds.contains(table))
    step.add(Rule::index_without_concurrently, name + " on " + table, line);
  if (step.sqlite() && head.unique && !was_unique(step, table, text) && !has_new_column_of_nulls(step, table, columns))
    step.add(Rule::add_unique, name + " on " + table, line);
}

}  // namespace

void lint_create(LintStep& step, SqlCursor& cursor) {
  const std::size_t line = cursor.line();
  const CreateHead head = read_create_head(cursor);
  if (head.kind == "table") {
    lint_create_table(step, head, cursor);
  } else if (head.kind == "index") {
    lint_create_index(step, head, cursor, line);
  } else if (head.kind == "view") {
    step.schema.views.try_emplace(head.name, step.number);
  } else if (head.kind == "trigger") {
    step.schema.triggers.try_emplace(head.name, step.number);
  } else if (head.kind == "function") {
    auto& known =
        step.schema.routines.try_emplace(head.name, KnownRoutine{.parameters = {}, .since = step.number}).first->second;
    known.parameters = cursor.list();
  } else if (!head.kind.empty()) {
    step.schema.types.try_emplace(head.name, step.number);
  }
}

}  // namespace ashlar::sql::detail
