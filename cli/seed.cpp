// SPDX-License-Identifier: Apache-2.0
#include "ashlar/api/system_call.hpp"
#include "ashlar/api/units.hpp"
#include "ashlar/async/blocking_pool.hpp"
#include "ashlar/audit/record.hpp"
#include "ashlar/auth/password.hpp"
#include "ashlar/sql/bulk.hpp"
#include "ashlar/sql/transaction.hpp"
#include "backend/products/product.hpp"
#include "backend/users/passwords.hpp"
#include "backend/users/user_row.hpp"
#include "cli/command_context.hpp"
#include "cli/commands.hpp"

#include <algorithm>
#include <cstdio>
#include <string>
#include <type_traits>
#include <vector>

namespace ashlar::cli {

namespace {

constexpr std::int64_t rows_in_memory = 10'000;

// Ids that are the same in every seeded database: 0000000K-0000-7000-8000-000000000042.
Uuid seeded_id(std::uint8_t kind, std::int64_t number) {
  std::array<std::uint8_t, 16> bytes{};
  bytes[3] = kind;
  bytes[6] = 0x70;
  bytes[8] = 0x80;
  for (std::size_t i = 0; i < 6; ++i) bytes[15 - i] = static_cast<std::uint8_t>(number >> (8 * i));
  return Uuid(bytes);
}

backend::UserRow user(std::int64_t number, const std::string& password_hash, Timestamp now) {
  const std::string name = std::to_string(number);
  return {.id = seeded_id(1, number),
          .email = "user" + name + "@example.com",
          .email_key = "user" + name + "@example.com",
          .name = "User " + name,
          .age = 18 + number % 60,
          .role = "user",
          .password_hash = password_hash,
          .permissions = {},
          .created_at = now,
          .updated_at = now};
}

backend::Product product(std::int64_t number, Timestamp now) {
  const std::string name = std::to_string(number);
  const Timestamp created_at = now - std::chrono::seconds(number);
  return {.id = seeded_id(2, number),
          .name = "Product " + name,
          .description = "The product number " + name + ", described in a sentence of the usual length.",
          .price = backend::Price::of_minor_units(number % 10'000),
          .stock = number / 20 % 500,  // independent of the category
          .category = "cat" + std::to_string(number % 20),
          .tags = {"tag" + std::to_string(number % 1000), "group" + std::to_string(number % 7)},
          .created_at = created_at,
          .updated_at = created_at};
}

// Rows 1 to `count`. `make` receives a number and a separator.
template <class Row, class... With>
Task<Result<>> insert_rows(sql::Transaction& in, std::int64_t count, Row (*make)(std::int64_t, With...),
                           std::type_identity_t<With>... with) {
  std::vector<Row> rows;
  for (std::int64_t done = 0; done < count;) {
    rows.clear();
    for (const std::int64_t end = std::min(done + rows_in_memory, count); done < end;)
      rows.push_back(make(++done, with...));
    if (auto inserted = co_await sql::bulk_insert<Row>(in, rows); !inserted)
      co_return std::unexpected(std::move(inserted.error()));
  }
  co_return Result<>{};
}

Task<Result<>> insert_all(sql::Transaction& in, Seed wanted, std::string password_hash, Timestamp now) {
  if (auto users = co_await insert_rows(in, wanted.users, &user, password_hash, now); !users) co_return users;
  co_return co_await insert_rows(in, wanted.products, &product, now);
}

// One entry of the audit trail for all of the rows.
Task<Result<>> record_seed(api::UnitOfWork& unit, Seed wanted) {
  audit::record(unit, {.action = "seed",
                       .resource = "database",
                       .changes = audit::ChangedFields()
                                      .add("products", "0", std::to_string(wanted.products))
                                      .add("users", "0", std::to_string(wanted.users))
                                      .to_json()});
  co_return Result<>{};
}

bool has_rows(sql::Database& database, const std::string& query) {
  bool found = false;
  value_or_exit(database.query_blocking(
      {.sql = query, .parameters = {}, .mode = sql::Mode::read, .on_row = [&](const sql::Row&) { found = true; }}));
  return found;
}

}  // namespace

int seed(const Seed& wanted) {
  CommandContext place;
  place.require_development("seed");
  place.require_current_schema();
  if (has_rows(*place.database, "select 1 from products limit 1") ||
      has_rows(*place.database, "select 1 from users where email = 'user1@example.com'"))
    throw ExitError(exit_failed, "the database contains products or seeded users already; nothing was changed.");

  async::BlockingPool pool({.threads = 1, .queue_max = 1, .name = "hashing"});
  auth::PasswordHasher hasher(pool, place.random, backend::password_options(place.settings));
  const std::string hash = place.loop.run_or_exit(hasher.hash("password"));
  place.loop.run_or_exit(sql::in_transaction(*place.database, &insert_all, wanted, hash, place.clock.now()));
  api::SystemCall call({&place.clock, &place.random, &place.logger}, "ashlar seed");
  api::Units units(*place.database, {});
  place.loop.run_or_exit(units.run(static_cast<api::Call&>(call), &record_seed, wanted));
  std::printf("%lld users (user1@example.com and on, password \"password\") and %lld products\n",
              static_cast<long long>(wanted.users), static_cast<long long>(wanted.products));
  return exit_ok;
}

}  // namespace ashlar::cli
