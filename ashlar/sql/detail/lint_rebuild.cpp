// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/detail/lint_state.hpp"

#include <algorithm>

namespace ashlar::sql::detail {
namespace {

using Kind = ConstraintText::Kind;

bool is_key(const ConstraintText& constraint) {
  return constraint.kind == Kind::unique || constraint.kind == Kind::primary_key;
}

void compare_column(LintStep& step, const std::string& object, const KnownColumn& old, const KnownColumn& made,
                    std::size_t line) {
  if (old.type != made.type) step.add(Rule::change_type, object, line);
  if (old.nullability == Nullability::nullable && made.nullability == Nullability::not_null)
    step.add(Rule::set_not_null, object, line);
  if (old.nullability == Nullability::not_null && made.nullability == Nullability::nullable)
    step.add(Rule::drop_not_null, object, line);
  if (old.default_value != DefaultValue::none && made.default_value == DefaultValue::none)
    step.add(Rule::drop_default, object, line);
}

void compare_constraints(LintStep& step, const std::string& table, const KnownTable& old, const KnownTable& made,
                         std::size_t line) {
  const auto had = [&](const ConstraintText& constraint) {
    return std::ranges::any_of(old.constraints, [&](const ConstraintText& each) {
      if (is_key(constraint)) return is_key(each) && each.columns == constraint.columns;
      return each.kind == constraint.kind && each.condition == constraint.condition &&
             (constraint.kind != Kind::foreign_key ||
              (each.columns == constraint.columns && each.referenced == constraint.referenced));
    });
  };
  for (const ConstraintText& constraint : made.constraints) {
    if (had(constraint)) continue;
    const std::string object = table + ": " + constraint.name;
    if (constraint.kind == Kind::check) step.add(Rule::add_check, object, line);
    if (constraint.kind == Kind::foreign_key) step.add(Rule::add_foreign_key, object, line);
    if (is_key(constraint)) step.add(Rule::add_unique, object, line);
  }
}

}  // namespace

std::string columns_text(const std::vector<std::string>& columns) {
  std::string out;
  for (const std::string& column : columns) out += (out.empty() ? "" : " , ") + column;
  return out;
}

bool is_referenced(const KnownSchema& schema, const std::string& table) {
  return std::ranges::any_of(schema.tables, [&](const auto& each) {
    return each.first != table && std::ranges::any_of(each.second.constraints, [&](const ConstraintText& constraint) {
             return constraint.kind == Kind::foreign_key && constraint.referenced == table;
           });
  });
}

bool is_unique(const KnownSchema& schema, const std::string& table, const std::string& columns) {
  const auto known = schema.tables.find(table);
  if (known != schema.tables.end() &&
      std::ranges::any_of(known->second.constraints, [&](const ConstraintText& constraint) {
        return is_key(constraint) && columns_text(constraint.columns) == columns;
      })) {
    return true;
  }
  return std::ranges::any_of(schema.indexes, [&](const auto& each) {
    return each.second.unique == KnownIndex::Unique::yes && each.second.table == table &&
           each.second.columns == columns;
  });
}

void lint_copy(LintStep& step, const std::string& table, KnownTable& copy) {
  const Rebuild& rebuild = step.rebuilds.at(table);
  const KnownTable& old = rebuild.old;
  const std::size_t line = step.script.statements[rebuild.statement].tokens.front().line;
  const std::size_t read = std::exchange(step.statement, rebuild.statement);
  step.add(Rule::table_rebuild, table, line);
  for (const auto& [name, column] : old.columns) {
    if (!step.is_old(column.since)) continue;
    const auto made = copy.columns.find(name);
    if (made == copy.columns.end()) {
      step.add(Rule::drop_column, table + "." + name, line);
    } else {
      compare_column(step, table + "." + name, column, made->second, line);
    }
  }
  for (auto& [name, column] : copy.columns) {
    const auto before = old.columns.find(name);
    if (before != old.columns.end()) {
      column.since = before->second.since;
    } else if (!old.columns.empty() && column.nullability == Nullability::not_null &&
               column.default_value == DefaultValue::none) {
      step.add(Rule::add_required_column, table + "." + name, line);
    }
  }
  if (!old.columns.empty()) compare_constraints(step, table, old, copy, line);
  copy.since = old.since;
  step.statement = read;
}

void lint_rebuilds(LintStep& step) {
  for (const auto& [table, rebuild] : step.rebuilds) {
    const std::size_t line = step.script.statements[rebuild.statement].tokens.front().line;
    step.statement = rebuild.statement;
    const auto check = [&](const std::string& name, const std::string& columns) {
      if (!is_unique(step.schema, table, columns)) step.add(Rule::drop_unique, name, line);
    };
    for (const auto& [name, index] : rebuild.old_indexes)
      if (index.unique == KnownIndex::Unique::yes) check(name, index.columns);
    for (const ConstraintText& constraint : rebuild.old.constraints)
      if (is_key(constraint)) check(table + ": " + constraint.name, columns_text(constraint.columns));
  }
}

}  // namespace ashlar::sql::detail
