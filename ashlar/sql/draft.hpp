// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/migrations.hpp"
#include "ashlar/sql/model.hpp"

// The next migration, drafted: what stands between the program's models and its migrations, as SQL for a person to
// review. Both are tried out on the database, where nothing is left (Database::dry_run), so it does not matter what is
// in it. What models do not say stays as it is: views, triggers, functions, rows.
namespace ashlar::sql {

struct Draft {
  SchemaChange change;
  // What the models want and the step does not make yet: what it left as a comment, for one.
  std::vector<Difference> left{};
  // What the way back does not take back.
  std::vector<Difference> left_by_down{};
};

// Blocks. Errors: database.failed when the draft, or a migration, does not run; the cause says what the database said.
Result<Draft> draft_migration(Database& database, std::span<const Migration> migrations,
                              std::span<const TableModel> models);

}  // namespace ashlar::sql
