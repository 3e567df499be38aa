// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/commands.hpp"

#include <cstdint>
#include <optional>
#include <string>

// `ashlar migrate lint`: what migrations do to the version that still runs while they are applied
// (ashlar/sql/migration_lint.hpp).
namespace ashlar::cli {

struct LintMigrations {
  std::string folder;  // empty: backend/migrations or migrations, whichever there is
  enum class Which : std::uint8_t {
    not_skipped,  // all but those that lint.txt in the folder skips
    all,
    pending,  // those of this binary that the database does not have
  } which = Which::not_skipped;
  std::optional<std::int64_t> since{};  // the last migration of the version that runs
  enum class For : std::uint8_t { both, sqlite, postgres } databases = For::both;
  Output output = Output::table;
};
// exit_failed when there is a finding.
int migrate_lint(const LintMigrations& wanted);

}  // namespace ashlar::cli
