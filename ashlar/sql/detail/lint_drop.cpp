// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/detail/lint_state.hpp"

#include <algorithm>
#include <ranges>

namespace ashlar::sql::detail {
namespace {

// Whether two texts of a parameter have one type: "int" and "a int", with a default or without.
bool same_parameter(std::string_view a, std::string_view b) {
  const auto type_of = [](std::string_view text) {
    return text.substr(0, std::min(text.find(" default "), text.find(" = ")));
  };
  a = type_of(a);
  b = type_of(b);
  if (a.size() > b.size()) std::swap(a, b);
  return a == b || (b.ends_with(a) && b[b.size() - a.size() - 1] == ' ');
}

void lint_drop_routine(LintStep& step, const std::string& name, SqlCursor& item, std::size_t line) {
  const auto known = step.schema.routines.find(name);
  const bool is_old = known == step.schema.routines.end() || step.is_old(known->second.since);
  std::vector<std::string> dropped;
  if (item.at("(")) {
    dropped = item.list();
  } else if (known != step.schema.routines.end()) {
    dropped = known->second.parameters;
  }
  if (known != step.schema.routines.end()) step.schema.routines.erase(known);
  if (!is_old) return;
  const Outline::Object* again = step.outline.creation("function", name, step.statement);
  if (again == nullptr) {
    step.add(Rule::drop_routine, name, line);
  } else if (!std::ranges::equal(dropped, again->parameters, same_parameter)) {
    step.add(Rule::change_signature, name, line);
  }
}

void lint_drop_index(LintStep& step, const std::string& name, const DropHead& head, std::size_t line) {
  if (!step.sqlite() && head.concurrently && step.mode != MigrationMode::no_transaction)
    step.add(Rule::not_in_transaction, "drop index concurrently " + name, line);
  const auto known = step.schema.indexes.find(name);
  if (known == step.schema.indexes.end()) return;
  const KnownIndex index = known->second;
  step.schema.indexes.erase(known);
  if (index.unique == KnownIndex::Unique::no || !step.is_old(index.since) || !step.is_old_table(index.table)) return;
  if (!is_unique(step.schema, index.table, index.columns)) step.add(Rule::drop_unique, name, line);
}

// A view, a trigger, or a type and what is like one.
void lint_drop_named(LintStep& step, std::map<std::string, std::int64_t>& known, std::string_view kind, Rule rule,
                     const std::string& name, std::size_t line) {
  const auto found = known.find(name);
  const bool is_old = found == known.end() || step.is_old(found->second);
  if (found != known.end()) known.erase(found);
  if (is_old && step.outline.creation(kind, name, step.statement) == nullptr) step.add(rule, name, line);
}

void forget_indexes(KnownSchema& schema, const std::string& table) {
  std::erase_if(schema.indexes, [&](const auto& each) { return each.second.table == table; });
}

void check_rebuild_header(LintStep& step, const std::string& table, const std::string& object, std::size_t line) {
  if (step.sqlite() && step.mode != MigrationMode::rebuild && is_referenced(step.schema, table))
    step.add(Rule::rebuild_without_header, object, line);
}

}  // namespace

void lint_drop_table(LintStep& step, const std::string& table, std::size_t line) {
  const auto known = step.schema.tables.find(table);
  for (const auto& [name, rebuild] : step.rebuilds) {
    if (rebuild.set_aside != table) continue;
    check_rebuild_header(step, name, name, line);
    forget_indexes(step.schema, table);
    step.schema.tables.erase(table);
    return;
  }
  const bool is_old = step.is_old_table(table);
  const auto copy = std::ranges::find_if(step.outline.renamed, [&](const Outline::Rename& rename) {
    return rename.to == table && rename.statement > step.statement;
  });
  const auto* made = copy == step.outline.renamed.end() ? nullptr : step.outline.creation("table", copy->from, 0);
  if (is_old && made != nullptr) {
    Rebuild rebuild{.old = known == step.schema.tables.end() ? KnownTable{} : known->second,
                    .old_indexes = {},
                    .statement = made->statement};
    for (const auto& each : step.schema.indexes)
      if (each.second.table == table) rebuild.old_indexes.insert(each);
    step.rebuilds[table] = std::move(rebuild);
    check_rebuild_header(step, table, table, line);
  } else if (is_old) {
    step.add(Rule::drop_table, table, line);
  }
  forget_indexes(step.schema, table);
  step.schema.tables.erase(table);
}

void lint_drop(LintStep& step, SqlCursor& cursor) {
  if (cursor.take("owned")) return step.add(Rule::drop_table, "drop owned", cursor.line());
  const DropHead head = read_drop_head(cursor);
  if (head.kind.empty()) return;
  while (!cursor.done()) {
    SqlCursor item(cursor.until_comma());
    const std::size_t line = item.line();
    const std::string name = item.name();
    if (head.kind == "table") {
      lint_drop_table(step, name, line);
    } else if (head.kind == "index") {
      lint_drop_index(step, name, head, line);
    } else if (head.kind == "view") {
      lint_drop_named(step, step.schema.views, "view", Rule::drop_view, name, line);
    } else if (head.kind == "trigger") {
      lint_drop_named(step, step.schema.triggers, "trigger", Rule::drop_trigger, name, line);
    } else if (head.kind == "function") {
      lint_drop_routine(step, name, item, line);
    } else {
      lint_drop_named(step, step.schema.types, head.kind, Rule::drop_type, name, line);
    }
  }
}

}  // namespace ashlar::sql::detail
