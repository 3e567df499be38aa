// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/error.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace ashlar::grpc {

// https://grpc.io/docs/guides/status-codes/
enum class Status : std::uint8_t {
  ok = 0,
  cancelled = 1,
  unknown = 2,
  invalid_argument = 3,
  deadline_exceeded = 4,
  not_found = 5,
  already_exists = 6,
  permission_denied = 7,
  resource_exhausted = 8,
  failed_precondition = 9,
  aborted = 10,
  out_of_range = 11,
  unimplemented = 12,
  internal = 13,
  unavailable = 14,
  data_loss = 15,
  unauthenticated = 16,
};

namespace errors {
// Of the protocol; operations do not return them.
inline constexpr ErrorCode method_not_found{ErrorKind::not_found, "grpc.method_not_found"};
inline constexpr ErrorCode service_not_found{ErrorKind::not_found, "grpc.service_not_found"};
inline constexpr ErrorCode wrong_cardinality{ErrorKind::malformed, "grpc.wrong_cardinality"};
inline constexpr ErrorCode unknown_encoding{ErrorKind::unsupported_media, "grpc.unknown_encoding"};
inline constexpr ErrorCode malformed_frame{ErrorKind::malformed, "grpc.malformed_frame"};
inline constexpr ErrorCode malformed_timeout{ErrorKind::malformed, "grpc.malformed_timeout"};
inline constexpr ErrorCode message_too_large{ErrorKind::too_large, "grpc.message_too_large"};
}  // namespace errors

// By the error's kind, with a few codes of their own; docs/errors.md has the table.
[[nodiscard]] Status status_of(const Error& error);

// Of the Connect protocol (https://connectrpc.com/docs/protocol/): "invalid_argument", and HTTP's status.
[[nodiscard]] std::string_view connect_name(Status status);
[[nodiscard]] int connect_http_status(Status status);

// grpc-message: every byte but visible ASCII and the space as %XX, and the percent sign.
[[nodiscard]] std::string percent_encoded(std::string_view text);

// google.rpc.Status, encoded: the code and the message, ErrorInfo with our error code as its reason, BadRequest with
// the faults, RetryInfo where a retry is worthwhile.
[[nodiscard]] std::string status_details(const Error& error, std::string_view domain);
// The error of the Connect protocol, as JSON, with the same details.
[[nodiscard]] std::string connect_error(const Error& error, std::string_view domain);

// Without padding, as gRPC's binary metadata and Connect's details are written.
[[nodiscard]] std::string to_unpadded_base64(std::string_view bytes);

}  // namespace ashlar::grpc
