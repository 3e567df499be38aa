// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/postgres/database.hpp"
#include "tests/support/postgres_server.hpp"
#include "tests/support/test_loop.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace ashlar::tests {

template <class T>
std::string_view code_of(const Result<T>& result) {
  return result ? std::string_view("no error") : result.error().code().name;
}

// A database of PostgreSQL's and one loop; written as if everything blocked.
class PostgresTest : public testing::Test, protected TestLoop {
 protected:
  ~PostgresTest() override {
    if (database_) while_it_runs([this] { database_->close(); });
  }

  // Without a URL: a new database on the shared server.
  sql::Database& open(sql::postgres::Options options = {}) {
    if (options.url.empty()) options.url = PostgresServer::shared().new_database();
    auto opened = sql::postgres::Database::open(std::move(options));
    EXPECT_TRUE(opened) << opened.error().cause();
    database_ = std::move(*opened);
    return *database_;
  }
  sql::Database& open_with(const std::string& script, sql::postgres::Options options = {}) {
    auto& db = open(std::move(options));
    const auto made = db.run_script(script);
    EXPECT_TRUE(made) << made.error().cause();
    return db;
  }

  Result<sql::Outcome> write(sql::Executor& to, std::string sql, std::vector<sql::Value> parameters = {}) {
    return await(to.execute({.sql = std::move(sql), .parameters = std::move(parameters), .mode = sql::Mode::write}));
  }
  Result<sql::Outcome> read(sql::Executor& from, std::string sql, std::vector<sql::Value> parameters = {}) {
    return await(from.execute({.sql = std::move(sql), .parameters = std::move(parameters)}));
  }
  // The first column of each row.
  std::vector<std::int64_t> integers(sql::Executor& from, std::string sql, std::vector<sql::Value> parameters = {}) {
    std::vector<std::int64_t> out;
    each(from, std::move(sql), std::move(parameters), [&out](const sql::Row& row) { out.push_back(row.integer(0)); });
    return out;
  }
  std::int64_t integer(sql::Executor& from, std::string sql, std::vector<sql::Value> parameters = {}) {
    const auto all = integers(from, std::move(sql), std::move(parameters));
    return all.size() == 1 ? all.front() : -999;
  }
  std::string text(sql::Executor& from, std::string sql, std::vector<sql::Value> parameters = {}) {
    std::string out;
    each(from, std::move(sql), std::move(parameters), [&out](const sql::Row& row) { out = row.text(0); });
    return out;
  }
  void each(sql::Executor& from, std::string sql, std::vector<sql::Value> parameters,
            std::function<void(const sql::Row&)> on_row) {
    const auto done =
        await(from.execute({.sql = std::move(sql), .parameters = std::move(parameters), .on_row = std::move(on_row)}));
    EXPECT_TRUE(done) << done.error().cause();
  }

  std::unique_ptr<sql::Database> database_;
};

}  // namespace ashlar::tests
