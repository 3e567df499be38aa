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

// The one place where an error becomes a status: by its kind, but for those few that have a status of their own (a
// body that came too slowly: 408 rather than 504).
[[nodiscard]] int status_of(const ErrorCode& code);

// What a problem tells of the request it is about.
struct ProblemOrigin {
  std::string_view instance;    // the path; left out when empty
  std::string_view request_id;  // left out when empty
};

// Makes the body and the fields of a response that tells of an error, as problem details (RFC 9457): `type` is
// about:blank, so `title` is the status's phrase, `detail` the error's message; `code`, `requestId` and `errors` are
// ours. An internal error's message stays inside. With 401 goes WWW-Authenticate (RFC 6750; RFC 9470 for
// auth.step_up_required), with 429 and 503 Retry-After.
void write_problem(int status, const Error& error, const ProblemOrigin& origin, http::Response& response);
inline void write_problem(const Error& error, const ProblemOrigin& origin, http::Response& response) {
  write_problem(status_of(error.code()), error, origin, response);
}

}  // namespace ashlar::web
