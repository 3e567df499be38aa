// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/detail/lint_rule.hpp"
#include "ashlar/sql/detail/table_text.hpp"
#include "ashlar/sql/migrations.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// What the migrations up to here have made, as far as the linter needs it, and what it finds in one of them.
namespace ashlar::sql::detail {

// `since` is the number of the migration that made an object.
struct KnownColumn {
  std::string type;
  Nullability nullability = Nullability::nullable;
  DefaultValue default_value = DefaultValue::none;
  std::int64_t since = 0;
};

struct KnownTable {
  std::map<std::string, KnownColumn> columns;
  std::vector<ConstraintText> constraints;
  std::int64_t since = 0;
};

struct KnownIndex {
  enum class Unique : std::uint8_t { no, yes } unique = Unique::no;
  std::string table;
  std::string columns;  // "( a , b ) where ..."
  std::int64_t since = 0;
};

struct KnownRoutine {
  std::vector<std::string> parameters;
  std::int64_t since = 0;
};

struct KnownSchema {
  std::map<std::string, KnownTable> tables;
  std::map<std::string, KnownIndex> indexes;
  std::map<std::string, KnownRoutine> routines;
  std::map<std::string, std::int64_t> views, types, triggers;
};

// The statements of one migration that others look forward to.
struct Outline {
  struct Object {
    std::string kind;  // "view"
    std::string name;
    std::size_t statement;
    std::vector<std::string> parameters{};  // of a routine
  };
  struct Rename {
    std::string from, to;
    std::size_t statement;
  };
  std::vector<Object> created, dropped;
  std::vector<Rename> renamed;    // tables
  std::set<std::string> altered;  // tables

  // The first one from this statement on, or null.
  [[nodiscard]] const Object* creation(std::string_view kind, std::string_view name, std::size_t from) const;
  [[nodiscard]] const Object* drop(std::string_view kind, std::string_view name, std::size_t from) const;
};
Outline outline_of(const SqlScript& script);

// The words of a CREATE up to the object's name.
struct CreateHead {
  std::string kind;  // "table"; empty for what the linter does not read
  std::string name;
  bool unique = false;
  bool concurrently = false;
  bool if_not_exists = false;
};
CreateHead read_create_head(SqlCursor& cursor);
struct DropHead {
  std::string kind;
  bool concurrently = false;
};
DropHead read_drop_head(SqlCursor& cursor);

// A table that is replaced by a copy with its name.
struct Rebuild {
  KnownTable old;
  std::map<std::string, KnownIndex> old_indexes;
  std::size_t statement;    // that creates the copy
  std::string set_aside{};  // the old table's name until it is dropped, if it was renamed first
};

struct LintHit {
  Rule rule;
  std::string object;
  std::size_t line;
  std::size_t statement;
};

// One migration while it is read.
struct LintStep {
  const SqlScript& script;
  const Outline outline;
  const Dialect dialect;
  const MigrationMode mode;
  const std::int64_t number;
  const std::int64_t running;  // the last migration of the version that runs
  KnownSchema& schema;
  std::size_t statement = 0;  // the one that is read
  std::vector<LintHit> hits{};
  std::map<std::string, Rebuild> rebuilds{};         // by the table's name
  std::map<std::string, std::size_t> unvalidated{};  // "table constraint" that this migration adds as not valid
  std::set<std::string> new_enum_values{};

  void add(Rule rule, std::string object, std::size_t line) {
    hits.push_back({.rule = rule, .object = std::move(object), .line = line, .statement = statement});
  }
  [[nodiscard]] bool sqlite() const { return dialect == Dialect::sqlite; }
  // Whether the running version may know it; it may know objects that no migration makes.
  [[nodiscard]] bool is_old(std::int64_t since) const { return since <= running; }
  [[nodiscard]] bool is_old_table(const std::string& name) const;
  [[nodiscard]] bool is_old_column(const std::string& table, const std::string& column) const;
};

void lint_create(LintStep& step, SqlCursor& cursor);
void lint_alter(LintStep& step, SqlCursor& cursor);
void lint_alter_table(LintStep& step, SqlCursor& cursor);
void lint_rename_table(LintStep& step, const std::string& from, const std::string& to, std::size_t line);
void lint_drop(LintStep& step, SqlCursor& cursor);
void lint_drop_table(LintStep& step, const std::string& table, std::size_t line);
// Statements that write or lock rows, and those about transactions and sessions.
void lint_rows(LintStep& step, std::span<const SqlToken> tokens);
void lint_session(LintStep& step, SqlCursor& cursor);
void lint_mode(LintStep& step);
// The copy of a rebuilt table is complete: finds what differs, and counts it as the old table from now on.
void lint_copy(LintStep& step, const std::string& table, KnownTable& copy);
// Whether a foreign key of another table refers to it.
bool is_referenced(const KnownSchema& schema, const std::string& table);
// Whether a unique index or constraint of the table has these columns.
bool is_unique(const KnownSchema& schema, const std::string& table, const std::string& columns);
std::string columns_text(const std::vector<std::string>& columns);
// After the last statement: what the copies of rebuilt tables lack.
void lint_rebuilds(LintStep& step);

}  // namespace ashlar::sql::detail
