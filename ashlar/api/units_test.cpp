// SPDX-License-Identifier: Apache-2.0
#include "ashlar/api/units.hpp"

#include "ashlar/api/system_call.hpp"
#include "ashlar/async/task_handle.hpp"
#include "ashlar/async/task_scope.hpp"
#include "ashlar/sql/joined_statements.hpp"
#include "ashlar/sql/open.hpp"
#include "ashlar/sql/query.hpp"
#include "tests/support/postgres_server.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace ashlar::api {
namespace {

using namespace std::chrono_literals;
using sql::col;
using testing::ElementsAre;
using testing::HasSubstr;

struct Account {
  std::int64_t id = 0;
  std::int64_t balance = 0;
};
ASHLAR_DESCRIBE(Account, id, balance)
ASHLAR_TABLE(Account, "accounts")
struct Entry {
  std::int64_t id = 0;
  std::string text;
};
ASHLAR_DESCRIBE(Entry, id, text)
ASHLAR_TABLE(Entry, "entries")
struct Job {
  std::int64_t id = 0;
  std::string name;
};
ASHLAR_DESCRIBE(Job, id, name)
ASHLAR_TABLE(Job, "jobs")
struct Balance {
  std::int64_t amount = 0;
};
ASHLAR_DESCRIBE(Balance, amount)

constexpr ErrorCode overdrawn{ErrorKind::conflict, "account.overdrawn"};

// A database that passes everything on, counts statements, and can fail as a lost connection does.
class Watched final : public sql::Database {
 public:
  explicit Watched(sql::Database& inner) : inner_(inner) {}

  [[nodiscard]] sql::Dialect dialect() const override { return inner_.dialect(); }
  Task<Result<sql::Outcome>> execute(sql::Statement statement) override {
    statements.push_back(statement.sql);
    auto done = co_await inner_.execute(std::move(statement));
    if (answers_lost) co_return fail(sql::errors::outcome_unknown, "The answer was lost.");
    co_return done;
  }
  Task<Result<sql::Transaction>> begin() override {
    statements.emplace_back("begin");
    co_return sql::Transaction(std::make_unique<Session>(*this, co_await unwrap(inner_.begin())));
  }
  Task<Result<>> ping(std::chrono::milliseconds within) override { return inner_.ping(within); }
  Result<> run_script(std::string_view sql) override { return inner_.run_script(sql); }
  Result<> query_blocking(const sql::Statement& statement) override { return inner_.query_blocking(statement); }
  Result<std::unique_ptr<sql::MigrationLock>> lock_migrations(std::chrono::milliseconds wait_max) override {
    return inner_.lock_migrations(wait_max);
  }
  Result<> dry_run(std::string_view script, std::span<const sql::Statement> reads) override {
    return inner_.dry_run(script, reads);
  }
  Result<sql::StatementShape> describe_blocking(std::string_view sql) override { return inner_.describe_blocking(sql); }
  void close() override {}

  std::vector<std::string> statements;
  bool answers_lost = false;
  std::vector<ErrorCode> commits_fail_with;  // the next ones, in order

 private:
  class Session final : public sql::Transaction::Session {
   public:
    Session(Watched& database, sql::Transaction inner) : database_(database), inner_(std::move(inner)) {}
    [[nodiscard]] sql::Dialect dialect() const override { return inner_.dialect(); }
    Task<Result<sql::Outcome>> execute(sql::Statement statement) override {
      database_.statements.push_back(statement.sql);
      return inner_.execute(std::move(statement));
    }
    Task<Result<>> commit() override {
      database_.statements.emplace_back("commit");
      if (!database_.commits_fail_with.empty()) {
        const ErrorCode code = database_.commits_fail_with.front();
        database_.commits_fail_with.erase(database_.commits_fail_with.begin());
        if (code == sql::errors::outcome_unknown) {
          co_await unwrap(inner_.commit());
        } else {
          co_await unwrap(inner_.rollback());
        }
        co_return fail(code, "The commit failed.");
      }
      co_return co_await inner_.commit();
    }
    Task<Result<>> rollback() override {
      database_.statements.emplace_back("rollback");
      return inner_.rollback();
    }

   private:
    Watched& database_;
    sql::Transaction inner_;
  };
  sql::Database& inner_;
};

constexpr std::string_view schema = R"(
create table accounts (id bigint primary key, balance bigint not null);
create table entries (id bigint primary key, text text not null);
create table jobs (id bigint primary key, name text not null);
create table idempotency_keys (user_id %UUID% not null, name text not null, request text not null, answer text,
  expires_at %TIME% not null, primary key (user_id, name));
)";

