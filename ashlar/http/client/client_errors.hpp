// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/error.hpp"

// The errors of a Client. Messages contain no address, since they may reach the user who chose the URL. The cause, for
// the log, does.
namespace ashlar::http::client_errors {

// The request was not sent.
inline constexpr ErrorCode invalid_url{ErrorKind::invalid, "http_client.invalid_url"};
inline constexpr ErrorCode invalid_request{ErrorKind::invalid, "http_client.invalid_request"};
inline constexpr ErrorCode invalid_policy{ErrorKind::invalid, "http_client.invalid_policy"};
inline constexpr ErrorCode refused_by_policy{ErrorKind::forbidden, "http_client.refused_by_policy"};
inline constexpr ErrorCode overloaded{ErrorKind::unavailable, "http_client.overloaded"};
inline constexpr ErrorCode unresolved{ErrorKind::unavailable, "http_client.unresolved"};
inline constexpr ErrorCode unreachable{ErrorKind::unavailable, "http_client.unreachable"};
inline constexpr ErrorCode tls_failed{ErrorKind::unavailable, "http_client.tls_failed"};

// The request may have been sent, and the server may have acted on it.
inline constexpr ErrorCode timed_out{ErrorKind::timed_out, "http_client.timed_out"};
inline constexpr ErrorCode connection_lost{ErrorKind::unavailable, "http_client.connection_lost"};
inline constexpr ErrorCode malformed_response{ErrorKind::unavailable, "http_client.malformed_response"};
inline constexpr ErrorCode response_too_large{ErrorKind::unavailable, "http_client.response_too_large"};
inline constexpr ErrorCode redirect_refused{ErrorKind::unavailable, "http_client.redirect_refused"};

}  // namespace ashlar::http::client_errors
