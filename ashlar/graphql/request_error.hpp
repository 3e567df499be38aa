// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/error.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace ashlar::graphql {

// Of a request that is not executed. HTTP: 400, or 200 with the media type application/json.
namespace errors {
inline constexpr ErrorCode syntax_error{ErrorKind::malformed, "graphql.syntax_error"};
inline constexpr ErrorCode validation_failed{ErrorKind::malformed, "graphql.validation_failed"};
inline constexpr ErrorCode variables_invalid{ErrorKind::malformed, "graphql.variables_invalid"};
inline constexpr ErrorCode operation_unknown{ErrorKind::malformed, "graphql.operation_unknown"};
inline constexpr ErrorCode limit_exceeded{ErrorKind::malformed, "graphql.limit_exceeded"};
inline constexpr ErrorCode malformed_request{ErrorKind::malformed, "graphql.malformed_request"};
inline constexpr ErrorCode mutation_by_get{ErrorKind::not_allowed, "graphql.mutation_by_get"};
}  // namespace errors

// Counted from 1. A column counts code points.
struct Location {
  std::uint32_t line = 0;
  std::uint32_t column = 0;

  friend bool operator==(const Location&, const Location&) = default;
};

// Why a request is not executed.
struct RequestError {
  ErrorCode code;
  std::string message;
  std::vector<Location> locations = {};
};

}  // namespace ashlar::graphql