std::string schema_of(sql::Dialect dialect) {
  std::string out(schema);
  const bool postgres = dialect == sql::Dialect::postgres;
  out.replace(out.find("%UUID%"), 6, postgres ? "uuid" : "text");
  out.replace(out.find("%TIME%"), 6, postgres ? "timestamptz" : "integer");
  return out;
}

enum class Overdraw : unsigned char { no, yes };

// Everything below runs on SQLite and on PostgreSQL.
class UnitsTest : public testing::TestWithParam<sql::Dialect> {
 protected:
  UnitsTest() {
    const bool postgres = GetParam() == sql::Dialect::postgres;
    auto opened = sql::open_database(postgres ? tests::PostgresServer::shared().new_database() : "sqlite::memory:");
    if (!opened) throw std::runtime_error(opened.error().cause());
    real = std::move(*opened);
    if (auto made = real->run_script(schema_of(GetParam())); !made) throw std::runtime_error(made.error().cause());
    watched.emplace(*real);
    run(sql::execute(*real, "insert into accounts (id, balance) values (1, 100), (2, 0)"));
  }
  ~UnitsTest() override { real->close(); }

  template <class T>
  T run(Task<T> task) {
    return async::run_to_end(loop, std::move(task));
  }
  std::int64_t balance(std::int64_t id) { return run(sql::find<&Account::id>(id).one(*real))->value().balance; }
  std::int64_t rows(sql::RawSql count) { return run(sql::raw<std::int64_t>(count).one(*real))->value(); }
  std::int64_t entries() { return rows("select count(*) from entries"); }

  boost::asio::io_context loop{1};
  std::unique_ptr<sql::Database> real;
  std::optional<Watched> watched;
  ManualClock clock{Timestamp::from_milliseconds(1'800'000'000'000)};
  SeededRandom random{7};
  log::Logger logger{log::LogOptions{.console = log::LogOptions::Console::none}, clock};
  Call::Environment environment{&clock, &random, &logger};
  SystemCall system_call{environment, "test"};
  Call& call = system_call;
};

INSTANTIATE_TEST_SUITE_P(, UnitsTest, testing::Values(sql::Dialect::sqlite, sql::Dialect::postgres),
                         [](const auto& info) { return info.param == sql::Dialect::sqlite ? "Sqlite" : "Postgres"; });

Task<Result<Balance>> move_money(UnitOfWork& unit, std::int64_t amount, std::vector<std::string>* said) {
  unit.insert_at_commit(Entry{.id = amount, .text = "moved $1"});
  unit.insert_at_commit(Job{.id = amount, .name = "tell"});
  unit.insert_at_commit(Job{.id = amount + 1, .name = "tell again"});
  unit.after_commit([said]() -> Task<> {
    said->emplace_back("effect");
    co_return;
  });
  co_await unwrap(
      sql::update<Account>().set(col<&Account::balance> += -amount).where(col<&Account::id> == 1).run(unit));
  const auto left = co_await unwrap(sql::find<&Account::id>(std::int64_t{1}).one(unit));
  if (left->balance < 0) co_return fail(overdrawn, "There is not that much.");
  co_await unwrap(sql::update<Account>().set(col<&Account::balance> += amount).where(col<&Account::id> == 2).run(unit));
  co_return Balance{left->balance};
}

TEST_P(UnitsTest, RollsBackEverythingWhenTheBodyFails) {
  Units units(*watched, {});
  std::vector<std::string> said;
  EXPECT_EQ(run(units.run(call, &move_money, std::int64_t{101}, &said)).error().code(), overdrawn);
  EXPECT_EQ(balance(1), 100);
  EXPECT_EQ(entries(), 0);
  EXPECT_TRUE(said.empty());
  EXPECT_EQ(watched->statements.back(), "rollback");
}

