// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/database.hpp"
#include "tests/support/test_loop.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

// One suite that every driver passes, with its traits (dialect_traits.hpp). The library ashlar_sql_conformance holds
// the tests; a test program links it and defines drivers(), which says what they run on:
//   target_link_libraries(my_driver_tests PRIVATE ashlar_sql_conformance GTest::gtest_main)
//   std::vector<Driver> ashlar::sql::conformance::drivers() { return {my_driver()}; }
namespace ashlar::sql::conformance {

using tests::keep_result;

// What a test may ask of the database it gets.
struct Wanted {
  std::size_t queue_max = 4096;
  std::chrono::milliseconds transaction_time_max{10'000};
  std::chrono::milliseconds statement_time_max{10'000};
  // Whether the schema is the program's own, so that it may use functions that could do harm (search.hpp).
  enum class Schema : unsigned char { untrusted, trusted } schema = Schema::untrusted;
};

struct Driver {
  std::string name;
  // An empty database, gone when it is closed.
  std::function<std::unique_ptr<Database>(const Wanted&)> open;
  // Column types as this database calls them, for the tests' tables.
  std::string uuid, timestamp, blob, number, json;
  std::string key;  // of an integer primary key that is counted up by the database
  std::string now;  // an expression that fits a timestamp column
  // Whether a statement that does not use $1, but $2, is refused.
  enum class UnusedParameters : unsigned char { refused, unnoticed } unused_parameters = UnusedParameters::refused;
  // What a write that takes too long is answered: that the server has stopped it, or that it may still happen.
  std::string overdue_write = "database.timed_out";
};

// The test program's.
std::vector<Driver> drivers();

inline void PrintTo(const Driver& driver, std::ostream* out) { *out << driver.name; }
inline std::string driver_name(const testing::TestParamInfo<Driver>& info) { return info.param.name; }

// A database and one loop.
class Conformance : public testing::TestWithParam<Driver>, protected tests::TestLoop {
 protected:
  ~Conformance() override {
    if (database_) while_it_runs([this] { database_->close(); });
  }

  Database& open(const Wanted& wanted = {}) {
    database_ = GetParam().open(wanted);
    return *database_;
  }
  // Opens it and makes the tables of one script.
  Database& open_with(const std::string& script, const Wanted& wanted = {}) {
    open(wanted);
    const auto made = database_->run_script(script);
    EXPECT_TRUE(made) << made.error().cause();
    return *database_;
  }

  // Shorthand: what most tests do.
  Result<Outcome> write(Executor& executor, std::string sql, std::vector<Value> parameters = {}) {
    return await(executor.execute({.sql = std::move(sql), .parameters = std::move(parameters), .mode = Mode::write}));
  }
  // The first column of each row, as an integer.
  std::vector<std::int64_t> integers(Executor& executor, std::string sql, std::vector<Value> parameters = {}) {
    std::vector<std::int64_t> out;
    const auto done = await(executor.execute({.sql = std::move(sql),
                                              .parameters = std::move(parameters),
                                              .on_row = [&out](const Row& row) { out.push_back(row.integer(0)); }}));
    EXPECT_TRUE(done) << done.error().cause();
    return out;
  }
  std::int64_t count(Executor& executor, const std::string& table) {
    const auto counted = integers(executor, "select count(*) from " + table);
    return counted.empty() ? -1 : counted.front();
  }

  std::unique_ptr<Database> database_;
};

template <class T>
std::string_view code_of(const Result<T>& result) {
  return result ? std::string_view("no error") : result.error().code().name;
}

}  // namespace ashlar::sql::conformance
