// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/error.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// The parts of the protocols around the messages
// (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md). No I/O.
namespace ashlar::grpc::detail {

inline constexpr std::size_t frame_head_bytes = 5;
inline constexpr std::uint8_t compressed_flag = 1;
inline constexpr std::uint8_t trailers_flag = 0x80;  // of gRPC-Web
inline constexpr std::uint8_t end_flag = 2;          // of Connect's streams

struct Frame {
  std::uint8_t flags = 0;
  std::string_view message{};
};

void append_frame(std::uint8_t flags, std::string_view message, std::string& out);

// Takes the first frame off `bytes`. nullopt without an error: it has not arrived completely. Errors:
// grpc.message_too_large by its announced length, so that nothing of it has to be kept.
[[nodiscard]] Result<std::optional<Frame>> take_frame(std::string_view& bytes, std::size_t message_bytes_max);

// The one message of a unary request. Errors: grpc.wrong_cardinality, grpc.malformed_frame, grpc.message_too_large.
[[nodiscard]] Result<Frame> only_frame(std::string_view body, std::size_t message_bytes_max);

[[nodiscard]] std::string gzip(std::string_view bytes);
// Errors: grpc.malformed_frame, grpc.message_too_large when it becomes larger than `bytes_max`.
[[nodiscard]] Result<std::string> gunzip(std::string_view bytes, std::size_t bytes_max);

// grpc-timeout: one to eight digits and a unit (H M S m u n), rounded up to milliseconds.
[[nodiscard]] std::optional<std::chrono::milliseconds> parse_timeout(std::string_view text);
// connect-timeout-ms: one to ten digits.
[[nodiscard]] std::optional<std::chrono::milliseconds> parse_timeout_ms(std::string_view text);

// Several base64 texts with padding in a row, as gRPC-Web's text form sends them.
[[nodiscard]] std::optional<std::string> from_base64_texts(std::string_view text);

// Whether a list such as "identity, gzip" has the name.
[[nodiscard]] bool lists(std::string_view list, std::string_view name);

}  // namespace ashlar::grpc::detail
