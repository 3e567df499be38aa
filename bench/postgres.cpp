// SPDX-License-Identifier: Apache-2.0
// Point selects through the PostgreSQL driver next to pgbench's, in one run: the same statement, prepared, from the
// same number of clients at once; one loop of ours against one thread of pgbench's. Then what an insert costs us, alone
// and with RETURNING, and 100,000 rows at once by insert_many and by bulk_insert (COPY).
//   bench_postgres URL [clients] [seconds] [connections]      needs pgbench on the path; makes the table bench_users
#include "ashlar/sql/bulk.hpp"
#include "ashlar/sql/insert.hpp"
#include "ashlar/sql/postgres/database.hpp"

#include <boost/asio/co_spawn.hpp>

#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

namespace {

using namespace ashlar;
using namespace ashlar::sql;
using Time = std::chrono::steady_clock;

constexpr int users = 10'000;
const std::string point_select = "select id, name, email, age, created_at from bench_users where id = ";

const std::string script =
    "drop table if exists bench_users;"
    "create table bench_users (id bigint primary key, name text not null, email text not null, age integer not null,"
    "  created_at timestamptz not null);"
    "insert into bench_users select i, 'User ' || i, 'user' || i || '@example.com', 20 + i % 60, now()"
    "  from generate_series(1, 10000) i;"
    "analyze bench_users; drop table if exists bench_notes;"
    "create table bench_notes (id bigint generated always as identity primary key, note text not null);";

struct User {
  std::int64_t id = 0;
  std::string name, email;
  std::int64_t age = 0;
  Timestamp created_at;
};
ASHLAR_DESCRIBE(User, id, name, email, age, created_at)
ASHLAR_TABLE(User, "bench_users")

struct Run {
  Time::time_point until;
  std::int64_t answered = 0, failed = 0;
};

Task<> client(Database& db, unsigned number, Run& run) {
  while (Time::now() < run.until) {
    number = number * 1'664'525 + 1'013'904'223;
    User user;
    auto done = co_await db.execute({.sql = point_select + "$1",
                                     .parameters = {std::int64_t{(number >> 8) % users + 1}},
                                     .on_row = [&user](const Row& row) {
                                       user.id = row.integer(0);
                                       user.name = row.text(1);
                                       user.email = row.text(2);
                                       user.age = row.integer(3);
                                       user.created_at = row.timestamp(4);
                                     }});
    ++(done && user.id > 0 ? run.answered : run.failed);
  }
}

Task<> insert(Database& db, unsigned, Run& run) {
  while (Time::now() < run.until) {
    auto done = co_await db.execute(
        {.sql = "insert into bench_notes (note) values ($1)", .parameters = {"a note"}, .mode = Mode::write});
    ++(done ? run.answered : run.failed);
  }
}

Task<> insert_returning(Database& db, unsigned, Run& run) {
  while (Time::now() < run.until) {
    std::int64_t id = 0;
    auto done = co_await db.execute({.sql = "insert into bench_notes (note) values ($1) returning id",
                                     .parameters = {"a note"},
                                     .mode = Mode::write,
                                     .on_row = [&id](const Row& row) { id = row.integer(0); }});
    ++(done && id > 0 ? run.answered : run.failed);
  }
}

Task<> fill(Database& db, const std::vector<User>& rows, Result<Outcome>& done) {
  done = co_await insert_many(rows).run(db);
}

Task<> fill_in_bulk(Database& db, const std::vector<User>& rows, Result<Outcome>& done) {
  done = co_await bulk_insert<User>(db, rows);
}

double cpu_microseconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto us = [](const timeval& t) { return static_cast<double>(t.tv_sec) * 1e6 + static_cast<double>(t.tv_usec); };
  return us(usage.ru_utime) + us(usage.ru_stime);
}

using Client = Task<>(Database&, unsigned, Run&);

double ours(const char* what, Client& client, Database& db, unsigned clients, int seconds) {
  boost::asio::io_context loop(1);
  Run run{.until = Time::now() + std::chrono::seconds(seconds)};
  for (unsigned i = 0; i < clients; ++i) {
    boost::asio::co_spawn(loop, client(db, i * 7919, run), [](const std::exception_ptr& thrown) {
      if (thrown) std::rethrow_exception(thrown);
    });
  }
  const double before = cpu_microseconds();
  loop.run();
  const double cpu = (cpu_microseconds() - before) / static_cast<double>(run.answered);
  const double rate = static_cast<double>(run.answered) / seconds;
  std::printf("ashlar   %-18s %8.0f/s   %5.2f us of CPU each   %lld failed\n", what, rate, cpu,
              static_cast<long long>(run.failed));
  return rate;
}

