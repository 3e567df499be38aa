// SPDX-License-Identifier: Apache-2.0
// What the audit trail costs and how fast it is sealed and verified, on the database that is named:
//   bench_audit_trail DATABASE_URL [entries] [seconds]      postgresql://... or sqlite:PATH; it is migrated, and filled
// bench/audit runs it on both databases and compares the figures with their budgets.
#include "ashlar/api/system_call.hpp"
#include "ashlar/api/units.hpp"
#include "ashlar/async/deadline.hpp"
#include "ashlar/async/task_scope.hpp"
#include "ashlar/audit/record.hpp"
#include "ashlar/audit/sealer.hpp"
#include "ashlar/audit/verify.hpp"
#include "ashlar/schema/json.hpp"
#include "ashlar/sql/bulk.hpp"
#include "ashlar/sql/open.hpp"
#include "ashlar/sql/query.hpp"
#include "backend/audit/audit_entry.hpp"
#include "backend/posts/post.hpp"
#include "backend/schema_version.hpp"

#include <boost/asio/io_context.hpp>

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

namespace {

using namespace ashlar;
using namespace std::chrono_literals;
using Steady = std::chrono::steady_clock;

SystemClock system_clock;
SystemRandom system_random;

double seconds_since(Steady::time_point start) { return std::chrono::duration<double>(Steady::now() - start).count(); }

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

template <class T>
T or_exit(Result<T> result) {
  if (!result) {
    std::fprintf(stderr, "%s (%s)\n", result.error().message().c_str(), result.error().cause().c_str());
    std::exit(1);
  }
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

Uuid new_id() { return Uuid::make(system_clock, system_random); }

audit::NewEntryRow entry() {
  const std::string personal =
      R"({"address":"203.0.113.7","agent":"Mozilla/5.0 X11 Linux x86_64","salt":"qL8R4QIcQ_ZsRqOAbeRfcg"})";
  const Uuid actor = new_id();
  return {.id = new_id(),
          .at = system_clock.now(),
          .actor = R"({"id":")" + actor.to_string() + R"(","kind":"user"})",
          .actor_id = actor,
          .action = "update",
          .resource = "product",
          .resource_id = new_id().to_string(),
          .changes = R"({"price":{"after":"12.50","before":"11.00"},"stock":{"after":7,"before":9}})",
          .request_id = "3b1f0c5de8a94a51b1d6c2a4f7e80912",
          .actor_hash = audit::commitment(personal),
          .actor_personal = personal,
          .subject_id = {},
          .subject_hash = {},
          .subject_personal = {}};
}

Task<Result<>> fill(sql::Database& database, std::int64_t count) {
  constexpr std::int64_t rows_max = 20'000;
  for (std::int64_t done = 0; done < count; done += rows_max) {
    std::vector<audit::NewEntryRow> rows;
    for (std::int64_t i = 0; i < std::min(rows_max, count - done); ++i) rows.push_back(entry());
    co_await unwrap(sql::bulk_insert_into<audit::EntryRow, audit::NewEntryRow>(
        database, std::span<const audit::NewEntryRow>(rows)));
  }
  co_return Result<>{};
}

// Entries arrive at a rate, and the sealer looks every 200 ms: the time from an entry's write to its seal.
Task<Result<>> write_for(sql::Database& database, std::int64_t a_second, double seconds, bool& over) {
  const auto start = Steady::now();
  while (seconds_since(start) < seconds) {
    std::vector<audit::NewEntryRow> rows;
    for (std::int64_t i = 0; i < a_second / 20; ++i) rows.push_back(entry());
    co_await unwrap(sql::insert_many_into<audit::EntryRow>(rows).run(database));
    co_await async::sleep_for(50ms);
  }
  over = true;
  co_return Result<>{};
}

Task<Result<std::vector<double>>> seal_until(sql::Database& database, audit::Sealer& sealer, const bool& over) {
  std::vector<double> delays;
  const auto tree = co_await unwrap(audit::read_tree(database));
  std::int64_t from = tree.size;
  for (bool last = false; !last;) {
    last = over;
    co_await unwrap(sealer.seal_all());
    const Timestamp now = system_clock.now();
    const auto sealed =
        co_await unwrap(sql::from<audit::IndexRow>().where(sql::col<&audit::IndexRow::position> >= from).all(database));
    for (const auto& row : sealed) delays.push_back(static_cast<double>((now - row.at).count()));
    from += std::ssize(sealed);
    co_await async::sleep_for(200ms);
  }
  co_return delays;
}

Task<Result<>> insert_post(api::UnitOfWork& unit, backend::Post post) {
  co_await unwrap(sql::insert(post).run(unit));
  co_return Result<>{};
}
Task<Result<>> insert_audited_post(api::UnitOfWork& unit, backend::Post post) {
  audit::created(unit, post);
  return insert_post(unit, std::move(post));
}

using Body = Task<Result<>> (*)(api::UnitOfWork&, backend::Post);

Task<> write_posts(api::Units& units, api::Call& call, Uuid author, Body body, int count, int& running) {
  for (int i = 0; i < count; ++i) {
    backend::Post post = backend::Post::example();
    post.id = new_id();
    post.author_id = author;
    or_exit(co_await units.run_one(call, body, std::move(post)));
  }
  --running;
}

class Bench {
 public:
  Bench(const std::string& url, std::int64_t entries, double seconds)
      : entries_(entries), seconds_(seconds), database_(or_exit(sql::open_database(url, {}))) {
    (void)or_exit(backend::migrate_up(*database_, system_clock));
  }
  ~Bench() { database_->close(); }
  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;

  void run() {
    writes();
    delays();
    or_exit(await(fill(*database_, entries_)));
    const auto start = Steady::now();
    const auto sealed = or_exit(await(sealer_.seal_all()));
    std::printf("sealed_per_second %.0f\n", static_cast<double>(sealed) / seconds_since(start));
    proof();
    verify();
  }

 private:
  template <class T>
  T await(Task<T> task) {
    return async::run_to_end(loop_, std::move(task));
  }

  // Alternating rounds of a write with and without its entry; the fastest of each.
  void writes() {
    const Uuid author = new_id();
    or_exit(await(author_row(author)));
    double plain = 1e9, audited = 1e9;
    for (int round = 0; round < 7; ++round) {
      plain = std::min(plain, time_of(&insert_post, author));
      audited = std::min(audited, time_of(&insert_audited_post, author));
    }
    std::printf("write_us %.1f\naudited_write_us %.1f\nwrite_ratio %.3f\n", plain, audited, audited / plain);
  }

  Task<Result<>> author_row(Uuid id) {
    co_await unwrap(sql::execute(*database_,
                                 "insert into users (id, email, email_key, name, role, password_hash, email_verified, "
                                 "mfa_enabled, created_at, updated_at) values ($1, $2, $3, 'A', 'user', '', false, "
                                 "false, $4, $5)",
                                 id, id.to_string() + "@example.com", id.to_string(), system_clock.now(),
                                 system_clock.now()));
    co_return Result<>{};
  }

  double time_of(Body body, Uuid author) {
    constexpr int clients = 32, each = 50;
    const api::Call::Environment environment{&system_clock, &system_random, &logger_};
    api::SystemCall call(environment, "bench");
    api::Units units(*database_, {});
    async::TaskScope tasks(loop_);
    int running = clients;
    const auto start = Steady::now();
    for (int i = 0; i < clients; ++i) tasks.start(write_posts(units, call, author, body, each, running));
    loop_.restart();
    while (running > 0) loop_.run_one();
    const double out = seconds_since(start) * 1e6 / (clients * each);
    async::run_to_end(loop_, tasks.join());
    return out;
  }

  void delays() {
    (void)or_exit(await(sealer_.seal_all()));  // what is there already
    bool over = false;
    async::TaskScope tasks(loop_);
    tasks.start(ignore(write_for(*database_, 1'000, seconds_, over)));
    auto delays = or_exit(await(seal_until(*database_, sealer_, over)));
    async::run_to_end(loop_, tasks.join());
    std::ranges::sort(delays);
    if (delays.empty()) return;
    std::printf("seal_p99_ms %.0f\n", delays[delays.size() * 99 / 100]);
  }
  static Task<> ignore(Task<Result<>> task) { or_exit(co_await std::move(task)); }

  void proof() {
    Uuid id;
    or_exit(database_->query_blocking({.sql = "select entry_id from audit_index order by position desc limit 1",
                                       .on_row = [&id](const sql::Row& row) { id = row.uuid(0); }}));
    const auto start = Steady::now();
    auto proof = or_exit(await(audit::prove(*database_, id)));
    std::printf("proof_ms %.2f\n", seconds_since(start) * 1e3);
    std::size_t hashes = 0;
    for (const auto& hash : proof->hashes) hashes += audit::to_base64(hash).size() + 3;
    std::printf("proof_hash_bytes %zu\n", hashes + proof->checkpoint.size());
    std::printf("proof_bytes %zu\n", schema::to_json(or_exit(backend::audit_proof_of(std::move(*proof)))).size());
  }

  void verify() {
    double best = 1e9;
    double cpu = 1e9;
    std::int64_t rows = 0;
    for (int round = 0; round < 3; ++round) {
      const auto start = Steady::now();
      const double cpu_before = cpu_seconds();
      const auto found = or_exit(audit::verify(*database_, signer_.verifier(), {}));
      best = std::min(best, seconds_since(start));
      cpu = std::min(cpu, cpu_seconds() - cpu_before);
      rows = found.entries;
      if (!found.is_intact()) std::exit(2);
    }
    std::printf("verified_rows %lld\nverify_seconds %.2f\nverify_cpu_seconds %.2f\n", static_cast<long long>(rows),
                best,
                cpu);  // of this process, without the server's
  }

  const std::int64_t entries_;
  const double seconds_;
  boost::asio::io_context loop_{1};
  std::unique_ptr<sql::Database> database_;
  log::Logger logger_{{.console = log::LogOptions::Console::none}, system_clock};
  audit::CheckpointSigner signer_{"bench", std::string(32, 'k')};
  audit::Sealer sealer_{*database_, signer_, system_clock, logger_, {}};
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: bench_audit_trail DATABASE_URL [entries] [seconds]\n");
    return 64;
  }
  Bench(argv[1], argc > 2 ? std::atoll(argv[2]) : 1'000'000, argc > 3 ? std::atof(argv[3]) : 10).run();
  return 0;
}
