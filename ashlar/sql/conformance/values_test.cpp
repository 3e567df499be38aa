// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/conformance/suite.hpp"

#include <cmath>
#include <limits>
#include <stdexcept>

namespace ashlar::sql::conformance {
namespace {

std::string values_table(const Driver& driver) {
  return "create table v (id " + driver.key + ", b boolean, i bigint, n " + driver.number + ", t text, x " +
         driver.blob + ", u " + driver.uuid + ", m " + driver.timestamp + ");";
}

TEST_P(Conformance, RefusesTextThatOneOfTheDatabasesCannotHold) {
  auto& db = open_with(values_table(GetParam()));
  for (const std::string& text :
       {std::string("a\0b", 3), std::string("\0", 1), std::string("\xff"), std::string("\xed\xa0\x80")}) {
    EXPECT_EQ(code_of(write(db, "insert into v (t) values ($1)", {text})), "sql.invalid_text");
  }
  EXPECT_EQ(code_of(write(db, "insert into v (n) values ($1)", {std::nan("")})), "sql.invalid_number");
  EXPECT_EQ(count(db, "v"), 0);
}

TEST_P(Conformance, KeepsTextAsItIs) {
  auto& db = open_with(values_table(GetParam()));
  const std::vector<std::string> texts = {"",
                                          "a",
                                          " a ",
                                          "'; drop table v; --",
                                          "%_\\\"",
                                          "é€😀\xcc\x81",
                                          "line\r\nline\ttab",
                                          std::string(3'000'000, 'x')};
  for (const auto& text : texts) ASSERT_TRUE(write(db, "insert into v (t) values ($1)", {text}));
  std::vector<std::string> read;
  const auto keep = [&read](const Row& row) { read.emplace_back(row.text(0)); };
  ASSERT_TRUE(await(db.execute({.sql = "select t from v order by id", .on_row = keep})));
  EXPECT_EQ(read, texts);
  EXPECT_EQ(integers(db, "select count(*) from v where t = $1", {"é€😀\xcc\x81"}), std::vector<std::int64_t>{1});
}

TEST_P(Conformance, KeepsNumbersToTheirLastBit) {
  auto& db = open_with(values_table(GetParam()));
  using Integer = std::numeric_limits<std::int64_t>;
  using Double = std::numeric_limits<double>;
  const std::vector<std::int64_t> integer_values = {
      0, 1, -1, (std::int64_t{1} << 53) + 1, Integer::max(), Integer::min()};
  const std::vector<double> numbers = {
      0.0, -0.0, 0.1, 1e308, Double::denorm_min(), Double::max(), Double::lowest(), Double::infinity()};
  for (const auto value : integer_values) ASSERT_TRUE(write(db, "insert into v (i) values ($1)", {value}));
  for (const auto value : numbers) ASSERT_TRUE(write(db, "insert into v (n) values ($1)", {value}));
  EXPECT_EQ(integers(db, "select i from v where i is not null order by id"), integer_values);
  std::vector<double> read;
  const auto keep = [&read](const Row& row) { read.push_back(row.number(0)); };
  ASSERT_TRUE(await(db.execute({.sql = "select n from v where n is not null order by id", .on_row = keep})));
  EXPECT_EQ(read, numbers);
}

TEST_P(Conformance, KeepsBytesIdsMomentsAndBools) {
  auto& db = open_with(values_table(GetParam()));
  const Bytes bytes = {std::byte{0}, std::byte{255}, std::byte{0}, std::byte{39}};
  const Uuid id = *Uuid::parse("0193508e-0000-7000-8000-0000000000ff");
  const std::string insert = "insert into v (b, x, u, m) values ($1, $2, $3, $4)";
  const auto first = Timestamp::from_milliseconds(Timestamp::milliseconds_min);
  const auto last = Timestamp::from_milliseconds(Timestamp::milliseconds_max);
  ASSERT_TRUE(write(db, insert, {true, bytes, id, first}));
  ASSERT_TRUE(write(db, insert, {false, Bytes{}, Uuid{}, last}));
  int row_number = 0;
  const auto check = [&](const Row& row) {
    const bool is_first = row_number++ == 0;
    EXPECT_EQ(row.boolean(0), is_first);
    EXPECT_EQ(row.blob(1), is_first ? std::string_view("\0\377\0'", 4) : std::string_view());
    EXPECT_EQ(row.uuid(2), is_first ? id : Uuid{});
    EXPECT_EQ(row.timestamp(3), is_first ? first : last);
    EXPECT_EQ(row.columns(), 4U);
    EXPECT_EQ(row.name(3), "m");
  };
  ASSERT_TRUE(await(db.execute({.sql = "select b, x, u, m from v order by id", .on_row = check})));
  EXPECT_EQ(row_number, 2);
  EXPECT_EQ(integers(db, "select count(*) from v where u = $1 and m = $2 and b = $3", {id, first, true}),
            std::vector<std::int64_t>{1});
}

TEST_P(Conformance, DistinguishesNullFromEmpty) {
  auto& db = open_with(values_table(GetParam()));
  ASSERT_TRUE(write(db, "insert into v (t, x, i) values ($1, $2, $3)", {Null{}, Null{}, Null{}}));
  ASSERT_TRUE(write(db, "insert into v (t, x, i) values ($1, $2, $3)", {"", Bytes{}, 0}));
  std::vector<bool> nulls;
  const auto keep = [&nulls](const Row& row) {
    for (std::size_t i = 0; i < 3; ++i) nulls.push_back(row.is_null(i));
  };
  ASSERT_TRUE(await(db.execute({.sql = "select t, x, i from v order by id", .on_row = keep})));
  EXPECT_EQ(nulls, (std::vector<bool>{true, true, true, false, false, false}));
}

TEST_P(Conformance, AskingForAnotherTypeThanTheColumnHoldsIsABugOfOurs) {
  auto& db = open_with(values_table(GetParam()));
  ASSERT_TRUE(write(db, "insert into v (i, t) values ($1, $2)", {7, "seven"}));
  const std::vector<std::function<void(const Row&)>> wrong = {
      [](const Row& row) { (void)row.integer(1); },  // text
      [](const Row& row) { (void)row.text(0); },     // an integer
      [](const Row& row) { (void)row.uuid(1); },     // not a UUID
      [](const Row& row) { (void)row.text(2); },     // NULL
      [](const Row& row) { (void)row.integer(9); },  // no such column
  };
  for (const auto& on_row : wrong) {
    EXPECT_THROW(await(db.execute({.sql = "select i, t, n from v", .on_row = on_row})), std::logic_error);
  }
  EXPECT_EQ(count(db, "v"), 1);  // and the database still works
}

TEST_P(Conformance, TakesParametersByNumberInAnyOrder) {
  auto& db = open();
  EXPECT_EQ(integers(db, "select $2 * 10 + $1 + 100 * $2", {1, 2}), std::vector<std::int64_t>{221});
}

TEST_P(Conformance, RefusesStatementsThatAreWrong) {
  auto& db = open_with(values_table(GetParam()));
  const std::vector<std::pair<std::string, std::vector<Value>>> wrong = {
      {"selec 1", {}},
      {"select nothing from v", {}},
      {"select \"nothing\" from v", {}},
      {"select 1 from nowhere", {}},
      {"select $1", {}},
      {"select 1", {7}},
      {"select $2", {7, 8}},
      {"select 1; delete from v", {}},
      {"begin", {}},
      {"commit", {}},
      {"savepoint a", {}},
      {"", {}},
      {"-- nothing", {}},
  };
  for (const auto& [sql, parameters] : wrong) {
    if (sql == "select $2" && GetParam().unused_parameters == Driver::UnusedParameters::unnoticed)
      continue;  // the other one is not used: not seen there
    EXPECT_EQ(code_of(write(db, sql, parameters)), "database.failed") << sql;
    EXPECT_EQ(code_of(await(db.execute({.sql = sql, .parameters = parameters}))), "database.failed") << sql;
  }
  EXPECT_EQ(code_of(await(db.execute({.sql = "delete from v"}))),
            "database.failed");  // writes, but was given as a read
}

TEST_P(Conformance, SaysHowManyRowsChanged) {
  auto& db = open_with("create table t (i integer);");
  EXPECT_EQ(write(db, "insert into t (i) values (1), (2), (3)")->rows_affected, 3);
  EXPECT_EQ(write(db, "update t set i = i + 1 where i > 1")->rows_affected, 2);
  EXPECT_EQ(write(db, "update t set i = 0 where i > 100")->rows_affected, 0);
  EXPECT_EQ(await(db.execute({.sql = "select i from t"}))->rows_affected, 0);
  EXPECT_EQ(write(db, "delete from t")->rows_affected, 3);
}

INSTANTIATE_TEST_SUITE_P(Driver, Conformance, testing::ValuesIn(drivers()), driver_name);

}  // namespace
}  // namespace ashlar::sql::conformance
