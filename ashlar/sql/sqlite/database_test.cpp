// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/sqlite/database.hpp"

#include "ashlar/sql/open.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <filesystem>
#include <fstream>

// What is SQLite's own; the rest is in the suite for all drivers.
namespace ashlar::sql::sqlite {
namespace {

class SqliteFile : public testing::Test {
 protected:
  std::filesystem::path path() const { return folder_ / "new" / "folder" / "test.db"; }
  static Result<> write(Database& db, std::string sql, std::vector<Value> parameters = {}) {
    return db.query_blocking({.sql = std::move(sql), .parameters = std::move(parameters), .mode = Mode::write});
  }
  static std::int64_t integer(Database& db, std::string sql) {
    std::int64_t out = -1;
    const auto done =
        db.query_blocking({.sql = std::move(sql), .on_row = [&out](const Row& row) { out = row.integer(0); }});
    EXPECT_TRUE(done) << done.error().cause();
    return out;
  }

  test::TemporaryFolder folder_;
};

TEST_F(SqliteFile, SaysWhyItCannotBeOpened) {
  std::ofstream(folder_ / "file") << "this is no database, but long enough to look like one to SQLite....";
  for (const std::string& place :
       {(folder_ / "file/below.db").string(), (folder_ / "file").string(), folder_.path().string()}) {
    const auto opened = open_database("sqlite:" + place);
    ASSERT_FALSE(opened) << place;
    EXPECT_NE(opened.error().message().find(place), std::string::npos) << opened.error().message();
  }
}

TEST_F(SqliteFile, RefusesUrlsThatItDoesNotKnow) {
  for (const char* url : {"", "sqlite:", "sqlite://", "mysql://localhost", "data/ashlar.db"}) {
    const auto opened = open_database(url);
    ASSERT_FALSE(opened) << url;
    EXPECT_EQ(opened.error().code(), errors::unsupported_url) << url;
  }
}

TEST_F(SqliteFile, MakesItsFolderAndKeepsWhatWasWritten) {
  for (int round = 1; round <= 3; ++round) {
    auto db = Database::open({.path = path()});
    ASSERT_TRUE(db) << db.error().cause();
    ASSERT_TRUE((*db)->run_script("create table if not exists t (i integer); insert into t values (1);"));
    EXPECT_EQ(integer(**db, "select count(*) from t"), round);
  }
}

TEST_F(SqliteFile, ATemporaryDatabaseLeavesNothingBehind) {
  auto db = Database::open({.path = path(), .lifetime = Options::Lifetime::removed_on_close});
  ASSERT_TRUE((*db)->run_script("create table t (i integer)"));
  EXPECT_TRUE(std::filesystem::exists(path()));
  db->reset();
  EXPECT_FALSE(std::filesystem::exists(path().parent_path()));
}

TEST_F(SqliteFile, SaysSoWhenAnotherProcessHoldsTheLock) {
  auto db = Database::open({.path = path(), .busy_timeout = std::chrono::milliseconds(5)});
  ASSERT_TRUE((*db)->run_script("create table t (i integer)"));
  sqlite3* other = nullptr;
  ASSERT_EQ(sqlite3_open(path().c_str(), &other), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(other, "begin immediate; insert into t values (7)", nullptr, nullptr, nullptr), SQLITE_OK);
  const auto refused = write(**db, "insert into t values (1)");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), errors::unavailable);
  EXPECT_GT(refused.error().retry_after().count(), 0);
  EXPECT_EQ(integer(**db, "select count(*) from t"), 0) << "reads still work";
  ASSERT_EQ(sqlite3_exec(other, "commit", nullptr, nullptr, nullptr), SQLITE_OK);
  EXPECT_TRUE(write(**db, "insert into t values (1)"));
  sqlite3_close(other);
}

TEST_F(SqliteFile, KeepsFewStatementsAndStillRunsMany) {
  auto db = Database::open({.path = path(), .reader_threads = 1, .statements_max = 2});
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 10; ++i) EXPECT_EQ(integer(**db, "select " + std::to_string(i)), i);
  }
}

