// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/unit_of_work.hpp"
#include "ashlar/schema/json.hpp"

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <type_traits>

namespace ashlar::api {

namespace errors {
inline constexpr ErrorCode idempotency_mismatch{ErrorKind::invalid, "idempotency.mismatch"};
}  // namespace errors

struct UnitOptions {
  // Two conflicting units (a deadlock, or a serialization failure) run again, after a random delay of up to this. Units
  // that change the same row run one after another, so many concurrent ones need many attempts.
  int attempts_max = 30;
  std::chrono::milliseconds retry_delay_max{100};
  std::chrono::hours idempotency_lifetime{24};  // how long the reply under a key is kept
  // Runs after each commit, before its reply, to inform other instances. May be empty; it has its own time limit.
  std::function<Task<>(const Call&)> on_commit = {};
  // Receives what units send after their commits. May be empty.
  CommitListener listener = {};
};

// Runs units of work. All writes of the backend go through it.
//
//   Task<Result<Order>> place(UnitOfWork& unit, Wanted wanted);          // a function, or a lambda without captures
//   auto order = co_await units.run(call, place, std::move(wanted));
//
// It commits when the body returns a value, and rolls back when it returns an error or throws. A repeated body receives
// copies of the same arguments, so it must only have effects that the transaction undoes. The commit and the effects
// after it are not cancelled with the request.
//
// With an idempotency key, the signed-in caller receives the reply of the first run again, and the body does not run:
// the key is claimed and the reply stored in the same transaction (the table idempotency_keys; see
// docs/guide/idempotency.md). Calls with the same key wait for each other. Another request with the same key is
// idempotency.mismatch. An operation then runs one unit per call, and the body returns a described struct or nothing.
//
// Safe from every loop; the database outlives it.
class Units {
 public:
  Units(sql::Database& database, UnitOptions options) : database_(database), options_(std::move(options)) {}
  Units(const Units&) = delete;
  Units& operator=(const Units&) = delete;

  template <class Body, class... Arguments>
  std::invoke_result_t<Body, UnitOfWork&, Arguments...> run(Call& call, Body body, Arguments... arguments) {
    return repeat(call, UnitOfWork::Statements::many, body, std::move(arguments)...);
  }
  // For a body of exactly one statement, which commits by itself, without BEGIN and COMMIT.
  template <class Body, class... Arguments>
  std::invoke_result_t<Body, UnitOfWork&, Arguments...> run_one(Call& call, Body body, Arguments... arguments) {
    const auto statements = is_idempotent(call) ? UnitOfWork::Statements::many : UnitOfWork::Statements::one;
    return repeat(call, statements, body, std::move(arguments)...);
  }

  [[nodiscard]] sql::Database& database() const { return database_; }

 private:
  template <class T>
  struct ValueOf;
  template <class T>
  struct ValueOf<Task<Result<T>>> {
    using type = T;
  };
  template <class T>
  static constexpr bool is_storable = std::is_void_v<T> || schema::DescribedStruct<T>;

  template <class Body, class... Arguments>
  std::invoke_result_t<Body, UnitOfWork&, Arguments...> repeat(Call& call, UnitOfWork::Statements statements, Body body,
                                                               Arguments... arguments) {
    static_assert(std::is_empty_v<Body> || std::is_pointer_v<Body>,
                  "a coroutine that is a lambda must capture nothing");
    using T = typename ValueOf<std::invoke_result_t<Body, UnitOfWork&, Arguments...>>::type;
    for (int made = 1;; ++made) {
      UnitOfWork unit(call, database_, {}, statements, &options_.listener);
      if (options_.on_commit) unit.after_commit([this, &call] { return options_.on_commit(call); });
      Result<T> result = std::unexpected(Error(ashlar::errors::internal, {}));
      const bool idempotent = is_idempotent(call);
      std::optional<std::string> stored;
      if (idempotent) {
        auto claimed = co_await claim(unit);
        if (!claimed) {
          result = std::unexpected(std::move(claimed.error()));
        } else if (*claimed) {
          co_await unit.rollback();
          co_return read_stored<T>(**claimed);
        } else {
          result = co_await body(unit, arguments...);
          if (result) stored = write_stored(result);
        }
      } else {
        result = co_await body(unit, arguments...);
      }
      auto ended = co_await end(unit, result ? nullptr : &result.error(), std::move(stored));
      if (result && !ended) result = std::unexpected(std::move(ended.error()));
      if (result || !co_await sql::detail::next_attempt(result.error(), made, retries())) co_return result;
    }
  }

  template <class T>
  static std::string write_stored(const Result<T>& result) {
    if constexpr (std::is_void_v<T>) {
      return "null";
    } else if constexpr (is_storable<T>) {
      return schema::to_json(*result);
    } else {
      refuse_to_store();
    }
  }
  template <class T>
  static Result<T> read_stored(const std::string& json) {
    if constexpr (std::is_void_v<T>) {
      return {};
    } else if constexpr (is_storable<T>) {
      return schema::read_json<T>(json);
    } else {
      refuse_to_store();
    }
  }
  [[noreturn]] static void refuse_to_store();

  [[nodiscard]] static bool is_idempotent(const Call& call) {
    return !call.idempotency_key().empty() && call.principal() != nullptr;
  }
  [[nodiscard]] sql::TransactionOptions retries() const {
    return {.attempts_max = options_.attempts_max, .retry_delay_max = options_.retry_delay_max};
  }
  // nullopt: this unit owns the key until it ends. Otherwise the JSON of the reply that was stored under it.
  Task<Result<std::optional<std::string>>> claim(UnitOfWork& unit);
  // Stores the reply, if any, and commits; rolls back when there is an error.
  Task<Result<>> end(UnitOfWork& unit, const Error* error, std::optional<std::string> stored);

  sql::Database& database_;
  const UnitOptions options_;
};

}  // namespace ashlar::api
