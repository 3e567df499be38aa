// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/conformance/suite.hpp"
#include "ashlar/sql/open.hpp"
#include "tests/support/temporary_folder.hpp"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>

// A process is killed while it writes; everything reported to it as durable must still be there, and complete.
namespace ashlar::sql {
namespace {

// Writes each acknowledged number, as 8 bytes, to the pipe. Even numbers are written as one statement, odd
// ones as an interactive transaction of two.
Task<> write_for_ever(Database& db, std::int64_t number, std::int64_t step, int pipe) {
  for (;; number += step) {
    bool acknowledged = false;
    const Statement first{
        .sql = "insert into t (id, half) values ($1, 1), ($1, 2)", .parameters = {number}, .mode = Mode::write};
    if (number % 2 == 0) {
      acknowledged = (co_await db.execute(first)).has_value();
    } else {
      auto tx = co_await db.begin();
      if (!tx) _exit(3);
      for (const std::int64_t half : {1, 2}) {
        auto done = co_await tx->execute(
            {.sql = "insert into t (id, half) values ($1, $2)", .parameters = {number, half}, .mode = Mode::write});
        if (!done) _exit(4);
      }
      acknowledged = (co_await tx->commit()).has_value();
    }
    if (!acknowledged || ::write(pipe, &number, sizeof number) != sizeof number) _exit(5);
  }
}

[[noreturn]] void child(const std::string& url, int pipe) {
  auto db = open_database(url);
  if (!db) _exit(2);
  boost::asio::io_context loop(1);
  for (std::int64_t i = 0; i < 8; ++i) {
    boost::asio::co_spawn(loop, write_for_ever(**db, i + 1'000'000, 8 + 1, pipe),
                          [](const std::exception_ptr&) { _exit(6); });
  }
  loop.run();
  _exit(7);
}

// The numbers reported to the child as durable before it was killed.
std::vector<std::int64_t> write_until_killed(const std::string& url, std::size_t acknowledged_min) {
  int ends[2]{};
  EXPECT_EQ(::pipe(ends), 0);
  const pid_t process = ::fork();  // no thread of ours runs here
  if (process == 0) {
    ::close(ends[0]);
    child(url, ends[1]);
  }
  ::close(ends[1]);
  std::vector<std::int64_t> out;
  std::int64_t number = 0;
  bool killed = false;
  while (::read(ends[0], &number, sizeof number) == sizeof number) {
    out.push_back(number);
    if (!killed && out.size() >= acknowledged_min) killed = ::kill(process, SIGKILL) == 0;
  }
  ::close(ends[0]);
  int status = 0;
  ::waitpid(process, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status)) << "it ended by itself: " << status;
  return out;
}

TEST(Durability, WhatWasAcknowledgedSurvivesAKill) {
  const test::TemporaryFolder folder;
  const std::string url = "sqlite:" + (folder / "data/test.db").string();
  {
    auto db = open_database(url);
    ASSERT_TRUE(db) << db.error().message();
    ASSERT_TRUE((*db)->run_script("create table t (id integer, half integer, primary key (id, half))"));
  }
  std::size_t checked = 0;
  for (const std::size_t kill_after : {1, 50, 300}) {
    const auto acknowledged = write_until_killed(url, kill_after);
    EXPECT_GE(acknowledged.size(), kill_after);
    auto db = open_database(url);
    ASSERT_TRUE(db) << db.error().message();
    std::vector<std::int64_t> whole;
    std::int64_t halves = 0;
    ASSERT_TRUE((*db)->query_blocking(
        {.sql = "select id, count(*) from t group by id order by id",
         .on_row = [&](const Row& row) { row.integer(1) == 2 ? whole.push_back(row.integer(0)) : void(++halves); }}));
    EXPECT_EQ(halves, 0) << "half of a transaction";
    for (const auto number : acknowledged) {
      EXPECT_TRUE(std::ranges::binary_search(whole, number)) << number << " was acknowledged and is gone";
    }
    checked += acknowledged.size();
    ASSERT_TRUE((*db)->run_script("delete from t"));
  }
  EXPECT_GE(checked, 351U);
}

}  // namespace
}  // namespace ashlar::sql
