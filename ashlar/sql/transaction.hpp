// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/database.hpp"

#include <chrono>
#include <optional>
#include <type_traits>
#include <utility>

namespace ashlar::sql {

// Runs a coroutine in a transaction: commits when it returns a value, rolls back when it returns an error or throws.
//
//   Task<Result<Order>> place(Transaction& tx, NewOrder order);          // a function, or a lambda without captures
//   auto order = co_await in_transaction(db, place, std::move(in));
//
// The arguments are stored until it has ended. With SQLite, other writers wait meanwhile for its single writer, so the
// body should contain nothing slow.
template <class Body, class... Arguments>
std::invoke_result_t<Body, Transaction&, Arguments...> in_transaction(Database& database, Body body,
                                                                      Arguments... arguments) {
  static_assert(std::is_empty_v<Body> || std::is_pointer_v<Body>, "a coroutine that is a lambda must capture nothing");
  auto transaction = co_await database.begin();
  if (!transaction) co_return std::unexpected(std::move(transaction.error()));
  auto result = co_await body(*transaction, std::move(arguments)...);
  if (!result) {
    (void)co_await transaction->rollback();  // its error matters less than the original one
    co_return result;
  }
  auto committed = co_await transaction->commit();
  if (!committed) co_return std::unexpected(std::move(committed.error()));
  co_return result;
}

// Isolation and retries of a transaction.
struct TransactionOptions {
  std::optional<Isolation> isolation{};  // else the database's default; with PostgreSQL one more round trip
  int attempts_max = 1;                  // when it ended as database.serialization: a conflict with another one
  std::chrono::milliseconds retry_delay_max{100};  // between two attempts: random, from 0 to a bound that doubles
};

namespace detail {
Task<Result<Transaction>> begin(Database& database, TransactionOptions options);
// Whether to make another attempt after `made`; waits for the delay first.
Task<bool> next_attempt(const Error& error, int made, TransactionOptions options);
}  // namespace detail

// The same with options. Another attempt runs the body again, with copies of the same arguments, so the body must only
// have effects that the transaction undoes. Only database.serialization is retried, never a write whose outcome is
// unknown.
//
//   auto moved = co_await in_transaction({.isolation = Isolation::serializable, .attempts_max = 5}, db, move, from,
//   to);
template <class Body, class... Arguments>
std::invoke_result_t<Body, Transaction&, Arguments...> in_transaction(TransactionOptions options, Database& database,
                                                                      Body body, Arguments... arguments) {
  static_assert(std::is_empty_v<Body> || std::is_pointer_v<Body>, "a coroutine that is a lambda must capture nothing");
  for (int made = 1;; ++made) {
    auto transaction = co_await detail::begin(database, options);
    if (!transaction) co_return std::unexpected(std::move(transaction.error()));
    auto result = co_await body(*transaction, arguments...);
    auto ended = result ? co_await transaction->commit() : co_await transaction->rollback();
    if (result && !ended) result = std::unexpected(std::move(ended.error()));
    if (result || !co_await detail::next_attempt(result.error(), made, options)) co_return result;
  }
}

}  // namespace ashlar::sql
