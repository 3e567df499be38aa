// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/migration_lint.hpp"

#include "ashlar/sql/detail/lint_state.hpp"

#include <algorithm>
#include <tuple>

namespace ashlar::sql {
namespace {

using detail::LintHit;
using detail::LintStep;
using detail::Rule;
using detail::SqlComment;
using detail::SqlCursor;
using detail::SqlStatement;

// One rule that a comment allows in one statement.
struct Allowance {
  std::string rule;
  std::string reason;
  std::size_t line;
  std::size_t statement;
  enum class Use : std::uint8_t { unused, used } use = Use::unused;
};

std::string_view trim(std::string_view text) {
  const auto from = text.find_first_not_of(" \t\r\n");
  if (from == std::string_view::npos) return {};
  return text.substr(from, text.find_last_not_of(" \t\r\n") + 1 - from);
}

const LintRule* find_rule(std::string_view name) {
  const auto found = std::ranges::find(lint_rules(), name, &LintRule::name);
  return found == lint_rules().end() ? nullptr : &*found;
}

// Reads "lint: allow a, b because ...". Adds what it allows, or a hit that says why it allows nothing.
void read_exception(const SqlComment& comment, LintStep& step, std::vector<Allowance>& out) {
  std::string_view text = comment.text;
  if (!text.starts_with("lint:")) return;
  text = trim(text.substr(5));
  const auto refuse = [&](const std::string& why) { step.add(Rule::invalid_exception, why, comment.line); };
  if (!text.starts_with("allow ")) return refuse("\"allow\" is missing");
  const auto because = text.find(" because");
  if (because == std::string_view::npos) return refuse("the reason is missing");
  const std::string_view reason = trim(text.substr(because + 8));
  if (reason.size() < 3) return refuse("the reason is missing");
  std::string_view names = text.substr(6, because - 6);
  while (true) {
    const auto comma = names.find(',');
    const std::string_view name = trim(names.substr(0, comma));
    const LintRule* rule = find_rule(name);
    if (rule == nullptr) {
      refuse("there is no rule \"" + std::string(name) + "\"");
    } else if (rule->exceptions == LintRule::Exceptions::none) {
      refuse(std::string(name) + " cannot be allowed");
    } else {
      out.push_back({.rule = std::string(name),
                     .reason = std::string(reason),
                     .line = comment.line,
                     .statement = step.statement});
    }
    if (comma == std::string_view::npos) return;
    names.remove_prefix(comma + 1);
  }
}

void lint_statement(LintStep& step, const SqlStatement& statement) {
  for (const auto& token : statement.tokens) {
    if (token.kind == detail::SqlToken::Kind::text && step.new_enum_values.contains(token.text))
      step.add(Rule::enum_value_in_use, token.text, token.line);
  }
  SqlCursor cursor(statement.tokens);
  if (cursor.take("create")) {
    lint_create(step, cursor);
  } else if (cursor.take("alter")) {
    lint_alter(step, cursor);
  } else if (cursor.take("drop")) {
    lint_drop(step, cursor);
  } else if (cursor.at("update") || cursor.at("delete") || cursor.at("with") || cursor.at("insert") ||
             cursor.at("select") || cursor.at("explain")) {
    lint_rows(step, statement.tokens);
  } else {
    lint_session(step, cursor);
  }
}

std::string file_of(const Migration& migration, Dialect dialect) {
  return migration.label() + (dialect == Dialect::sqlite ? ".sqlite.up.sql" : ".postgres.up.sql");
}

// Moves the hits into the report, but those that are allowed.
void report(LintStep& step, std::vector<Allowance> allowances, const std::string& file, LintReport& out) {
  std::vector<LintHit> hits;
  for (LintHit& hit : step.hits) {
    const std::string_view name = lint_rules()[static_cast<std::size_t>(hit.rule)].name;
    const auto allowance = std::ranges::find_if(
        allowances, [&](const Allowance& each) { return each.statement == hit.statement && each.rule == name; });
    if (allowance == allowances.end()) {
      hits.push_back(std::move(hit));
      continue;
    }
    if (allowance->use == Allowance::Use::unused)
      out.exceptions.push_back(
          {.file = file, .line = allowance->line, .rule = allowance->rule, .reason = allowance->reason});
    allowance->use = Allowance::Use::used;
  }
  for (const Allowance& each : allowances) {
    // In one deployment with earlier migrations its object may be new: then it allows nothing, and is not wrong.
    if (each.use == Allowance::Use::used || step.running < step.number - 1) continue;
    hits.push_back(
        {.rule = Rule::unused_exception, .object = each.rule, .line = each.line, .statement = each.statement});
  }
  const auto key = [](const LintHit& hit) { return std::tie(hit.line, hit.rule, hit.object); };
  std::ranges::sort(hits, {}, key);
  const auto repeated = std::ranges::unique(hits, {}, key);
  hits.erase(repeated.begin(), repeated.end());
  for (LintHit& hit : hits) {
    const LintRule& rule = lint_rules()[static_cast<std::size_t>(hit.rule)];
    out.findings.push_back({.file = file,
                            .line = hit.line,
                            .rule = std::string(rule.name),
                            .object = std::move(hit.object),
                            .breaks = std::string(rule.breaks),
                            .remedy = std::string(rule.remedy)});
  }
}

// Reads one migration; its hits count only if it is judged.
void lint_migration(const Migration& migration, Dialect dialect, const LintScope& scope, detail::KnownSchema& schema,
                    LintReport& out) {
  const auto script = detail::read_sql(migration.up, dialect);
  LintStep step{.script = script,
                .outline = detail::outline_of(script),
                .dialect = dialect,
                .mode = mode_of(migration.up),
                .number = migration.number,
                .running = scope.running.value_or(migration.number - 1),
                .schema = schema};
  std::vector<Allowance> allowances;
  for (; step.statement < script.statements.size(); ++step.statement) {
    const SqlStatement& statement = script.statements[step.statement];
    for (const SqlComment& comment : statement.comments) read_exception(comment, step, allowances);
    lint_statement(step, statement);
  }
  for (const SqlComment& comment : script.trailing) read_exception(comment, step, allowances);
  if (script.fault) step.add(Rule::syntax, script.fault->what, script.fault->line);
  lint_mode(step);
  lint_rebuilds(step);
  if (migration.number <= std::max(scope.skip_through, scope.running.value_or(0))) return;
  ++out.migrations;
  report(step, std::move(allowances), file_of(migration, dialect), out);
}

}  // namespace

LintReport lint_migrations(std::span<const Migration> migrations, Dialect dialect, const LintScope& scope) {
  LintReport out;
  detail::KnownSchema schema;
  for (const Migration& migration : migrations) lint_migration(migration, dialect, scope, schema, out);
  return out;
}

}  // namespace ashlar::sql
