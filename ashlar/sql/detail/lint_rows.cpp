// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/detail/lint_state.hpp"

#include <algorithm>
#include <charconv>

namespace ashlar::sql::detail {
namespace {

// The condition of a statement up to its end or the parenthesis that closes it; empty without WHERE.
std::span<const SqlToken> condition_of(std::span<const SqlToken> tokens) {
  std::size_t depth = 0;
  std::size_t from = tokens.size();
  std::size_t end = 0;
  for (; end < tokens.size(); ++end) {
    if (tokens[end].is("(")) ++depth;
    if (tokens[end].is(")") && depth-- == 0) break;
    if (depth > 0) continue;
    if (tokens[end].is("returning") && from < tokens.size()) break;
    if (tokens[end].is("where") && from == tokens.size()) from = end + 1;
  }
  return from < end ? tokens.subspan(from, end - from) : std::span<const SqlToken>();
}

bool selects_all(std::span<const SqlToken> condition) {
  const std::string text = text_of(condition);
  return text.empty() || text == "true" || text == "1" || text == "1 = 1";
}

void lint_update(LintStep& step, SqlCursor cursor) {
  const std::size_t line = cursor.line();
  if (cursor.take("or")) cursor.skip();
  cursor.take("only");
  const std::string table = cursor.name();
  if (!step.is_old_table(table)) return;
  const bool locked = !step.sqlite() && step.outline.altered.contains(table);
  if (locked || selects_all(condition_of(cursor.rest()))) step.add(Rule::update_all_rows, table, line);
}

void lint_delete(LintStep& step, SqlCursor cursor) {
  const std::size_t line = cursor.line();
  cursor.take("only");
  const std::string table = cursor.name();
  if (step.is_old_table(table) && selects_all(condition_of(cursor.rest())))
    step.add(Rule::delete_all_rows, table, line);
}

void lint_truncate(LintStep& step, SqlCursor& cursor) {
  cursor.take("table");
  cursor.take("only");
  while (!cursor.done()) {
    SqlCursor item(cursor.until_comma());
    const std::size_t line = item.line();
    const std::string table = item.name();
    if (step.is_old_table(table)) step.add(Rule::delete_all_rows, table, line);
  }
}

// Whether the text of a lock_timeout, such as 2s, 500 or '1min', is at most the migrator's own limit, and not 0.
bool is_short_time(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || value <= 0) return false;
  std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  while (unit.starts_with(' ')) unit.remove_prefix(1);
  constexpr int seconds_max = 5;
  if (unit.empty() || unit == "ms") return value <= seconds_max * 1000;
  return unit == "us" || (unit == "s" && value <= seconds_max);
}

void lint_set(LintStep& step, SqlCursor& cursor, std::size_t line) {
  cursor.take_any({"session", "local"});
  if (!cursor.take("lock_timeout")) return;
  cursor.take_any({"=", "to"});
  if (cursor.done() || !is_short_time(text_of(cursor.rest()))) step.add(Rule::lock_timeout, "set lock_timeout", line);
}

void lint_maintenance(LintStep& step, SqlCursor& cursor, std::size_t line) {
  const bool in_transaction = step.mode != MigrationMode::no_transaction;
  if (cursor.take("vacuum")) {
    const std::string options = text_of(cursor.rest());
    if (step.sqlite() || in_transaction) step.add(Rule::not_in_transaction, "vacuum", line);
    if (options.starts_with("full") || options.starts_with("( full"))
      step.add(Rule::table_rewrite, "vacuum full", line);
  } else if (cursor.take("reindex")) {
    const bool concurrently =
        std::ranges::any_of(cursor.rest(), [](const SqlToken& t) { return t.is("concurrently"); });
    if (step.sqlite()) return;
    if (!concurrently) step.add(Rule::lock_table, "reindex", line);
    if (concurrently && in_transaction) step.add(Rule::not_in_transaction, "reindex concurrently", line);
  } else if (cursor.take("cluster")) {
    step.add(Rule::table_rewrite, "cluster", line);
  } else if (cursor.take_all({"refresh", "materialized", "view"})) {
    if (cursor.take("concurrently")) return;
    const std::string view = cursor.name();
    const auto known = step.schema.views.find(view);
    if (known == step.schema.views.end() || step.is_old(known->second)) step.add(Rule::lock_table, view, line);
  } else if (cursor.take("lock")) {
    cursor.take("table");
    cursor.take("only");
    const std::string table = cursor.name();
    if (step.is_old_table(table)) step.add(Rule::lock_table, table, line);
  }
}

void lint_pragma(LintStep& step, SqlCursor& cursor, std::size_t line) {
  const std::string name = cursor.name();
  if (name == "foreign_keys" || name == "journal_mode") step.add(Rule::not_in_transaction, "pragma " + name, line);
  if (name == "writable_schema") step.add(Rule::opaque_block, "pragma " + name, line);
}

}  // namespace

void lint_rows(LintStep& step, std::span<const SqlToken> tokens) {
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (i > 0 && !tokens[i - 1].is("(") && !tokens[i - 1].is(")")) continue;
    SqlCursor cursor(tokens.subspan(i));
    if (cursor.take("update")) lint_update(step, cursor);
    if (cursor.take_all({"delete", "from"})) lint_delete(step, cursor);
  }
}

void lint_session(LintStep& step, SqlCursor& cursor) {
  const std::size_t line = cursor.line();
  if (cursor.at("begin") || cursor.at("commit") || cursor.at("end") || cursor.at("abort") ||
      cursor.at_all({"start", "transaction"}) ||
      (cursor.at("rollback") && !has_outside_parentheses(cursor.rest(), {"to"}))) {
    step.add(Rule::transaction_control, cursor.rest().front().text, line);
  } else if (cursor.at("do") || cursor.at("call") || cursor.at("execute")) {
    step.add(Rule::opaque_block, cursor.rest().front().text, line);
  } else if (cursor.take("truncate")) {
    lint_truncate(step, cursor);
  } else if (cursor.take("revoke")) {
    step.add(Rule::revoke, text_of(cursor.rest()), line);
  } else if (cursor.take("set")) {
    lint_set(step, cursor, line);
  } else if (cursor.take_all({"reset", "lock_timeout"}) || cursor.take_all({"reset", "all"})) {
    step.add(Rule::lock_timeout, "reset", line);
  } else if (cursor.take("pragma")) {
    lint_pragma(step, cursor, line);
  } else {
    lint_maintenance(step, cursor, line);
  }
}

void lint_mode(LintStep& step) {
  if (step.sqlite() || step.mode != MigrationMode::no_transaction || step.script.statements.size() < 2) return;
  step.statement = 1;
  step.add(Rule::several_without_transaction, std::to_string(step.script.statements.size()) + " statements",
           step.script.statements[1].tokens.front().line);
}

}  // namespace ashlar::sql::detail
