// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/postgres/database.hpp"
#include "tests/support/postgres_server.hpp"

#include <boost/asio/co_spawn.hpp>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ashlar::tests {

template <class T>
Task<> keep_result(Task<T> task, std::optional<T>& out) {
  out.emplace(co_await std::move(task));
}

template <class T>
std::string_view code_of(const Result<T>& result) {
  return result ? std::string_view("no error") : result.error().code().name;
}

// A database of PostgreSQL's and one loop; written as if everything blocked.
class PostgresTest : public testing::Test {
 protected:
  ~PostgresTest() override {
    if (database_) database_->close();
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

  void start(Task<> task) {
    boost::asio::co_spawn(loop_, std::move(task), [](const std::exception_ptr& thrown) {
      if (thrown) std::rethrow_exception(thrown);
    });
  }
  void run() {
    loop_.restart();
    loop_.run();
  }
  template <class T>
  T await(Task<T> task) {
    std::optional<T> out;
    start(keep_result(std::move(task), out));
    run();
    return std::move(*out);
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

  boost::asio::io_context loop_{1};
  std::unique_ptr<sql::Database> database_;
};

}  // namespace ashlar::tests
