// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/error.hpp"
#include "ashlar/http/message.hpp"
#include "ashlar/http/preconditions.hpp"
#include "ashlar/web/route.hpp"

#include <string>
#include <string_view>

// ETags, conditional requests and Cache-Control of operations. See docs/guide/caching.md.
namespace ashlar::web {

namespace errors {
inline constexpr ErrorCode precondition_failed{ErrorKind::conflict, "request.precondition_failed"};       // 412
inline constexpr ErrorCode range_not_satisfiable{ErrorKind::malformed, "request.range_not_satisfiable"};  // 416
}  // namespace errors

// A strong entity tag of these bytes: 128 bits of SHA-256.
[[nodiscard]] std::string strong_etag(std::string_view bytes);

// The Cache-Control of a route's replies: the line's value, if any; `no-store` when a caller must be signed in, or
// `private, no-cache` with an ETag; `public, no-cache` with an ETag otherwise; else empty.
[[nodiscard]] std::string cache_control_of(const Route& route);

// Sets the ETag of a complete reply, and its status to 304 when the client has it; AppState::finish() removes the body.
// Error request.precondition_failed.
[[nodiscard]] Result<> tag_reply(const http::Request& request, http::Response& response);

// Reduces a 200 to the fields of its 304: all except the content type (RFC 9110 section 15.4.5).
void become_not_modified(http::Response& response);

}  // namespace ashlar::web
