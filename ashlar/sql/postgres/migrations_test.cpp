// SPDX-License-Identifier: Apache-2.0
// What migrations have in PostgreSQL alone: a lock, a limit on waits for tables, steps outside of a transaction.
#include "ashlar/sql/migrations.hpp"

#include "tests/support/postgres_test.hpp"

#include <gmock/gmock.h>

namespace ashlar::sql::postgres {
namespace {

using testing::HasSubstr;

class PostgresMigrations : public tests::PostgresTest {
 protected:
  std::string up(const std::vector<Migration>& migrations, MigratorOptions options = {}) {
    Migrator migrator(*database_, migrations, clock_, options);
    const auto made = migrator.up();
    if (made) return std::to_string(made->size()) + " made";
    return std::string(made.error().code().name) + ": " + made.error().message();
  }
  ManualClock clock_{Timestamp::from_milliseconds(1'700'000'000'000)};
};

const Migration users{.number = 1, .name = "users", .up = "create table users (id int primary key);", .down = ""};

TEST_F(PostgresMigrations, WaitForAnotherProgramOnlySoLong) {
  auto& db = open();
  auto lock = db.lock_migrations(std::chrono::milliseconds(0));
  ASSERT_TRUE(lock && *lock);
  EXPECT_THAT(up({users}, {.lock_wait_max = std::chrono::milliseconds(20)}),
              HasSubstr("sql.migration_locked: Another program is migrating this database"));
  EXPECT_EQ(integer(db, "select count(*) from pg_class where relname = 'users'"), 0);
  lock->reset();
  EXPECT_EQ(up({users}), "1 made");
}

TEST_F(PostgresMigrations, DoNotBlockOthersWaitingForATableInUse) {
  auto& db = open();
  ASSERT_EQ(up({users}), "1 made");
  const Migration age{.number = 2, .name = "age", .up = "alter table users add column age int;", .down = ""};
  auto transaction = await(db.begin());
  ASSERT_TRUE(transaction);
  ASSERT_TRUE(write(*transaction, "insert into users values (1)"));
  EXPECT_THAT(up({users, age}, {.table_lock_time_max = std::chrono::milliseconds(20)}),
              testing::AllOf(HasSubstr("sql.migration_failed: Migration 0002_age"), HasSubstr("run it again")));
  ASSERT_TRUE(await(transaction->commit()));
  EXPECT_EQ(up({users, age}), "1 made");
}

// A step that fills what it made would otherwise leave out what was written while it waited.
TEST_F(PostgresMigrations, SeeWhatWasCommittedWhileTheyWaited) {
  auto& db = open({.isolation = Isolation::serializable});
  const Migration level{.number = 1,
                        .name = "level",
                        .up = "create table level as select current_setting('transaction_isolation') as name;",
                        .down = ""};
  ASSERT_EQ(up({level}), "1 made");
  EXPECT_EQ(integer(db, "select count(*) from level where name = 'read committed'"), 1);
}

TEST_F(PostgresMigrations, RunAConcurrentIndexOutsideOfATransaction) {
  auto& db = open();
  const Migration index{
      .number = 2,
      .name = "index",
      .up = "-- An index.\n-- ashlar: no transaction\ncreate index concurrently users_id on users (id);\n",
      .down = "-- ashlar: no transaction\ndrop index concurrently users_id;\n"};
  Migration within = index;
  within.up = "create index concurrently users_id on users (id);";
  EXPECT_THAT(up({users, within}), HasSubstr("sql.migration_failed: Migration 0002_index"));
  EXPECT_EQ(up({users, index}), "1 made");
  EXPECT_EQ(integer(db, "select count(*) from pg_indexes where indexname = 'users_id'"), 1);
  const std::vector<Migration> both{users, index};
  EXPECT_TRUE(Migrator(db, both, clock_).down(1));
  EXPECT_EQ(integer(db, "select count(*) from pg_indexes where indexname = 'users_id'"), 0);
}

TEST_F(PostgresMigrations, ARehearsalThatCommitsIsUndoneAndRefused) {
  auto& db = open();
  const auto done = db.dry_run("create table users (id int); commit", {});
  EXPECT_EQ(tests::code_of(done), "database.failed");
  EXPECT_EQ(integer(db, "select count(*) from pg_namespace where nspname = 'ashlar_dry_run'"), 0);
}

}  // namespace
}  // namespace ashlar::sql::postgres