TEST_P(UnitsTest, CommitsTheRowsWithWhatWasCollectedAndRunsTheEffectsAfterIt) {
  Units units(*watched, {.on_commit = [this](const Call&) -> Task<> {
    const auto seen = co_await sql::raw<std::int64_t>("select count(*) from entries").one(*real);
    EXPECT_EQ(seen->value(), 1) << "it was committed";
  }});
  std::vector<std::string> said;
  EXPECT_EQ(run(units.run(call, &move_money, std::int64_t{30}, &said))->amount, 70);
  EXPECT_EQ(balance(1), 70);
  EXPECT_EQ(balance(2), 30);
  EXPECT_EQ(run(sql::find<&Entry::id>(std::int64_t{30}).one(*real))->value().text, "moved $1");
  EXPECT_EQ(rows("select count(*) from jobs"), 2);
  EXPECT_THAT(said, ElementsAre("effect"));
}

TEST_P(UnitsTest, WritesWhatWasCollectedInOneStatementDirectlyBeforeTheCommit) {
  if (GetParam() == sql::Dialect::sqlite) return;  // in the process, a statement is no round trip
  Units units(*watched, {});
  std::vector<std::string> said;
  ASSERT_TRUE(run(units.run(call, &move_money, std::int64_t{30}, &said)));
  ASSERT_EQ(watched->statements.size(), 6U);
  EXPECT_THAT(watched->statements[4], HasSubstr(R"(with e0 as (insert into "entries")"));
  EXPECT_THAT(watched->statements[4], HasSubstr(R"(e1 as (insert into "jobs")"));
  EXPECT_THAT(watched->statements[4], HasSubstr("values ($3, $4), ($5, $6)"));
  EXPECT_EQ(watched->statements[5], "commit");
}

TEST_P(UnitsTest, RunsUnitsThatCrossedAgainAndTheirEffectsOnce) {
  watched->commits_fail_with = {sql::errors::serialization, sql::errors::serialization};
  Units units(*watched, {.retry_delay_max = 1ms});
  std::vector<std::string> said;
  EXPECT_EQ(run(units.run(call, &move_money, std::int64_t{30}, &said))->amount, 70);
  EXPECT_EQ(entries(), 1);
  EXPECT_THAT(said, ElementsAre("effect"));

  watched->commits_fail_with = std::vector(3, sql::errors::serialization);
  Units impatient(*watched, {.attempts_max = 3, .retry_delay_max = 1ms});
  EXPECT_EQ(run(impatient.run(call, &move_money, std::int64_t{10}, &said)).error().code(), sql::errors::serialization);
  EXPECT_EQ(balance(1), 70);
  EXPECT_EQ(said.size(), 1U);
}

TEST_P(UnitsTest, RunsTheEffectsOfACommitWhoseAnswerWasLostAndNeverRepeatsIt) {
  watched->commits_fail_with = {sql::errors::outcome_unknown};
  Units units(*watched, {});
  std::vector<std::string> said;
  EXPECT_EQ(run(units.run(call, &move_money, std::int64_t{30}, &said)).error().code(), sql::errors::outcome_unknown);
  EXPECT_EQ(balance(1), 70);
  EXPECT_THAT(said, ElementsAre("effect"));
}

Task<Result<std::int64_t>> add_entry(UnitOfWork& unit, std::int64_t id, std::vector<std::string>* said) {
  unit.after_commit([said]() -> Task<> {
    said->emplace_back("effect");
    co_return;
  });
  co_await unwrap(sql::insert(Entry{.id = id, .text = "x"}).run(unit));
  co_return id;
}

// A request that is cancelled by the effect of its own commit.
struct Request {
  std::optional<async::TaskHandle> task;
  bool followed = false;
  bool ended = false;
};
Task<> cancel_and_follow(Request* request) {
  request->task->cancel();
  co_await boost::asio::post(boost::asio::use_awaitable_t<LoopExecutor>{});
  request->followed = true;
}
Task<Result<std::int64_t>> add_and_cancel(UnitOfWork& unit, std::int64_t id, Request* request) {
  unit.after_commit([request] { return cancel_and_follow(request); });
  co_await unwrap(sql::insert(Entry{.id = id, .text = "x"}).run(unit));
  co_return id;
}
Task<> drop_result(Task<Result<std::int64_t>> task) { (void)co_await std::move(task); }

TEST_P(UnitsTest, FinishesTheEffectsOfACommitWhenTheRequestIsCancelled) {
  Units units(*watched, {});
  Request many, one;
  many.task.emplace(loop, drop_result(units.run(call, &add_and_cancel, std::int64_t{1}, &many)),
                    [&many] { many.ended = true; });
  one.task.emplace(loop, drop_result(units.run_one(call, &add_and_cancel, std::int64_t{2}, &one)),
                   [&one] { one.ended = true; });
  loop.restart();
  while (!many.ended || !one.ended) loop.run_one();
  EXPECT_TRUE(many.followed);
  EXPECT_TRUE(one.followed);
  EXPECT_EQ(entries(), 2);
}

