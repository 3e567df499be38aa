// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/transaction.hpp"

#include "ashlar/async/deadline.hpp"
#include "ashlar/sql/dialect_traits.hpp"

#include <algorithm>
#include <random>

namespace ashlar::sql {

Task<Result<>> Executor::execute_both(Statement first, Statement second) {
  for (Statement* const statement : {&first, &second}) {
    auto done = co_await execute(std::move(*statement));
    if (!done) co_return std::unexpected(std::move(done.error()));
  }
  co_return Result<>();
}

Task<Result<Outcome>> Database::execute_with(Statement write, std::vector<Statement> inserts) {
  if (inserts.empty()) co_return co_await execute(std::move(write));
  std::int64_t rows = 0;
  if (write.on_row) {
    write.on_row = [&rows, read = std::move(write.on_row)](const Row& row) {
      ++rows;
      read(row);
    };
  }
  auto transaction = co_await begin();
  if (!transaction) co_return std::unexpected(std::move(transaction.error()));
  auto written = co_await transaction->execute(std::move(write));
  if (!written) co_return written;
  written->rows_affected = std::max(written->rows_affected, rows);
  if (written->rows_affected == 0) {
    (void)co_await transaction->rollback();
    co_return written;
  }
  for (Statement& insert : inserts) {
    auto inserted = co_await transaction->execute(std::move(insert));
    if (!inserted) co_return inserted;
  }
  auto committed = co_await transaction->commit();
  if (!committed) co_return std::unexpected(std::move(committed.error()));
  co_return written;
}

std::string_view to_string(Isolation isolation) {
  switch (isolation) {
    case Isolation::read_committed:
      return "read committed";
    case Isolation::repeatable_read:
      return "repeatable read";
    case Isolation::serializable:
      return "serializable";
  }
  return "serializable";
}

namespace detail {
namespace {

bool can_set_isolation(Dialect dialect) { return dialect->facts().isolations == DialectFacts::Isolations::all; }

}  // namespace

Task<Result<Transaction>> begin(Database& database, TransactionOptions options) {
  auto transaction = co_await database.begin();
  if (!transaction || !options.isolation || !can_set_isolation(database.dialect())) co_return transaction;
  auto set = co_await transaction->execute(
      {.sql = "set transaction isolation level " + std::string(to_string(*options.isolation)), .mode = Mode::write});
  if (!set) co_return std::unexpected(std::move(set.error()));
  co_return transaction;
}

Task<bool> next_attempt(const Error& error, int made, TransactionOptions options) {
  constexpr std::chrono::milliseconds first_delay_max{4};
  constexpr int doublings_max = 10;
  if (error.code() != errors::serialization || made >= options.attempts_max) co_return false;
  const auto bound = std::min(first_delay_max * (1 << std::min(made - 1, doublings_max)), options.retry_delay_max);
  // Two conflicting ones must not retry at the same time; nothing else depends on the number.
  std::minstd_rand random(static_cast<std::uint32_t>(std::chrono::steady_clock::now().time_since_epoch().count()));
  random.discard(1);
  std::uniform_int_distribution<std::int64_t> some(0, bound.count());
  co_await async::sleep_for(std::chrono::milliseconds(some(random)));
  co_return true;
}

}  // namespace detail
}  // namespace ashlar::sql
