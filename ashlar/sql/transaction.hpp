// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/database.hpp"

#include <chrono>
#include <optional>
#include <type_traits>
#include <utility>

namespace ashlar::sql {

// Runs a coroutine in a transaction: commits when it gives a value, rolls back when it gives an error or throws.
//
//   Task<Result<Order>> place(Transaction& tx, NewOrder order);          // a function, or a lambda without captures
//   auto order = co_await in_transaction(db, place, std::move(in));
//
// The arguments are kept until it has ended. Other people wait for the one writer of SQLite's meanwhile: nothing slow
// belongs inside.
template <class Body, class... Arguments>
std::invoke_result_t<Body, Transaction&, Arguments...> in_transaction(Database& database, Body body,
                                                                      Arguments... arguments) {
  static_assert(std::is_empty_v<Body> || std::is_pointer_v<Body>, "a coroutine that is a lambda must capture nothing");
  auto transaction = co_await database.begin();
  if (!transaction) co_return std::unexpected(std::move(transaction.error()));
  auto result = co_await body(*transaction, std::move(arguments)...);
  if (!result) {
    (void)co_await transaction->rollback();  // its error matters less than the one that there is
    co_return result;
  }
  auto committed = co_await transaction->commit();
  if (!committed) co_return std::unexpected(std::move(committed.error()));
  co_return result;
}

// How a transaction is run, and how often.
struct TransactionOptions {
  std::optional<Isolation> isolation{};            // else the database's own; with PostgreSQL one more round trip
  int attempts_max = 1;                            // where it ended as database.serialization: it crossed another one
  std::chrono::milliseconds retry_delay_max{100};  // between two attempts: random, from nothing to a bound that doubles
};

namespace detail {
Task<Result<Transaction>> begin(Database& database, TransactionOptions options);
// Whether there should be another attempt after `made`; then it is time for it.
Task<bool> next_attempt(const Error& error, int made, TransactionOptions options);
}  // namespace detail

// The same by options. The body of one that is tried again runs again, with copies of the same arguments: it does
// nothing but what the transaction undoes. Only database.serialization is tried again, never what may have happened.
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
