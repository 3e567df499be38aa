// SPDX-License-Identifier: Apache-2.0
// What is PostgreSQL's own of rows in bulk: columns of its types, and connections that break.
#include "ashlar/sql/bulk.hpp"

#include "ashlar/sql/query.hpp"
#include "tests/support/fault_proxy.hpp"
#include "tests/support/postgres_test.hpp"

#include <chrono>

namespace ashlar::sql::postgres {
namespace {

using namespace std::chrono_literals;
using tests::code_of;
using tests::FaultProxy;
using tests::PostgresServer;

enum class Colour : std::uint8_t { red, blue };
ASHLAR_DESCRIBE_ENUM(Colour, red, blue)

struct Item {
  std::int64_t small = 0;
  std::int64_t middle = 0;
  Colour colour = Colour::red;
  std::vector<std::int64_t> sizes{};
  std::vector<std::int64_t> words{};
  std::string name{};
  std::optional<std::string> code{};
};
ASHLAR_DESCRIBE(Item, small, middle, colour, sizes, words, name, code)
ASHLAR_TABLE(Item, "items")

constexpr const char* items_table =
    "create type colour as enum ('red', 'blue'); create domain short as varchar(5) check (value <> 'bad');"
    "create table items (small smallint, middle integer, colour colour, sizes jsonb, words json, name short,"
    " code char(3));";

struct Measure {
  std::string day;
  std::int64_t amount = 0;
};
ASHLAR_DESCRIBE(Measure, day, amount)
ASHLAR_TABLE(Measure, "measures")

struct Text {
  std::string text;
};
ASHLAR_DESCRIBE(Text, text)
ASHLAR_TABLE(Text, "texts")

class PostgresBulk : public tests::PostgresTest {};

TEST_F(PostgresBulk, WritesTheTypesOfItsColumns) {
  auto& db = open_with(items_table);
  const std::vector<Item> rows{
      {.small = -7, .middle = 70'000, .colour = Colour::blue, .sizes = {1, 2}, .name = "abcde", .code = "xyz"},
      {.small = 32'767, .words = {3}, .name = ""}};
  const auto done = await(bulk_insert<Item>(db, rows));
  ASSERT_TRUE(done) << done.error().cause();
  EXPECT_EQ(integer(db,
                    "select count(*) from items where small = -7 and middle = 70000 and colour = 'blue' and"
                    " sizes = '[1,2]' and words::text = '[]' and name = 'abcde' and code = 'xyz'"),
            1);
  EXPECT_EQ(integer(db, "select count(*) from items where small = 32767 and name = '' and code is null"), 1);
  EXPECT_EQ(code_of(await(bulk_insert<Item>(db, std::vector<Item>{{.small = 40'000}}))), "database.failed");
  EXPECT_EQ(code_of(await(bulk_insert<Item>(db, std::vector<Item>{{.name = "abcdef"}}))), "database.failed");
  EXPECT_EQ(code_of(await(bulk_insert<Item>(db, std::vector<Item>{{.name = "bad"}}))), "database.check");
  EXPECT_EQ(integer(db, "select count(*) from items"), 2);
}

TEST_F(PostgresBulk, WritesByStatementsWhatHasNoFormOfOurs) {
  auto& db = open_with("create table measures (day date, amount numeric(12,2));");
  const std::vector<Measure> rows{{.day = "2026-11-21", .amount = 5}, {.day = "2026-11-22", .amount = 6}};
  const auto done = await(bulk_insert<Measure>(db, rows));
  ASSERT_TRUE(done) << done.error().cause();
  EXPECT_EQ(done->rows_affected, 2);
  EXPECT_EQ(integer(db, "select sum(amount) from measures where day <= '2026-11-22'"), 11);
  EXPECT_EQ(code_of(await(bulk_insert<Text>(db, std::vector<Text>(1)))), "database.failed") << "no such table";
}

TEST_F(PostgresBulk, SendsMoreThanTheNetworkTakesAtOnce) {
  auto& db = open_with("create table texts (text text);");
  const std::vector<Text> rows(64, {std::string(1024 * 1024, 'x')});
  auto tx = *await(db.begin());
  const auto done = await(bulk_insert<Text>(tx, rows));
  ASSERT_TRUE(done) << done.error().cause();
  EXPECT_EQ(integer(tx, "select sum(length(text)) from texts"), 64 * 1024 * 1024);
  ASSERT_TRUE(await(tx.rollback()));
}

TEST_F(PostgresBulk, KeepsNothingOfWhatWasCutOff) {
  FaultProxy network(PostgresServer::shared().port());
  const auto name = PostgresServer::shared().new_database();
  auto& db = open({.url = PostgresServer::url_through(network.port(), name.substr(name.rfind('/') + 1))});
  ASSERT_TRUE(db.run_script("create table texts (text text);"));
  const std::vector<Text> rows(20'000, {"some text"});
  network.cut_after_bytes_of_client(100'000);
  const auto cut = await(bulk_insert<Text>(db, rows));
  EXPECT_EQ(code_of(cut), "database.unavailable") << "it was not committed";
  network.restore();
  EXPECT_EQ(integer(db, "select count(*) from texts"), 0);
  EXPECT_TRUE(await(bulk_insert<Text>(db, rows)));
}

TEST_F(PostgresBulk, EndsAtTheStatementsTimeLimit) {
  FaultProxy network(PostgresServer::shared().port());
  const auto name = PostgresServer::shared().new_database();
  auto& db = open({.url = PostgresServer::url_through(network.port(), name.substr(name.rfind('/') + 1)),
                   .statement_time_max = 300ms});
  ASSERT_TRUE(db.run_script("create table texts (text text);"));
  ASSERT_EQ(integer(db, "select 1"), 1);
  const std::vector<Text> rows(64, {std::string(1024 * 1024, 'x')});
  network.delay(20ms);
  EXPECT_EQ(code_of(await(bulk_insert<Text>(db, rows))), "database.timed_out");
  network.restore();
  EXPECT_EQ(integer(db, "select count(*) from texts"), 0);
}

}  // namespace
}  // namespace ashlar::sql::postgres
