// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// The opening handshake of a WebSocket (RFC 6455 section 4, RFC 8441 for HTTP/2), as functions of header field values.
// Safe from any thread.
namespace ashlar::realtime {

inline constexpr std::string_view websocket_version = "13";

// The value of Sec-WebSocket-Accept; nullopt when `key` is not the base64 of 16 bytes. HTTP/2 has no key.
[[nodiscard]] std::optional<std::string> accept_key(std::string_view key);

// The value of Sec-WebSocket-Extensions that accepts the first acceptable offer of permessage-deflate (RFC 7692),
// without context takeover in either direction; nullopt when there is none. An offer with an unknown, repeated or
// invalid parameter is declined, and so is one that asks for a smaller window of the server.
[[nodiscard]] std::optional<std::string> accept_deflate(std::string_view offers);

// The elements of Sec-WebSocket-Protocol, in the client's order. nullopt: it is not a list of tokens, or names one
// twice (RFC 6455 section 4.1).
[[nodiscard]] std::optional<std::vector<std::string_view>> offered_protocols(std::string_view field);

}  // namespace ashlar::realtime
