// SPDX-License-Identifier: Apache-2.0
#include "cli/migrate_lint.hpp"

#include "ashlar/schema/json.hpp"
#include "ashlar/sql/migration_lint.hpp"
#include "backend/schema_version.hpp"
#include "cli/command_context.hpp"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace ashlar::cli {

namespace {

using For = LintMigrations::For;
using Which = LintMigrations::Which;

struct FindingView {
  std::string file{};
  std::int64_t line = 0;
  std::string rule{};
  std::string object{};
  std::string breaks{};
  std::string remedy{};
};
ASHLAR_DESCRIBE(FindingView, file, line, rule, object, breaks, remedy)

struct ExceptionView {
  std::string file{};
  std::int64_t line = 0;
  std::string rule{};
  std::string reason{};
};
ASHLAR_DESCRIBE(ExceptionView, file, line, rule, reason)

struct ReportView {
  std::int64_t migrations = 0;
  std::vector<FindingView> findings{};
  std::vector<ExceptionView> exceptions{};
};
ASHLAR_DESCRIBE(ReportView, migrations, findings, exceptions)

void append(ReportView& out, const std::string& folder, const sql::LintReport& report) {
  out.migrations += static_cast<std::int64_t>(report.migrations);
  for (const sql::LintFinding& finding : report.findings) {
    out.findings.push_back({.file = folder + finding.file,
                            .line = static_cast<std::int64_t>(finding.line),
                            .rule = finding.rule,
                            .object = finding.object,
                            .breaks = finding.breaks,
                            .remedy = finding.remedy});
  }
  for (const sql::LintException& exception : report.exceptions) {
    out.exceptions.push_back({.file = folder + exception.file,
                              .line = static_cast<std::int64_t>(exception.line),
                              .rule = exception.rule,
                              .reason = exception.reason});
  }
}

std::string read_text(const std::filesystem::path& file) {
  const std::ifstream in(file, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  if (!in) throw ExitError(exit_failed, file.string() + " cannot be read.");
  return std::move(out).str();
}

std::optional<std::int64_t> number_of(std::string_view text) {
  std::int64_t out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc() || end != text.data() + text.size() || out < 0) return std::nullopt;
  return out;
}

std::filesystem::path folder_of(const LintMigrations& wanted) {
  if (!wanted.folder.empty()) {
    if (std::filesystem::is_directory(wanted.folder)) return wanted.folder;
    throw ExitError(exit_failed, "There is no folder " + wanted.folder + ".");
  }
  for (const char* usual : {"backend/migrations", "migrations"})
    if (std::filesystem::is_directory(usual)) return usual;
  throw ExitError(
      exit_failed,
      "There is no folder backend/migrations or migrations here: run this in the sources, give --folder, or "
      "check what this binary would apply with --pending.");
}

// The up texts in a folder for one kind of database, in order.
std::vector<sql::Migration> migrations_in(const std::filesystem::path& folder, const std::string& database) {
  const std::string suffix = "." + database + ".up.sql";
  std::vector<sql::Migration> out;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string file = entry.path().filename().string();
    if (!file.ends_with(suffix)) continue;
    const std::string label = file.substr(0, file.size() - suffix.size());
    const auto number = label.size() > 5 && label[4] == '_' ? number_of(label.substr(0, 4)) : std::nullopt;
    if (!number || !sql::is_migration_name(label.substr(5)))
      throw ExitError(exit_failed, entry.path().string() + ": the name must be NNNN_name" + suffix + ".");
    out.push_back({.number = *number, .name = label.substr(5), .up = read_text(entry.path()), .down = {}});
  }
  std::ranges::sort(out, {}, &sql::Migration::number);
  return out;
}

