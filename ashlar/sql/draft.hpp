// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/migrations.hpp"
#include "ashlar/sql/model.hpp"

// Drafts the next migration: the difference between the program's models and its migrations, as SQL for review. Both
// are tried on the database without leaving a trace (Database::dry_run), so its content does not matter. Objects that
// models do not describe stay unchanged: views, triggers, functions, rows.
namespace ashlar::sql {

struct Draft {
  SchemaChange change;
  // Parts of the models that the step does not create yet, such as those written as comments.
  std::vector<Difference> left{};
  // Changes that the down script does not undo.
  std::vector<Difference> left_by_down{};
};

// Blocks. Errors: database.failed when the draft or a migration does not run; the cause is the database's message.
Result<Draft> draft_migration(Database& database, std::span<const Migration> migrations,
                              std::span<const TableModel> models);

}  // namespace ashlar::sql
