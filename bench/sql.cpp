// SPDX-License-Identifier: Apache-2.0
// The cost of the SQLite driver next to bare SQLite, in one run: point reads in CPU time, writes in writes a second.
//   bench_sql [folder]      the folder decides which disk is measured; default: the current one
#include "ashlar/sql/query.hpp"
#include "ashlar/sql/sqlite/database.hpp"

#include <boost/asio/co_spawn.hpp>
#include <sqlite3.h>

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

namespace {

using namespace ashlar;
using namespace ashlar::sql;

struct Account {
  Uuid id;
  Text<1, 120> name;
  Email email;
  Int<0, 150> age;
  Timestamp created_at;
};
ASHLAR_DESCRIBE(Account, id, name, email, age, created_at)
ASHLAR_TABLE(Account, "accounts")

constexpr int accounts = 10'000;

Uuid id_of(int number) {
  std::array<std::uint8_t, 16> bytes{};
  for (int i = 0; i < 4; ++i) bytes[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(number >> (24 - 8 * i));
  return Uuid(bytes);
}

struct Cost {
  double wall_us = 0, cpu_us = 0;  // for each operation
};

template <class Work>
Cost measure(int operations, Work work) {
  const auto cpu = [] {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto us = [](const timeval& t) {
      return static_cast<double>(t.tv_sec) * 1e6 + static_cast<double>(t.tv_usec);
    };
    return us(usage.ru_utime) + us(usage.ru_stime);
  };
  const auto wall_before = std::chrono::steady_clock::now();
  const double cpu_before = cpu();
  work();
  const std::chrono::duration<double, std::micro> wall = std::chrono::steady_clock::now() - wall_before;
  return {wall.count() / operations, (cpu() - cpu_before) / operations};
}

void check(bool fine, const std::string& what) {
  if (fine) return;
  std::fprintf(stderr, "%s\n", what.c_str());
  std::exit(1);
}

Task<> read_accounts(sql::Database& db, int count, int start) {
  for (int i = 0; i < count; ++i) {
    auto row = co_await from<Account>().where(col<&Account::id> == id_of((start + i * 7919) % accounts)).one(db);
    check(row && *row, "a row is missing");
  }
}

Task<> write_counter(sql::Database& db, int count) {
  for (int i = 0; i < count; ++i) {
    auto done = co_await db.execute(
        {.sql = "insert into events (text) values ($1)", .parameters = {"something happened"}, .mode = Mode::write});
    check(done.has_value(), "a write failed");
  }
}

void run(std::vector<Task<>> tasks) {
  boost::asio::io_context loop(1);
  for (auto& task : tasks)
    boost::asio::co_spawn(loop, std::move(task), [](const std::exception_ptr& e) { check(!e, "thrown"); });
  loop.run();
}

sqlite3_stmt* bare_statement(sqlite3* connection, const char* text) {
  sqlite3_stmt* out = nullptr;
  check(sqlite3_prepare_v2(connection, text, -1, &out, nullptr) == SQLITE_OK, sqlite3_errmsg(connection));
  return out;
}

void read_bare(sqlite3* connection, int count) {
  auto* statement = bare_statement(connection, "select id, name, email, age, created_at from accounts where id = ?");
  for (int i = 0; i < count; ++i) {
    const std::string id = id_of(i * 7919 % accounts).to_string();
    sqlite3_bind_text(statement, 1, id.data(), static_cast<int>(id.size()), SQLITE_STATIC);
    check(sqlite3_step(statement) == SQLITE_ROW, "a row is missing");
    const std::string name(reinterpret_cast<const char*>(sqlite3_column_text(statement, 1)));
    const std::string email(reinterpret_cast<const char*>(sqlite3_column_text(statement, 2)));
    check(!name.empty() && !email.empty() && sqlite3_column_int64(statement, 3) >= 0, "an empty row");
    sqlite3_reset(statement);
  }
  sqlite3_finalize(statement);
}

void write_bare(sqlite3* connection, int count) {
  auto* statement = bare_statement(connection, "insert into events (text) values ('something happened')");
  for (int i = 0; i < count; ++i) {
    check(sqlite3_step(statement) == SQLITE_DONE, sqlite3_errmsg(connection));
    sqlite3_reset(statement);
  }
  sqlite3_finalize(statement);
}

void fill(sql::Database& db) {
  check(db.run_script(
              "create table accounts (id text primary key, name text not null, email text not null, age integer not "
              "null, created_at integer not null); create table events (id integer primary key, text text);")
            .has_value(),
        "no tables");
  std::vector<Account> rows;
  for (int i = 0; i < accounts; ++i) {
    rows.push_back({.id = id_of(i),
                    .name = Text<1, 120>::of("User " + std::to_string(i)),
                    .email = Email::of("user" + std::to_string(i) + "@example.com"),
                    .age = Int<0, 150>::of(18 + i % 60),
                    .created_at = Timestamp::from_milliseconds(1'700'000'000'000 + i)});
  }
  boost::asio::io_context loop(1);
  const auto insert = insert_many(rows);
  boost::asio::co_spawn(loop, insert.run(db), [](const std::exception_ptr&, const Result<Outcome>& done) {
    check(done.has_value(), "no rows");
  });
  loop.run();
}

std::vector<Task<>> readers(sql::Database& db, int tasks, int reads) {
  std::vector<Task<>> out;
  for (int i = 0; i < tasks; ++i) out.push_back(read_accounts(db, reads / tasks, i * 101));
  return out;
}

std::vector<Task<>> writers(sql::Database& db, int tasks, int writes) {
  std::vector<Task<>> out;
  for (int i = 0; i < tasks; ++i) out.push_back(write_counter(db, writes / tasks));
  return out;
}

void measure_all(sql::Database& db, sqlite3* bare) {
  constexpr int reads = 64 * 1500;
  const Cost bare_read = measure(reads, [&] { read_bare(bare, reads); });
  std::printf("%-42s %8s %8s %8s\n", "point reads", "wall us", "CPU us", "added");
  std::printf("%-42s %8.2f %8.2f\n", "sqlite3_step in one thread", bare_read.wall_us, bare_read.cpu_us);
  for (const int tasks : {1, 8, 64}) {
    const Cost cost = measure(reads, [&] { run(readers(db, tasks, reads)); });
    std::printf("one loop, %2d coroutines %18s %8.2f %8.2f %8.2f\n", tasks, "", cost.wall_us, cost.cpu_us,
                cost.cpu_us - bare_read.cpu_us);
  }
  constexpr int writes = 64 * 100;
  const Cost alone = measure(writes / 4, [&] { write_bare(bare, writes / 4); });
  std::printf("\n%-42s %8s %8s %8s\n", "durable writes", "a second", "CPU us", "ratio");
  std::printf("%-42s %8.0f %8.2f\n", "one commit each, in one thread", 1e6 / alone.wall_us, alone.cpu_us);
  for (const int tasks : {1, 8, 64}) {
    const Cost cost = measure(writes, [&] { run(writers(db, tasks, writes)); });
    std::printf("one loop, %2d coroutines %18s %8.0f %8.2f %8.1f\n", tasks, "", 1e6 / cost.wall_us, cost.cpu_us,
                alone.wall_us / cost.wall_us);
  }
}

}  // namespace

int main(int argc, char** argv) {
  std::string folder = (std::filesystem::path(argc > 1 ? argv[1] : ".") / "bench-sql-XXXXXX").string();
  check(mkdtemp(folder.data()) != nullptr, "no folder can be made in " + folder);
  auto db = sqlite::Database::open({.path = std::filesystem::path(folder) / "bench.db"});
  check(db.has_value(), db ? "" : db.error().cause());
  fill(**db);
  sqlite3* bare = nullptr;
  check(sqlite3_open((folder + "/bench.db").c_str(), &bare) == SQLITE_OK, "bare SQLite does not open it");
  sqlite3_exec(bare, "pragma synchronous=full", nullptr, nullptr, nullptr);
  measure_all(**db, bare);
  sqlite3_close(bare);
  (*db)->close();
  std::filesystem::remove_all(folder);
}