TEST_P(UnitsTest, RunsOneStatementWithoutATransaction) {
  Units units(*watched, {});
  std::vector<std::string> said;
  ASSERT_TRUE(run(units.run_one(call, &add_entry, std::int64_t{1}, &said)));
  EXPECT_EQ(watched->statements.size(), 1U);
  EXPECT_EQ(run(units.run_one(call, &add_entry, std::int64_t{1}, &said)).error().code(), sql::errors::unique);
  EXPECT_EQ(said.size(), 1U) << "nothing was written: nothing follows";
  watched->answers_lost = true;
  EXPECT_EQ(run(units.run_one(call, &add_entry, std::int64_t{2}, &said)).error().code(), sql::errors::outcome_unknown);
  EXPECT_EQ(said.size(), 2U) << "it may have been written";
}

Task<Result<std::int64_t>> collect_and_add(UnitOfWork& unit, std::int64_t id) {
  unit.insert_at_commit(Job{.id = id, .name = "tell"});
  co_await unwrap(sql::insert(Entry{.id = id, .text = "x"}).run(unit));
  co_return id;
}
Task<Result<std::int64_t>> two_statements(UnitOfWork& unit, std::int64_t id) {
  co_await unwrap(sql::insert(Entry{.id = id, .text = "x"}).run(unit));
  co_await unwrap(sql::insert(Entry{.id = id + 1, .text = "x"}).run(unit));
  co_return id;
}
Task<Result<std::int64_t>> collect_too_late(UnitOfWork& unit, std::int64_t id) {
  co_await unwrap(sql::insert(Entry{.id = id, .text = "x"}).run(unit));
  unit.insert_at_commit(Job{.id = id, .name = "tell"});
  co_return id;
}

TEST_P(UnitsTest, OfOneStatementBecomesATransactionWhenRowsWereCollected) {
  Units units(*watched, {});
  ASSERT_TRUE(run(units.run_one(call, &collect_and_add, std::int64_t{1})));
  EXPECT_EQ(watched->statements.front(), "begin");
  EXPECT_EQ(watched->statements.back(), "commit");
  EXPECT_EQ(rows("select count(*) from jobs"), 1);
  EXPECT_THROW((void)run(units.run_one(call, &two_statements, std::int64_t{2})), std::logic_error);
  EXPECT_THROW((void)run(units.run_one(call, &collect_too_late, std::int64_t{4})), std::logic_error);
}

// An entry that belongs to the next write.
Task<Result<bool>> rename_noted(UnitOfWork& unit, std::int64_t id, std::string text) {
  const auto before = co_await unwrap(sql::from<Entry>().where(col<&Entry::id> == id).one(unit));
  for (auto& insert : sql::insert(Job{.id = id, .name = before ? before->text : "none"}).statements(unit.dialect()))
    unit.collect_with_next_write(std::move(insert));
  const auto written =
      co_await unwrap(sql::update<Entry>().set(col<&Entry::text> = text).where(col<&Entry::id> == id).run(unit));
  co_return written.rows_affected > 0;
}
Task<Result<bool>> rename_noted_and_fail(UnitOfWork& unit, std::int64_t id) {
  co_await unwrap(rename_noted(unit, id, "z"));
  co_return fail(overdrawn, "no");
}

TEST_P(UnitsTest, InsertsARowWithTheNextWriteThatAffectsOne) {
  Units units(*watched, {});
  std::vector<std::string> said;
  ASSERT_TRUE(run(units.run_one(call, &add_entry, std::int64_t{1}, &said)));
  EXPECT_EQ(run(units.run_one(call, &rename_noted, std::int64_t{2}, std::string("y"))), false);
  EXPECT_EQ(run(units.run(call, &rename_noted, std::int64_t{2}, std::string("y"))), false);
  EXPECT_EQ(run(units.run(call, &rename_noted_and_fail, std::int64_t{1})).error().code(), overdrawn);
  EXPECT_EQ(rows("select count(*) from jobs"), 0) << "nothing was written";
  EXPECT_EQ(run(units.run_one(call, &rename_noted, std::int64_t{1}, std::string("y"))), true);
  EXPECT_EQ(rows("select count(*) from jobs where id = 1"), 1);
  EXPECT_EQ(run(units.run_one(call, &rename_noted, std::int64_t{1}, std::string("z"))).error().code(),
            sql::errors::unique);
  EXPECT_EQ(rows("select count(*) from entries where text = 'y'"), 1) << "all or none";
}

