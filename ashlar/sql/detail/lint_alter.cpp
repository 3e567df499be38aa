// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/detail/lint_state.hpp"

#include <algorithm>

namespace ashlar::sql::detail {
namespace {

void rename_key(std::map<std::string, std::int64_t>& known, const std::string& from, const std::string& to) {
  auto node = known.extract(from);
  if (node.empty()) return;
  node.key() = to;
  known.insert(std::move(node));
}

// ALTER TYPE x, which has values, attributes or a name to change.
void lint_alter_type(LintStep& step, SqlCursor& cursor) {
  const std::size_t line = cursor.line();
  const std::string type = cursor.name();
  const auto known = step.schema.types.find(type);
  const bool is_old = known == step.schema.types.end() || step.is_old(known->second);
  if (cursor.take_all({"add", "value"})) {
    cursor.take_all({"if", "not", "exists"});
    if (!cursor.done() && (known == step.schema.types.end() || known->second != step.number))
      step.new_enum_values.insert(cursor.rest().front().text);
  } else if (cursor.take_all({"rename", "value"})) {
    if (is_old) step.add(Rule::rename_enum_value, type, line);
  } else if (cursor.take_all({"rename", "to"})) {
    if (is_old) step.add(Rule::drop_type, type, line);
    rename_key(step.schema.types, type, cursor.name());
  } else if (cursor.at_all({"rename", "attribute"}) || cursor.at_all({"drop", "attribute"}) ||
             cursor.at_all({"alter", "attribute"})) {
    if (is_old) step.add(Rule::change_type, type, line);
  }
}

void lint_alter_view(LintStep& step, SqlCursor& cursor) {
  const std::size_t line = cursor.line();
  cursor.take_all({"if", "exists"});
  const std::string view = cursor.name();
  const auto known = step.schema.views.find(view);
  const bool is_old = known == step.schema.views.end() || step.is_old(known->second);
  if (cursor.take_all({"rename", "to"})) {
    if (is_old) step.add(Rule::rename_table, view, line);
    rename_key(step.schema.views, view, cursor.name());
  } else if (cursor.take("rename") && is_old) {
    step.add(Rule::rename_column, view, line);
  }
}

// A sequence, function, schema or domain: what matters is its name.
void lint_alter_other(LintStep& step, Rule rule, SqlCursor& cursor) {
  const std::size_t line = cursor.line();
  cursor.take_all({"if", "exists"});
  const std::string name = cursor.name();
  const bool is_new = (step.schema.types.contains(name) && !step.is_old(step.schema.types.at(name))) ||
                      (step.schema.routines.contains(name) && !step.is_old(step.schema.routines.at(name).since));
  if (!is_new && (has_outside_parentheses(cursor.rest(), {"rename", "to"}) ||
                  has_outside_parentheses(cursor.rest(), {"set", "schema"}))) {
    step.add(rule, name, line);
  }
}

}  // namespace

void lint_rename_table(LintStep& step, const std::string& from, const std::string& to, std::size_t line) {
  auto& tables = step.schema.tables;
  const bool is_old = step.is_old_table(from);
  KnownTable table = tables.contains(from) ? tables.at(from) : KnownTable{};
  tables.erase(from);
  const auto rebuild = step.rebuilds.find(to);
  if (rebuild != step.rebuilds.end() && rebuild->second.set_aside.empty()) {
    lint_copy(step, to, table);
  } else if (is_old) {
    const auto* copy = step.outline.creation("table", from, step.statement);
    if (copy != nullptr && step.outline.drop("table", to, copy->statement) != nullptr) {
      Rebuild begun{.old = table, .old_indexes = {}, .statement = copy->statement, .set_aside = to};
      for (const auto& each : step.schema.indexes)
        if (each.second.table == from) begun.old_indexes.insert(each);
      step.rebuilds[from] = std::move(begun);
      table.since = step.number;  // whatever happens to it now does not matter to the running version
    } else if (step.sqlite() || step.outline.creation("view", from, step.statement) == nullptr) {
      step.add(Rule::rename_table, from, line);
    }
  }
  for (auto& [name, index] : step.schema.indexes)
    if (index.table == from) index.table = to;
  tables[to] = std::move(table);
}

void lint_alter(LintStep& step, SqlCursor& cursor) {
  cursor.take("foreign");
  if (cursor.take("table")) {
    lint_alter_table(step, cursor);
  } else if (cursor.take("type")) {
    lint_alter_type(step, cursor);
  } else if (cursor.take("view") || cursor.take_all({"materialized", "view"})) {
    lint_alter_view(step, cursor);
  } else if (cursor.take_any({"function", "procedure", "routine", "aggregate"})) {
    lint_alter_other(step, Rule::drop_routine, cursor);
  } else if (cursor.take_any({"sequence", "schema", "domain"})) {
    lint_alter_other(step, Rule::drop_type, cursor);
  }
}

}  // namespace ashlar::sql::detail
