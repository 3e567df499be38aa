// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/http/message.hpp"

#include <cstdint>
#include <string>
#include <string_view>

// Serializes a response as HTTP/1 (RFC 9112 sections 4 and 6) and appends it to a connection's output, without I/O.
namespace ashlar::http::detail {

// How the end of a response's body is marked.
enum class ResponseFraming : std::uint8_t {
  none,     // there is no body: HEAD, 204, 304
  length,   // Content-Length
  chunked,  // a stream of unknown length, to HTTP/1.1
  close,    // the same to HTTP/1.0: the connection's end
};

enum class Persistence : std::uint8_t { keep_alive, close };

// The inputs of a response's head in addition to the response. `date` is an IMF-fixdate (RFC 9110 section 5.6.7).
struct ResponseContext {
  Version version = Version::http_1_1;
  Method method = Method::get;
  Persistence persistence = Persistence::keep_alive;
  std::string_view date{};
};

[[nodiscard]] ResponseFraming framing_of(const Response& response, const ResponseContext& context);

// The status line and the headers, including the blank line. A status outside 200 to 999 is a bug of the handler.
void append_head(std::string& out, const Response& response, ResponseFraming framing, const ResponseContext& context);

// 101 and the headers: the connection's next bytes belong to another protocol (RFC 9110 section 15.2.2).
void append_switching_head(std::string& out, const Response& response, std::string_view date);

// "1f4\r\n": the line before a chunk's bytes; CR LF follows them.
void append_chunk_size(std::string& out, std::uint64_t size);
inline constexpr std::string_view line_end = "\r\n";
inline constexpr std::string_view last_chunk = "0\r\n\r\n";
inline constexpr std::string_view continue_response = "HTTP/1.1 100 Continue\r\n\r\n";

// "Sun, 06 Nov 1994 08:49:37 GMT" from seconds since the epoch.
[[nodiscard]] std::string http_date(std::int64_t seconds);

}  // namespace ashlar::http::detail