// ---- under an idempotency key

const Uuid ada = *Uuid::parse("01234567-89ab-7def-8123-456789abcdef");
const Uuid bob = *Uuid::parse("01234567-89ab-7def-8123-000000000000");

struct Keyed {
  Keyed(const Call::Environment& environment, const Uuid& user, std::string its_key, std::string fingerprint)
      : key(std::move(its_key)), system(environment, "keyed") {
    Call& call = system;
    call.set_principal(std::make_shared<auth::Principal>(auth::Principal{
        .id = user, .session = {}, .token_id = {}, .email = {}, .role = {}, .permissions = {}, .expires_at = {}}));
    call.set_idempotency_key(key);
    call.set_fingerprint(std::move(fingerprint));
  }
  const std::string key;
  SystemCall system;
};

TEST_P(UnitsTest, UnderOneKeyHappenOnceAndReplyTheSame) {
  Units units(*watched, {});
  std::vector<std::string> said;
  const auto move = [&](Keyed keyed) { return run(units.run(keyed.system, &move_money, std::int64_t{30}, &said)); };
  EXPECT_EQ(move({environment, ada, "k", "pay 30"})->amount, 70);
  EXPECT_EQ(move({environment, ada, "k", "pay 30"})->amount, 70) << "the stored reply";
  EXPECT_EQ(balance(1), 70);
  EXPECT_EQ(said.size(), 1U);
  EXPECT_EQ(move({environment, ada, "k", "pay 31"}).error().code(), errors::idempotency_mismatch);
  run(sql::execute(*real, "delete from entries"));
  run(sql::execute(*real, "delete from jobs"));
  EXPECT_EQ(move({environment, bob, "k", "pay 30"})->amount, 40) << "a key belongs to its account";
  clock.advance(24h + 1ms);
  run(sql::execute(*real, "delete from entries"));
  run(sql::execute(*real, "delete from jobs"));
  EXPECT_EQ(move({environment, ada, "k", "pay 30"})->amount, 10) << "a day later it is new";
  EXPECT_EQ(rows("select count(*) from idempotency_keys"), 1) << "expired keys are removed on the way";
}

TEST_P(UnitsTest, UnderAKeyAFailureLeavesNone) {
  Units units(*watched, {});
  std::vector<std::string> said;
  const auto move = [&](std::int64_t amount) {
    Keyed keyed(environment, ada, "k", "pay");
    return run(units.run(keyed.system, &move_money, amount, &said));
  };
  EXPECT_EQ(move(101).error().code(), overdrawn);
  EXPECT_EQ(rows("select count(*) from idempotency_keys"), 0);
  EXPECT_EQ(move(30)->amount, 70);
}

Task<Result<>> nothing_to_say(UnitOfWork& unit, int* runs) {
  ++*runs;
  co_await unwrap(sql::insert(Entry{.id = 1, .text = "x"}).run(unit));
  co_return Result<>{};
}

TEST_P(UnitsTest, UnderAKeyOneWithoutAValueOrOfOneStatementHappensOnceToo) {
  Units units(*watched, {});
  int runs = 0;
  for (int i = 0; i < 2; ++i) {
    Keyed keyed(environment, ada, "k", "drop");
    EXPECT_TRUE(run(units.run_one(keyed.system, &nothing_to_say, &runs)));
  }
  EXPECT_EQ(runs, 1);
  Keyed keyed(environment, ada, "l", "add");
  EXPECT_THROW((void)run(units.run(keyed.system, &collect_and_add, std::int64_t{7})), std::logic_error)
      << "a number is no struct: its reply cannot be stored";
}

struct Numbered {
  std::int64_t number = 0;
  std::string text;
};
ASHLAR_DESCRIBE(Numbered, number, text)
ASHLAR_TABLE(Numbered, "numbered")
struct NewNumbered {
  std::string text;
};
ASHLAR_DESCRIBE(NewNumbered, text)

