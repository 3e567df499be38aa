// SPDX-License-Identifier: Apache-2.0
#include "backend/models.hpp"

#include "ashlar/sql/draft.hpp"
#include "backend/schema_version.hpp"
#include "tests/support/test_backend.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ashlar::backend {
namespace {

std::string listed(const std::vector<sql::Difference>& differences) {
  std::string out;
  for (const auto& each : differences) out += each.object + ": " + each.expected + " / " + each.found + "\n";
  return out;
}

// The models say all that the hand-written migrations make, but for the triggers that keep what an account may do,
// their functions, and the rows of roles and permissions.
TEST(Models, MakeTheSchemaOfTheMigrations) {
  test::TestBackend backend;
  sql::Database& database = backend.database();
  const auto own = migrations(database.dialect());
  const auto drafted = sql::draft_migration(database, own, models());
  ASSERT_TRUE(drafted) << drafted.error().cause();
  EXPECT_EQ(drafted->change.up, "") << "ashlar migrate new NAME writes it";

  auto by_migrations = sql::dry_run_catalog(database, sql::dry_run_script(own));
  const auto first = sql::draft_migration(database, {}, models());
  ASSERT_TRUE(by_migrations && first) << first.error().cause();
  EXPECT_EQ(listed(first->left) + listed(first->left_by_down), "");
  const auto by_models = sql::dry_run_catalog(database, first->change.up);
  ASSERT_TRUE(by_models) << by_models.error().cause();
  for (const auto& object : by_migrations->objects) {
    EXPECT_TRUE(object.kind == "trigger" || object.kind == "function") << object.kind;
    EXPECT_THAT(object.name, testing::AnyOf(testing::HasSubstr("permissions"), testing::StartsWith("count_"),
                                            testing::StartsWith("authority_"), testing::StartsWith("version_after_"),
                                            testing::StartsWith("revoked_session_"), testing::StartsWith("audit_")))
        << "made by 0006_account_permissions, 0008_lists, 0011_authority, 0017_audit or 0018_instances";
  }
  by_migrations->objects.clear();
  EXPECT_EQ(listed(sql::differences(*by_migrations, *by_models)), "");
}

// In SQLite it rebuilds tables, under triggers that write them.
TEST(Models, CanChangeWhereTriggersSpeakOfTheirTables) {
  test::TestBackend backend;
  auto changed = models();
  for (sql::TableModel& model : changed)
    if (model.name == "users" || model.name == "role_permissions") model.rules.push_back(sql::check("role <> 'none'"));
  const auto drafted = sql::draft_migration(backend.database(), migrations(backend.database().dialect()), changed);
  ASSERT_TRUE(drafted) << drafted.error().cause();
  EXPECT_NE(drafted->change.up, "");
  EXPECT_EQ(listed(drafted->left) + listed(drafted->left_by_down), "");
}

TEST(Models, AreWhatTheMigratedDatabaseHas) {
  test::TestBackend backend;
  const auto drift = migrator(backend.database(), backend.clock()).drift();
  ASSERT_TRUE(drift) << drift.error().cause();
  EXPECT_EQ(listed(*drift), "");
}

}  // namespace
}  // namespace ashlar::backend
