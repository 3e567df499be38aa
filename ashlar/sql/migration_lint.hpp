// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/migrations.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// Finds what a migration does to the version of the program that still runs while it is applied (a rolling update), and
// to tables that are large: a dropped column, a lock that blocks every writer. It reads the texts only, and needs no
// database. docs/guide/migrations.md lists the rules.
//
// Objects that the running version does not know are not judged, such as a column of a table that the same migration
// creates. A reviewed exception is a comment before or in its statement, and gives its reason:
//
//   -- lint: allow drop-column because no version since 1.4 uses it
//
// It cannot see what a DO block or a called function does, how many rows a WHERE selects, or what the program's own
// statements need.
namespace ashlar::sql {

struct LintRule {
  std::string_view name;    // drop-column
  std::string_view breaks;  // what happens to the running version or the table: one sentence
  std::string_view remedy;  // how to make the same change without that: one sentence
  // `syntax` and the rules about exceptions cannot be allowed.
  enum class Exceptions : std::uint8_t { possible, none } exceptions = Exceptions::possible;
};
[[nodiscard]] std::span<const LintRule> lint_rules();

struct LintFinding {
  std::string file;      // 0026_names.postgres.up.sql
  std::size_t line = 1;  // from 1
  std::string rule;
  std::string object;  // "users.age"
  std::string breaks;
  std::string remedy;
};

// A finding that a comment allows.
struct LintException {
  std::string file;
  std::size_t line = 1;  // of the comment
  std::string rule;
  std::string reason;
};

struct LintReport {
  std::vector<LintFinding> findings{};
  std::vector<LintException> exceptions{};
  std::size_t migrations = 0;  // how many were judged
};

struct LintScope {
  // The last migration of the version that runs: the later ones are judged as one deployment, so what they create is
  // new. Without it each migration is judged as a deployment of its own.
  std::optional<std::int64_t> running{};
  std::int64_t skip_through = 0;  // migrations up to this number are read, but not judged
};

// The up texts, in the order of the migrations; the earlier ones say which tables and constraints exist.
[[nodiscard]] LintReport lint_migrations(std::span<const Migration> migrations, Dialect dialect,
                                         const LintScope& scope = {});

}  // namespace ashlar::sql