// N of the line "skip through N because REASON" in lint.txt; 0 without that file.
std::int64_t skipped_in(const std::filesystem::path& folder) {
  const std::filesystem::path file = folder / "lint.txt";
  if (!std::filesystem::exists(file)) return 0;
  std::istringstream lines(read_text(file));
  std::int64_t out = 0;
  std::size_t at = 0;
  for (std::string line; std::getline(lines, line);) {
    ++at;
    if (line.empty() || line.starts_with('#')) continue;
    constexpr std::string_view begin = "skip through ";
    constexpr std::string_view because = " because ";
    const auto reason = line.find(because);
    const auto number = line.starts_with(begin) && reason != std::string::npos && line.size() > reason + because.size()
                            ? number_of(std::string_view(line).substr(begin.size(), reason - begin.size()))
                            : std::nullopt;
    if (!number) {
      throw ExitError(exit_failed, file.string() + ":" + std::to_string(at) +
                                       ": a line must be \"skip through N because REASON\", or a comment after #.");
    }
    out = *number;
  }
  return out;
}

void require_number(std::int64_t number, const std::vector<sql::Migration>& migrations, const std::string& what) {
  const std::int64_t last = migrations.empty() ? 0 : migrations.back().number;
  if (number > last)
    throw ExitError(exit_failed, what + " names migration " + std::to_string(number) + ", and the last one is " +
                                     std::to_string(last) + ".");
}

ReportView lint_folder(const LintMigrations& wanted) {
  const std::filesystem::path folder = folder_of(wanted);
  sql::LintScope scope{.running = wanted.since};
  if (wanted.which == Which::not_skipped && !wanted.since) scope.skip_through = skipped_in(folder);
  ReportView out;
  for (const auto& [database, dialect, other] : {std::tuple("sqlite", sql::Dialect::sqlite, For::postgres),
                                                 std::tuple("postgres", sql::Dialect::postgres, For::sqlite)}) {
    if (wanted.databases == other) continue;
    const auto migrations = migrations_in(folder, database);
    if (wanted.since) require_number(*wanted.since, migrations, "--since");
    if (!wanted.since) require_number(scope.skip_through, migrations, (folder / "lint.txt").string());
    append(out, folder.string() + "/", sql::lint_migrations(migrations, dialect, scope));
  }
  return out;
}

ReportView lint_pending() {
  CommandContext context;
  sql::Migrator migrator = backend::migrator(*context.database, context.clock);
  const auto pending = value_or_exit(migrator.pending());
  const auto all = backend::migrations(context.database->dialect());
  const auto running = static_cast<std::int64_t>(all.size() - pending.size());
  ReportView out;
  if (running == 0) {  // no version runs on an empty database
    out.migrations = static_cast<std::int64_t>(all.size());
    return out;
  }
  append(out, "", sql::lint_migrations(all, context.database->dialect(), {.running = running}));
  return out;
}

std::string counted(std::size_t count, const std::string& noun) {
  return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

void print_report(const ReportView& report) {
  for (const FindingView& finding : report.findings) {
    std::puts((finding.file + ":" + std::to_string(finding.line) + ": " + finding.rule + ": " + finding.object +
               "\n  " + finding.breaks + "\n  " + finding.remedy)
                  .c_str());
  }
  std::string summary = counted(report.findings.size(), "finding") + " in " +
                        counted(static_cast<std::size_t>(report.migrations), "migration");
  if (!report.exceptions.empty()) summary += ", " + counted(report.exceptions.size(), "reviewed exception");
  std::puts(summary.c_str());
  if (!report.findings.empty()) {
    std::puts(
        "To allow a finding after a review, write before its statement: -- lint: allow RULE because REASON\n"
        "See docs/guide/migrations.md.");
  }
}

}  // namespace

int migrate_lint(const LintMigrations& wanted) {
  const ReportView report = wanted.which == Which::pending ? lint_pending() : lint_folder(wanted);
  if (wanted.output == Output::json) {
    std::puts(schema::to_json(report).c_str());
  } else {
    print_report(report);
  }
  return report.findings.empty() ? exit_ok : exit_failed;
}

}  // namespace ashlar::cli
