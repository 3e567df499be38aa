// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/database.hpp"

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

}  // namespace ashlar::sql
