// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/error.hpp"
#include "ashlar/http/message.hpp"

#include <string_view>

namespace ashlar::web {

namespace errors {
inline constexpr ErrorCode route_not_found{ErrorKind::not_found, "route.not_found"};
inline constexpr ErrorCode method_not_allowed{ErrorKind::not_allowed, "route.method_not_allowed"};
}  // namespace errors

// The one place that maps an error to a status: by its kind, except for a few with a status of their own (a body that
// arrives too slowly: 408 rather than 504).
[[nodiscard]] int status_of(const ErrorCode& code);

// The request's data in a problem.
struct ProblemOrigin {
  std::string_view instance;    // the path; omitted when empty
  std::string_view request_id;  // omitted when empty
};

// Fills the body and the fields of an error response, as problem details (RFC 9457): `type` is about:blank, so `title`
// is the status's phrase; `detail` is the error's message; `code`, `requestId` and `errors` are extensions. The message
// of an internal error is not shown. 401 has WWW-Authenticate (RFC 6750; RFC 9470 for auth.step_up_required), 429 and
// 503 have Retry-After.
void write_problem(int status, const Error& error, const ProblemOrigin& origin, http::Response& response);
inline void write_problem(const Error& error, const ProblemOrigin& origin, http::Response& response) {
  write_problem(status_of(error.code()), error, origin, response);
}

}  // namespace ashlar::web