using Fill = Task<>(Database&, const std::vector<User>&, Result<Outcome>&);

double fill_with(const char* what, Fill& fill, Database& db, const std::vector<User>& rows) {
  if (auto emptied = db.run_script("truncate bench_users"); !emptied) return 0;
  boost::asio::io_context loop(1);
  Result<Outcome> done;
  const auto began = Time::now();
  const double before = cpu_microseconds();
  boost::asio::co_spawn(loop, fill(db, rows, done), [](const std::exception_ptr& thrown) {
    if (thrown) std::rethrow_exception(thrown);
  });
  loop.run();
  const double cpu = (cpu_microseconds() - before) / static_cast<double>(rows.size());
  const std::chrono::duration<double> took = Time::now() - began;
  const double rate = static_cast<double>(rows.size()) / took.count();
  std::printf("ashlar   %-18s %8.0f rows/s   %5.2f us of CPU each%s\n", what, rate, cpu, done ? "" : "   failed");
  return rate;
}

void fill_both_ways(Database& db) {
  std::vector<User> rows;
  for (std::int64_t i = 1; i <= 100'000; ++i) {
    const std::string number = std::to_string(i);
    rows.push_back({.id = i,
                    .name = "User " + number,
                    .email = "user" + number + "@example.com",
                    .age = 20 + i % 60,
                    .created_at = Timestamp::from_milliseconds(1'700'000'000'000 + i)});
  }
  const double many = fill_with("insert_many", fill, db, rows);
  const double bulk = fill_with("bulk_insert", fill_in_bulk, db, rows);
  std::printf("%.1f times insert_many's rate\n", bulk / many);
}

double theirs(const std::string& url, unsigned clients, int seconds) {
  char file[] = "/tmp/ashlar-pgbench-XXXXXX";
  if (mkstemp(file) < 0) return 0;
  std::ofstream(file) << "\\set id random(1, " << users << ")\n" << point_select << ":id;\n";
  const std::string command = "pgbench -n -M prepared -j 1 -c " + std::to_string(clients) + " -T " +
                              std::to_string(seconds) + " -f " + file + " '" + url + "' 2>/dev/null";
  double rate = 0;
  if (FILE* const out = popen(command.c_str(), "r")) {
    char line[512];
    while (std::fgets(line, sizeof line, out) != nullptr) (void)std::sscanf(line, "tps = %lf", &rate);
    pclose(out);
  }
  std::remove(file);
  std::printf("pgbench  %-18s %8.0f/s\n", "select", rate);
  return rate;
}

}  // namespace

int main(int count, char** arguments) {
  const auto number = [&](int at, int otherwise) { return count > at ? std::atoi(arguments[at]) : otherwise; };
  if (count < 2) {
    std::fputs("bench_postgres URL [clients] [seconds] [connections]\n", stderr);
    return 64;
  }
  const std::string url = arguments[1];
  const auto clients = static_cast<unsigned>(number(2, 64));
  const int seconds = number(3, 5);
  postgres::Options options{.url = url};
  options.connections_per_loop = static_cast<std::size_t>(number(4, static_cast<int>(options.connections_per_loop)));
  auto db = postgres::Database::open(options);
  if (!db) {
    std::fprintf(stderr, "%s\n", db.error().cause().c_str());
    return 1;
  }
  if (auto made = (*db)->run_script(script); !made) {
    std::fprintf(stderr, "%s\n", made.error().cause().c_str());
    return 1;
  }
  (void)ours("(warm-up)", client, **db, clients, 1);
  const double rate = ours("select", client, **db, clients, seconds);
  const double reference = theirs(url, clients, seconds);
  std::printf("%.2f of pgbench's rate, %u clients, %zu connections\n", rate / reference, clients,
              options.connections_per_loop);
  (void)ours("insert", insert, **db, clients, seconds);
  (void)ours("insert returning", insert_returning, **db, clients, seconds);
  fill_both_ways(**db);
  (*db)->close();
}
