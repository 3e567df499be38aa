// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/sqlite/backup.hpp"

#include "ashlar/sql/sqlite/database.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <thread>

namespace ashlar::sql::sqlite {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class Backup : public testing::Test {
 protected:
  void open() {
    auto opened = Database::open({.path = path_()});
    ASSERT_TRUE(opened) << opened.error().cause();
    database_ = std::move(*opened);
  }
  void close() { database_.reset(); }
  void run(const std::string& script) {
    const auto done = database_->run_script(script);
    ASSERT_TRUE(done) << done.error().cause();
  }
  // With 1,000 rows of a kilobyte.
  void open_filled() {
    open();
    run("create table rows (id integer primary key, text text not null);"
        "create index rows_text on rows (ashlar_fold(text));"
        "insert into rows select value, hex(randomblob(500)) from "
        "(with recursive n(value) as (select 1 union all select value + 1 from n limit 1000) select value from n)");
  }
  std::int64_t count(const std::string& query = "select count(*) from rows") {
    std::int64_t out = -1;
    const auto done =
        database_->query_blocking({.sql = query, .on_row = [&out](const Row& row) { out = row.integer(0); }});
    EXPECT_TRUE(done) << done.error().cause();
    return out;
  }
  [[nodiscard]] fs::path path_() const { return folder_ / "ashlar.db"; }
  [[nodiscard]] fs::path backup() const { return folder_ / "backup.db"; }
  [[nodiscard]] std::size_t files() const {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder_.path()), fs::directory_iterator()));
  }
  // The head of a page: SQLite has no checksums of its own, so a changed letter in a text shows in the file's alone.
  static constexpr std::streamoff page_40 = 40 * 4096;
  static void damage(const fs::path& file, std::streamoff at) {
    std::fstream out(file, std::ios::in | std::ios::out | std::ios::binary);
    out.seekp(at);
    out << std::string(2000, 'x');
  }

  test::TemporaryFolder folder_;
  std::unique_ptr<Database> database_;
};

template <class T>
std::string error_of(const Result<T>& result) {
  return result ? "no error" : std::string(result.error().code().name) + ": " + result.error().message();
}

TEST_F(Backup, RefusesToWriteOverAFile) {
  open_filled();
  std::ofstream(backup()) << "something dear";
  EXPECT_THAT(error_of(back_up(path_(), backup())), HasSubstr("sqlite.file_exists"));
  EXPECT_EQ(fs::file_size(backup()), 14U);
  EXPECT_THAT(error_of(back_up(path_(), path_(), Existing::replaced)), HasSubstr("is the database itself"));
  EXPECT_TRUE(back_up(path_(), backup(), Existing::replaced));
  EXPECT_GT(fs::file_size(backup()), 1'000'000U);
}

TEST_F(Backup, LeavesNothingBehindWhenItCannotBeMade) {
  EXPECT_THAT(error_of(back_up(path_(), backup())), HasSubstr("sqlite.file_failed"));
  std::ofstream(path_()) << std::string(10'000, 'x');
  EXPECT_THAT(error_of(back_up(path_(), backup())), HasSubstr("sqlite.damaged"));
  EXPECT_EQ(files(), 1U);
  EXPECT_THAT(error_of(back_up(path_(), folder_ / "no" / "where")), HasSubstr("sqlite.file_failed"));
}

TEST_F(Backup, IsOneMomentOfADatabaseThatIsWrittenAllTheWhile) {
  open_filled();
  run("create table twins (a integer, b integer); insert into twins values (0, 0)");
  std::atomic<bool> enough = false;
  std::atomic<int> written = 0;
  std::thread writer([&] {
    for (int i = 1; !enough; ++i, ++written) {
      const std::string number = std::to_string(i);
      (void)database_->run_script("update twins set a = " + number + "; insert into rows (text) values ('more'); " +
                                  "update twins set b = " + number);
    }
  });
  while (written == 0) std::this_thread::yield();
  for (int i = 0; i < 5; ++i) {
    const auto made = back_up(path_(), backup(), Existing::replaced);
    ASSERT_TRUE(made) << made.error().message();
    EXPECT_EQ(made->bytes, fs::file_size(backup()));
  }
  enough = true;
  writer.join();
  struct stat found{};
  ASSERT_EQ(stat(backup().c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777, 0600U) << "it holds secrets";
  EXPECT_FALSE(fs::exists(backup().string() + "-wal"));
  close();
  ASSERT_TRUE(restore(backup(), path_(), Existing::replaced));
  open();
  EXPECT_EQ(count("select a = b and (select count(*) from rows) = 1000 + a from twins"), 1);
}

TEST_F(Backup, RestoreRefusesADatabaseThatIsInUse) {
  open_filled();
  ASSERT_TRUE(back_up(path_(), backup()));
  run("delete from rows");
  EXPECT_THAT(error_of(restore(backup(), path_())), HasSubstr("sqlite.file_exists"));
  EXPECT_THAT(error_of(restore(backup(), path_(), Existing::replaced)), HasSubstr("sqlite.in_use"));
  run("insert into rows (text) values ('it still writes')");
  EXPECT_EQ(count(), 1);
  close();
  ASSERT_TRUE(restore(backup(), path_(), Existing::replaced));
  EXPECT_EQ(files(), 3U) << "the database, the backup and its checksum";
  open();
  EXPECT_EQ(count(), 1000);
}

TEST_F(Backup, RestoreRefusesWhatIsNoSoundBackupAndKeepsWhatThereIs) {
  open_filled();
  ASSERT_TRUE(back_up(path_(), backup()));
  close();
  damage(backup(), page_40);
  EXPECT_THAT(error_of(restore(backup(), path_(), Existing::replaced)), HasSubstr("is not the file that"));
  fs::remove(backup().string() + ".sha256");
  EXPECT_THAT(error_of(restore(backup(), path_(), Existing::replaced)), HasSubstr("sqlite.damaged"));
  std::ofstream(backup(), std::ios::trunc) << "no database at all";
  EXPECT_THAT(error_of(restore(backup(), path_(), Existing::replaced)), HasSubstr("sqlite.damaged"));
  EXPECT_THAT(error_of(restore(folder_ / "none.db", path_(), Existing::replaced)), HasSubstr("sqlite.file_failed"));
  open();
  EXPECT_EQ(count(), 1000);
}

TEST_F(Backup, RestoresWhereThereIsNothingAndOverWhatIsDamaged) {
  open_filled();
  ASSERT_TRUE(back_up(path_(), backup()));
  close();
  ASSERT_TRUE(restore(backup(), folder_ / "new" / "ashlar.db"));
  damage(path_(), 0);
  ASSERT_TRUE(restore(backup(), path_(), Existing::replaced));
  open();
  EXPECT_EQ(count(), 1000);
}

TEST_F(Backup, TheIntegrityCheckNamesWhatIsWrong) {
  open_filled();
  const auto sound = integrity_faults(path_());
  ASSERT_TRUE(sound) << sound.error().message();
  EXPECT_EQ(*sound, std::vector<std::string>{});
  run("create table parts (id integer primary key, row integer references rows (id));"
      "insert into parts values (1, 1)");
  ASSERT_TRUE(database_->run_rebuild("create table other (id integer)"));
  close();
  damage(path_(), page_40);
  const auto faults = integrity_faults(path_());
  ASSERT_TRUE(faults) << faults.error().message();
  EXPECT_FALSE(faults->empty());
}

}  // namespace
}  // namespace ashlar::sql::sqlite