Task<Result<>> collect_numbered(UnitOfWork& unit, std::int64_t rows) {
  for (std::int64_t i = 0; i < rows; ++i) {
    unit.insert_part_at_commit<Numbered>(NewNumbered{.text = std::to_string(i)});
    unit.insert_at_commit(Job{.id = i, .name = "other"});
  }
  co_return Result<>{};
}

// PostgreSQL executes the parts of one statement in the reverse order, as it happens.
TEST_P(UnitsTest, NumberTheCollectedRowsOfATableInTheOrderOfTheCalls) {
  const bool postgres = GetParam() == sql::Dialect::postgres;
  ASSERT_TRUE(real->run_script(postgres ? "create table numbered (number bigint generated by default as identity "
                                          "primary key, text text not null)"
                                        : "create table numbered (number integer primary key, text text not null)"));
  Units units(*watched, {});
  for (const std::int64_t rows : {2, 16, 37}) {
    run(sql::execute(*real, "delete from numbered"));
    run(sql::execute(*real, "delete from jobs"));
    watched->statements.clear();
    ASSERT_TRUE(run(units.run(call, &collect_numbered, rows)));
    std::string order;
    const auto inserted = run(sql::from<Numbered>().order_by(sql::asc<&Numbered::number>).all(*real)).value();
    ASSERT_EQ(inserted.size(), static_cast<std::size_t>(rows));
    for (std::int64_t i = 0; i < rows; ++i)
      ASSERT_EQ(inserted[static_cast<std::size_t>(i)].text, std::to_string(i)) << rows;
    if (postgres && rows <= 16) EXPECT_EQ(watched->statements.size(), 3U) << "begin, one statement, commit";
  }
}

Task<Result<>> send(UnitOfWork& unit, Overdraw overdraw) {
  unit.send_after_commit(std::string("sent"));
  co_await unwrap(sql::update<Account>().set(col<&Account::balance> += 1).where(col<&Account::id> == 1).run(unit));
  if (overdraw == Overdraw::yes) co_return fail(overdrawn, "There is not that much.");
  co_return Result<>{};
}

TEST_P(UnitsTest, SendMessagesAfterTheCommitAndNoneAfterARollback) {
  std::vector<std::string> received;
  Units units(*watched, {.listener = [&](std::any message) -> Task<> {
    received.push_back(std::any_cast<std::string>(message) + " at " + std::to_string(watched->statements.size()));
    co_return;
  }});
  EXPECT_FALSE(run(units.run(call, &send, Overdraw::yes)));
  EXPECT_THAT(received, testing::IsEmpty());
  watched->statements.clear();
  EXPECT_TRUE(run(units.run(call, &send, Overdraw::no)));
  EXPECT_THAT(received, ElementsAre("sent at 3"));
  Units without(*watched, {});
  EXPECT_TRUE(run(without.run(call, &send, Overdraw::no))) << "no listener";
}

TEST(Merged, KeepsOtherStatementsAndTheOrderOfRows) {
  const auto insert = [](const char* table, std::int64_t value) {
    return sql::Statement{.sql = "insert into " + std::string(table) + " (\"v\") values ($1)", .parameters = {value}};
  };
  const auto out =
      sql::merged_inserts({insert("a", 1), insert("b", 2), {.sql = "insert into a (\"v\") select 1"}, insert("a", 3)});
  ASSERT_EQ(out.size(), 3U);
  EXPECT_EQ(out[0].sql, "insert into a (\"v\") values ($1), ($2)");
  EXPECT_EQ(out[0].parameters, (std::vector<sql::Value>{std::int64_t{1}, std::int64_t{3}}));
  EXPECT_EQ(out[1].sql, "insert into b (\"v\") values ($1)");
  EXPECT_EQ(out[2].sql, "insert into a (\"v\") select 1");
}

TEST(Joined, NumbersTheParametersOfItsStatementsThrough) {
  std::vector<sql::Statement> inserts;
  inserts.push_back({.sql = "insert into a values ($1, $2)", .parameters = {std::int64_t{1}, std::int64_t{2}}});
  inserts.push_back({.sql = "insert into b values ($2, $1, $10)", .parameters = {std::int64_t{3}}});
  const auto one = sql::joined_inserts(std::move(inserts));
  EXPECT_EQ(one.sql, "with e0 as (insert into a values ($1, $2)), e1 as (insert into b values ($4, $3, $12)) select 1");
  EXPECT_EQ(one.parameters.size(), 3U);
}

}  // namespace
}  // namespace ashlar::api
