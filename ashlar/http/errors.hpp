// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/error.hpp"

// Errors before or while a message becomes a request. Handler::reject receives the status as well, since several of
// them (408, 414, 417, 431, 501, 505) belong to no ErrorKind.
namespace ashlar::http::errors {

inline constexpr ErrorCode malformed_request{ErrorKind::malformed, "request.malformed"};              // 400
inline constexpr ErrorCode request_timeout{ErrorKind::timed_out, "request.timeout"};                  // 408
inline constexpr ErrorCode target_too_long{ErrorKind::too_large, "request.target_too_long"};          // 414
inline constexpr ErrorCode expectation_failed{ErrorKind::malformed, "request.expectation_failed"};    // 417
inline constexpr ErrorCode headers_too_large{ErrorKind::too_large, "request.headers_too_large"};      // 431
inline constexpr ErrorCode not_implemented{ErrorKind::not_allowed, "request.not_implemented"};        // 501
inline constexpr ErrorCode version_unsupported{ErrorKind::malformed, "request.version_unsupported"};  // 505

// Of a BodyReader. After the first four, the connection answers through Handler::reject with the status shown here,
// whatever the handler does with the error, and closes: the message was incomplete.
inline constexpr ErrorCode body_too_large{ErrorKind::too_large, "request.body_too_large"};            // 413
inline constexpr ErrorCode body_timeout{ErrorKind::timed_out, "request.body_timeout"};                // 408
inline constexpr ErrorCode too_many_bodies{ErrorKind::too_many_requests, "request.too_many_bodies"};  // 429
inline constexpr ErrorCode malformed_body{ErrorKind::malformed, "request.malformed_body"};            // 400
inline constexpr ErrorCode unread_responses{ErrorKind::unavailable, "connection.unread_responses"};   // 503
inline constexpr ErrorCode connection_closed{ErrorKind::unavailable, "connection.closed"};  // none: the client has gone

}  // namespace ashlar::http::errors