TEST_F(SqliteFile, KeptStatementsSurviveAChangeOfTheTables) {
  auto db = Database::open({.path = path(), .reader_threads = 1});
  ASSERT_TRUE((*db)->run_script("create table t (a integer); insert into t values (1);"));
  std::size_t columns = 0;
  const Statement all{.sql = "select * from t", .on_row = [&columns](const Row& row) { columns = row.columns(); }};
  ASSERT_TRUE((*db)->query_blocking(all));
  EXPECT_EQ(columns, 1U);
  ASSERT_TRUE((*db)->run_script("alter table t add column b integer"));
  ASSERT_TRUE((*db)->query_blocking(all));
  EXPECT_EQ(columns, 2U);
}

TEST_F(SqliteFile, ChecksForeignKeysEvenThoseThatWaitForTheCommit) {
  auto db = Database::open({.path = path()});
  ASSERT_TRUE(
      (*db)->run_script("create table a (id integer primary key); create table b (a integer references a deferrable "
                        "initially deferred)"));
  const auto refused = write(**db, "insert into b values (1)");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), errors::foreign_key);
  EXPECT_EQ(integer(**db, "select count(*) from b"), 0);
}

TEST_F(SqliteFile, AStatementThatGivesUpTheTransactionGetsAnErrorAndTheNextOneRuns) {
  auto db = Database::open({.path = path()});
  ASSERT_TRUE(
      (*db)->run_script("create table t (i integer primary key on conflict rollback); insert into t values (1);"));
  const auto refused = write(**db, "insert into t values (1)");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), errors::unique);
  EXPECT_TRUE(write(**db, "insert into t values (2)"));
  EXPECT_EQ(integer(**db, "select count(*) from t"), 2);
}

TEST_F(SqliteFile, AFullDiskIsUnavailableAndHarmsNothing) {
  auto db = Database::open({.path = path()});
  ASSERT_TRUE((*db)->run_script("create table t (x text); pragma max_page_count = 20; insert into t values ('kept');"));
  const auto refused = write(**db, "insert into t values ($1)", {std::string(1'000'000, 'x')});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), errors::unavailable);
  EXPECT_TRUE(write(**db, "insert into t values ('small')"));
  EXPECT_EQ(integer(**db, "select count(*) from t"), 2);
}

TEST_F(SqliteFile, RefusesToReachOtherFiles) {
  auto db = Database::open({.path = path()});
  for (const char* sql :
       {"attach 'other.db' as other", "detach main", "vacuum into 'copy.db'", "select load_extension('x')"}) {
    const auto refused = write(**db, sql);
    ASSERT_FALSE(refused) << sql;
    EXPECT_EQ(refused.error().code(), errors::failed) << sql;
  }
}

TEST_F(SqliteFile, FoldsCaseInEveryScript) {
  auto db = Database::open({.path = path()});
  EXPECT_EQ(integer(**db, "select ashlar_fold('ÀÉÎÕÜ ŁŻŐ ΑΒΓΩ ЖЯЁ Abc 😀') = 'àéîõü łżő αβγω жяё abc 😀'"), 1);
  EXPECT_EQ(integer(**db, "select ashlar_fold(null) is null and ashlar_contains(null, 'a') is null"), 1);
  EXPECT_EQ(integer(**db, "select ashlar_contains('ÉLODIE', 'élo') and not ashlar_contains('ELODIE', 'élo')"), 1);
  EXPECT_EQ(integer(**db, "select ashlar_fold(7) = '7'"), 1);
  EXPECT_EQ(
      integer(**db, "select ashlar_contains('aaaB', 'AAB') and ashlar_contains('', '') and ashlar_contains('é', '')"),
      1);
  EXPECT_EQ(
      integer(**db, "select ashlar_contains('ab', 'abc') or ashlar_contains('', 'a') or ashlar_contains('é', 'e')"), 0);
  EXPECT_EQ(integer(**db, "select ashlar_contains('É then ABC', 'é THEN abc')"), 1);
  ASSERT_TRUE((*db)->run_script("create table u (email text); create unique index u_email on u (ashlar_fold(email));"));
  ASSERT_TRUE(write(**db, "insert into u values ('É@example.com')"));
  const auto taken = write(**db, "insert into u values ('é@EXAMPLE.com')");
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().cause(), "u_email");
}

}  // namespace
}  // namespace ashlar::sql::sqlite
