// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/migrations.hpp"

#include "ashlar/sql/conformance/suite.hpp"

#include <thread>

namespace ashlar::sql::conformance {

std::span<const Migration> migrations(Dialect dialect);  // the files next to this one, compiled in

namespace {

std::vector<Migration> three() {
  return {
      {.number = 1, .name = "users", .up = "create table users (id integer primary key);", .down = "drop table users;"},
      {.number = 2, .name = "posts", .up = "create table posts (id integer primary key)", .down = "drop table posts"},
      {.number = 3, .name = "notes", .up = "create table notes (id integer primary key);", .down = ""}};
}

class Steps {
 public:
  Steps(Database& database, std::vector<Migration> migrations)
      : migrations_(std::move(migrations)), migrator_(database, migrations_, clock_) {}
  Migrator* operator->() { return &migrator_; }
  std::string states() {
    std::string out;
    const auto all = migrator_.status();
    EXPECT_TRUE(all) << all.error().message();
    for (const auto& step : *all) out += step.label + " " + std::string(to_string(step.state)) + "\n";
    return out;
  }

 private:
  ManualClock clock_{Timestamp::from_milliseconds(1'700'000'000'123)};
  std::vector<Migration> migrations_;
  Migrator migrator_;
};

std::string labels(const Result<std::vector<const Migration*>>& steps) {
  if (!steps) return std::string(steps.error().code().name) + ": " + steps.error().message();
  std::string out;
  for (const auto* step : *steps) out += step->label() + " ";
  return out;
}

TEST_P(Conformance, RefusesMigrationsThatAreWrongByThemselves) {
  auto& db = open();
  auto gap = three();
  gap.erase(gap.begin() + 1);
  EXPECT_EQ(labels(Steps(db, gap)->up()), "sql.migration_invalid: Migration 2 is missing before 0003_notes.");
  auto odd = three();
  odd[0].name = "users'; drop";
  EXPECT_TRUE(labels(Steps(db, odd)->up()).starts_with("sql.migration_invalid"));
}

TEST_P(Conformance, RefusesToContinueWhenTheDatabaseDisagrees) {
  auto& db = open();
  ASSERT_EQ(labels(Steps(db, three())->up(2)), "0001_users 0002_posts ");

  auto changed = three();
  changed[0].up += " -- another";
  EXPECT_TRUE(labels(Steps(db, changed)->up()).starts_with("sql.migration_conflict: Migration 0001_users was changed"));
  EXPECT_EQ(Steps(db, changed).states(), "0001_users changed\n0002_posts applied\n0003_notes pending\n");

  auto older = three();
  older.resize(1);
  EXPECT_TRUE(
      labels(Steps(db, older)->up()).starts_with("sql.migration_conflict: This database has migration 0002_posts"));
  EXPECT_EQ(Steps(db, older).states(), "0001_users applied\n0002_posts unknown\n");

  ASSERT_TRUE(db.run_script("delete from schema_migrations where number = 1"));
  EXPECT_TRUE(labels(Steps(db, three())->up())
                  .starts_with("sql.migration_conflict: Migration 0001_users was not applied, but"));
}

TEST_P(Conformance, KeepsNothingOfAMigrationThatFails) {
  auto& db = open();
  auto broken = three();
  broken[1].up = "create table posts (id integer primary key); insert into nowhere values (1);";
  Steps steps(db, broken);
  const auto failed = labels(steps->up());
  EXPECT_TRUE(failed.starts_with("sql.migration_failed: Migration 0002_posts")) << failed;
  EXPECT_NE(failed.find("nowhere"), std::string::npos) << failed;
  EXPECT_EQ(steps.states(), "0001_users applied\n0002_posts pending\n0003_notes pending\n");
  EXPECT_EQ(code_of(await(db.execute({.sql = "select id from posts"}))), "database.failed") << "the table is gone";
}

TEST_P(Conformance, GoesUpAndDownStepByStep) {
  auto& db = open();
  Steps steps(db, three());
  EXPECT_EQ(labels(steps->pending()), "0001_users 0002_posts 0003_notes ");
  EXPECT_EQ(labels(steps->up(2)), "0001_users 0002_posts ");
  EXPECT_EQ(labels(steps->undoable(1)), "0002_posts ");
  EXPECT_EQ(labels(steps->down(1)), "0002_posts ");
  EXPECT_EQ(steps.states(), "0001_users applied\n0002_posts pending\n0003_notes pending\n");
  EXPECT_EQ(labels(steps->up()), "0002_posts 0003_notes ");
  EXPECT_EQ(labels(steps->up()), "");
  EXPECT_EQ(labels(steps->down(2)), "sql.migration_invalid: Migration 0003_notes has no way back.");
  const auto status = steps->status();
  EXPECT_EQ(status->at(0).applied_at->to_string(), "2023-11-14T22:13:20.123Z");
}

TEST_P(Conformance, TwoProgramsThatMigrateAtOnceTakeTurns) {
  auto& db = open();
  Steps first(db, three()), second(db, three());
  Result<std::vector<const Migration*>> a, b;
  std::thread other([&] { b = second->up(); });
  a = first->up();
  other.join();
  ASSERT_TRUE(a && b) << labels(a) << labels(b);
  EXPECT_EQ(a->size() + b->size(), 3U) << "each step is made once";
  EXPECT_EQ(first.states(), "0001_users applied\n0002_posts applied\n0003_notes applied\n");
}

TEST_P(Conformance, LookingAtMigrationsChangesNothing) {
  auto& db = open();
  Steps steps(db, three());
  EXPECT_EQ(steps.states(), "0001_users pending\n0002_posts pending\n0003_notes pending\n");
  EXPECT_EQ(labels(steps->undoable(1)), "");
  EXPECT_EQ(code_of(await(db.execute({.sql = "select number from schema_migrations"}))), "database.failed");
}

TEST_P(Conformance, ARehearsalStartsFromNothingAndLeavesNothing) {
  auto& db = open_with("create table users (id integer primary key); insert into users values (1), (2);");
  std::vector<std::string> names;
  const Statement reads[] = {{.sql = "select name from users where name <> $1 order by name",
                              .parameters = {"Bob"},
                              .on_row = [&names](const Row& row) { names.emplace_back(row.text(0)); }}};
  const auto done = db.dry_run(
      "create table users (name text primary key); insert into users values ('Eve'), ('Ada'), ('Bob')", reads);
  ASSERT_TRUE(done) << done.error().cause();
  EXPECT_EQ(names, (std::vector<std::string>{"Ada", "Eve"}));
  EXPECT_EQ(count(db, "users"), 2) << "its own table is another one";
  EXPECT_EQ(code_of(db.dry_run("drop table users", {})), "database.failed") << "it sees nothing of the database";
  EXPECT_EQ(count(db, "users"), 2);
}

TEST_P(Conformance, AStatementIsDescribedWithoutBeingRun) {
  auto& db = open_with("create table users (id " + GetParam().uuid + " primary key, name text not null);");
  const auto shape = db.describe_blocking("insert into users (id, name) values ($2, $1) returning name, id");
  ASSERT_TRUE(shape) << shape.error().cause();
  EXPECT_EQ(shape->parameters.size(), 2U);
  ASSERT_EQ(shape->columns.size(), 2U);
  EXPECT_EQ(shape->columns[0].name, "name");
  EXPECT_EQ(shape->columns[0].type == "TEXT" ? "text" : shape->columns[0].type, "text");
  EXPECT_EQ(shape->columns[1].name, "id");
  EXPECT_EQ(count(db, "users"), 0);
  EXPECT_EQ(code_of(db.describe_blocking("select nothing from users")), "database.failed");
}

TEST_P(Conformance, EmbedsTheFilesOfAFolderAsTheyAre) {
  auto& db = open();
  const auto embedded = migrations(db.dialect());
  ASSERT_EQ(embedded.size(), 2U);
  Steps steps(db, {embedded.begin(), embedded.end()});
  EXPECT_EQ(labels(steps->up()), "0001_first 0002_long ");
  EXPECT_GT(embedded[1].up.size(), 40'000U);
  EXPECT_EQ(integers(db, "select id from second where text = $1",
                     {"Über den Wolken; \\n ${NOT_A_VARIABLE} @AT@ \"quoted\" '500'"}),
            std::vector<std::int64_t>{500});
  EXPECT_EQ(labels(steps->down(2)), "sql.migration_invalid: Migration 0002_long has no way back.");
}

}  // namespace
}  // namespace ashlar::sql::conformance
