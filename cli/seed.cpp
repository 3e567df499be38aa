// SPDX-License-Identifier: Apache-2.0
#include "ashlar/async/blocking_pool.hpp"
#include "ashlar/auth/password.hpp"
#include "cli/commands.hpp"
#include "cli/workplace.hpp"

#include <algorithm>
#include <cstdio>
#include <functional>
#include <string>

namespace ashlar::cli {

namespace {

constexpr std::int64_t rows_per_statement = 200;

// Ids that are the same in every seeded database: 0000000K-0000-7000-8000-000000000042.
Uuid seeded_id(std::uint8_t kind, std::int64_t number) {
  std::array<std::uint8_t, 16> bytes{};
  bytes[3] = kind;
  bytes[6] = 0x70;
  bytes[8] = 0x80;
  for (std::size_t i = 0; i < 6; ++i) bytes[15 - i] = static_cast<std::uint8_t>(number >> (8 * i));
  return Uuid(bytes);
}

// Inserts rows 1 to `count`, many in a statement. `row` appends the values of one.
using AppendRow = std::function<void(std::int64_t number, std::vector<sql::Value>& values)>;
Task<Result<>> insert_rows(sql::Executor& in, std::string into, std::size_t columns, std::int64_t count,
                           AppendRow row) {
  for (std::int64_t done = 0; done < count;) {
    const std::int64_t rows = std::min(rows_per_statement, count - done);
    sql::Statement statement{
        .sql = "insert into " + into + " values ", .parameters = {}, .mode = sql::Mode::write, .on_row = {}};
    for (std::int64_t i = 0; i < rows; ++i) {
      for (std::size_t column = 0; column < columns; ++column) {
        const std::size_t number = static_cast<std::size_t>(i) * columns + column + 1;
        statement.sql += column == 0 ? (i == 0 ? "($" : ", ($") : ", $";
        statement.sql += std::to_string(number);
      }
      statement.sql += ')';
      row(done + i + 1, statement.parameters);
    }
    if (auto inserted = co_await in.execute(std::move(statement)); !inserted)
      co_return std::unexpected(std::move(inserted.error()));
    done += rows;
  }
  co_return Result<>{};
}

Task<Result<>> insert_all(sql::Database& database, Seed wanted, std::string password_hash, Timestamp now) {
  auto transaction = co_await database.begin();
  if (!transaction) co_return std::unexpected(std::move(transaction.error()));
  auto users = co_await insert_rows(
      *transaction,
      "users (id, email, name, age, role, password_hash, email_verified, mfa_enabled, created_at, updated_at)", 10,
      wanted.users, [&](std::int64_t i, std::vector<sql::Value>& values) {
        const std::string number = std::to_string(i);
        values.insert(values.end(), {seeded_id(1, i), "user" + number + "@example.com", "User " + number, 18 + i % 60,
                                     std::string("user"), password_hash, false, false, now, now});
      });
  if (!users) co_return users;
  auto products = co_await insert_rows(
      *transaction, "products (id, name, description, price, stock, category, created_at, updated_at)", 8,
      wanted.products, [&](std::int64_t i, std::vector<sql::Value>& values) {
        const std::string number = std::to_string(i);
        const Timestamp created_at = now - std::chrono::seconds(i);
        values.insert(values.end(), {seeded_id(2, i), "Product " + number,
                                     "The product number " + number + ", described in a sentence of the usual length.",
                                     i % 10'000, i % 500, "cat" + std::to_string(i % 20), created_at, created_at});
      });
  if (!products) co_return products;
  co_return co_await transaction->commit();
}

bool has_rows(sql::Database& database, const std::string& query) {
  bool found = false;
  value_or_stop(database.query_blocking(
      {.sql = query, .parameters = {}, .mode = sql::Mode::read, .on_row = [&](const sql::Row&) { found = true; }}));
  return found;
}

}  // namespace

int seed(const Seed& wanted) {
  Workplace place;
  place.require_development("seed");
  place.require_current_schema();
  if (has_rows(*place.database, "select 1 from products limit 1") ||
      has_rows(*place.database, "select 1 from users where email = 'user1@example.com'"))
    throw Stop(exit_failed, "the database holds products or seeded users already; nothing was changed.");

  async::BlockingPool pool({.threads = 1, .queue_max = 1, .name = "hashing"});
  auth::PasswordHasher hasher(pool, place.random, {.cost = place.settings.bcrypt_cost});
  const std::string hash = place.loop.run_or_stop(hasher.hash("password"));
  place.loop.run_or_stop(insert_all(*place.database, wanted, hash, place.clock.now()));
  std::printf("%lld users (user1@example.com and on, password \"password\") and %lld products\n",
              static_cast<long long>(wanted.users), static_cast<long long>(wanted.products));
  return exit_ok;
}

}  // namespace ashlar::cli
