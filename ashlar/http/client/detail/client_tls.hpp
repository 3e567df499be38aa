// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/timestamp.hpp"
#include "ashlar/http/client/request_url.hpp"

#include <boost/asio/ssl/context.hpp>
#include <boost/system/error_code.hpp>

#include <cstdint>
#include <memory>
#include <string>

namespace ashlar::http::detail {

enum class Alpn : std::uint8_t { http1, none };

// TLS 1.2 and 1.3, forward secrecy; offers the protocol (RFC 7301); trusts the system's authorities and those of
// `ca_file` (empty: none). Throws std::invalid_argument when the file cannot be used.
[[nodiscard]] std::shared_ptr<boost::asio::ssl::context> make_client_tls_context(const std::string& ca_file, Alpn alpn);

// Before the handshake: requires a peer certificate that is valid at `now` for the origin's name or address (RFC 9525;
// the subject's common name is ignored). A name is sent as SNI (RFC 6066 section 3). false: OpenSSL refuses.
[[nodiscard]] bool expect_peer(SSL* connection, const Origin& origin, Timestamp now);

// The reason for a failed handshake, for the log.
[[nodiscard]] std::string handshake_failure(SSL* connection, const boost::system::error_code& failed);

}  // namespace ashlar::http::detail
