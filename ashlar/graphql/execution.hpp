// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/client.hpp"
#include "ashlar/async/task.hpp"
#include "ashlar/graphql/detail/input_values.hpp"
#include "ashlar/graphql/validation.hpp"

#include <expected>
#include <string>
#include <string_view>

namespace ashlar::graphql {

// The operation of that name; with an empty one, the only one. Error graphql.operation_unknown.
[[nodiscard]] std::expected<const OperationDefinition*, RequestError> select_operation(const Document& document,
                                                                                       std::string_view name);

// What an operation costs, at least as much as it does: 1 a field, times the items of the lists around it, and
// call_cost for each call of an operation. The items of a page are its argument `limit`. Errors: graphql.limit_exceeded
// for cost_max and calls_max.
[[nodiscard]] std::expected<std::size_t, RequestError> cost_of(const Document& document,
                                                               const OperationDefinition& operation,
                                                               const TypeSystem& types,
                                                               const detail::Variables& variables,
                                                               const ComplexityLimits& limits);

struct Execution {
  const Document& document;  // valid
  const OperationDefinition& operation;
  const TypeSystem& types;
  const api::Client& client;
  const detail::Variables& variables;
  api::Caller caller;  // of each call
};

// Runs a query's fields at once, a mutation's one after the other, each as a call of its operation, and returns the
// response: {"errors": [...], "data": {...}}. What the execution refers to outlives it. An idempotency key of the
// caller is that of the only field that takes one; a field's own argument comes first.
[[nodiscard]] Task<std::string> execute(Execution execution);

}  // namespace ashlar::graphql
