// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/draft.hpp"

namespace ashlar::sql {

Result<Draft> draft_migration(Database& database, std::span<const Migration> migrations,
                              std::span<const TableModel> models) {
  const std::string before = dry_run_script(migrations);
  auto made = dry_run_catalog(database, before);
  if (!made) return std::unexpected(std::move(made.error()));
  auto wanted = dry_run_catalog(database, schema_script(models, database.dialect()));
  if (!wanted) return std::unexpected(std::move(wanted.error()));
  wanted->objects = made->objects;  // models describe none

  Draft out{.change = schema_change(*made, *wanted, database.dialect())};
  if (out.change.up.empty()) return out;
  auto after = dry_run_catalog(database, before + out.change.up);
  if (!after) return std::unexpected(std::move(after.error()));
  auto back = dry_run_catalog(database, before + out.change.up + out.change.down);
  if (!back) return std::unexpected(std::move(back.error()));
  out.left = differences(*wanted, *after);
  out.left_by_down = differences(*made, *back);
  return out;
}

}  // namespace ashlar::sql
