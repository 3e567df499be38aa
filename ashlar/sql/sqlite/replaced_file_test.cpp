// SPDX-License-Identifier: Apache-2.0
// A file that is deleted, moved or replaced under an open database.
#include "ashlar/sql/sqlite/database.hpp"
#include "ashlar/sql/transaction.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/support/test_loop.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <functional>

namespace ashlar::sql::sqlite {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

class ReplacedFile : public testing::Test, protected tests::TestLoop {
 protected:
  ReplacedFile() {
    fs::create_directory(folder_);
    auto opened = Database::open({.path = path(), .synchronous = Synchronous::off});
    EXPECT_TRUE(opened);
    database_ = std::move(*opened);
    EXPECT_TRUE(database_->run_script("create table t (a integer); insert into t values (1);"));
  }
  ~ReplacedFile() override {
    while_it_runs([this] { database_->close(); });
  }

  fs::path path() const { return fs::path(folder_) / "test.db"; }
  fs::path log() const { return path().string() + "-wal"; }
  Result<Outcome> run_sql(Executor& on, std::string sql, Mode mode) {
    return await(on.execute({.sql = std::move(sql), .mode = mode}));
  }
  static std::string code_of(const auto& result) {
    return result ? "no error" : std::string(result.error().code().name);
  }

  test::TemporaryFolder scratch_;
  std::string folder_ = scratch_ / "data";
  std::unique_ptr<Database> database_;
};

TEST_F(ReplacedFile, TakesNoWriteAndIsNotReadyUntilItIsBack) {
  const fs::path kept = fs::path(folder_) / "kept";
  const struct {
    const char* what;
    std::function<void()> change, back;
  } rows[] = {
      {"moved", [&] { fs::rename(path(), kept); }, [&] { fs::rename(kept, path()); }},
      {"replaced by a copy", [&] { fs::rename(path(), kept), fs::copy(kept, path()); },
       [&] { fs::rename(kept, path()); }},
      {"its log moved", [&] { fs::rename(log(), kept); }, [&] { fs::rename(kept, log()); }},
      {"its log replaced", [&] { fs::rename(log(), kept), fs::copy(kept, log()); }, [&] { fs::rename(kept, log()); }},
      {"replaced by another folder",
       [&] {
         fs::rename(folder_, folder_ + "-away"), fs::create_directory(folder_), fs::copy(folder_ + "-away", folder_);
       },
       [&] { fs::remove_all(folder_), fs::rename(folder_ + "-away", folder_); }},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.what);
    auto open = await(database_->begin());
    ASSERT_TRUE(open);
    ASSERT_TRUE(run_sql(*open, "insert into t values (3)", Mode::write));
    row.change();
    EXPECT_EQ(code_of(await(open->commit())), "database.unavailable");
    EXPECT_EQ(code_of(run_sql(*database_, "insert into t values (2)", Mode::write)), "database.unavailable");
    EXPECT_EQ(code_of(await(database_->ping(5s))), "database.unavailable");
    EXPECT_EQ(code_of(run_sql(*database_, "select a from t", Mode::read)), "no error");
    row.back();
    EXPECT_EQ(code_of(run_sql(*database_, "update t set a = a", Mode::write)), "no error");
    EXPECT_EQ(code_of(await(database_->ping(5s))), "no error");
    EXPECT_EQ(await(database_->execute({.sql = "delete from t where a > 1", .mode = Mode::write}))->rows_affected, 0)
        << "nothing of what was refused was written";
  }
}

TEST_F(ReplacedFile, MayBeNamedByALinkThatStaysAsItIs) {
  const fs::path link = fs::path(folder_) / "link";
  fs::create_symlink(fs::path("real") / "file.db", link);
  fs::create_directory(fs::path(folder_) / "real");
  auto linked = Database::open({.path = link, .synchronous = Synchronous::off});
  ASSERT_TRUE(linked) << linked.error().cause();
  EXPECT_TRUE((*linked)->run_script("create table t (a integer);"));
  fs::remove(link);
  fs::create_symlink(path(), link);
  EXPECT_EQ(code_of((*linked)->run_script("insert into t values (1);")), "database.unavailable");
}

TEST_F(ReplacedFile, IsNotReadyWhenItWasDeleted) {
  fs::remove(path());
  EXPECT_EQ(code_of(run_sql(*database_, "insert into t values (2)", Mode::write)), "database.unavailable");
  EXPECT_EQ(code_of(await(database_->ping(5s))), "database.unavailable");
}

}  // namespace
}  // namespace ashlar::sql::sqlite
