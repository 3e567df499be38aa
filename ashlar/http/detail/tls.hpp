// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/http/server.hpp"

#include <boost/asio/ssl/context.hpp>

#include <memory>

namespace ashlar::http::detail {

// TLS 1.2 and 1.3 with forward secrecy and authenticated ciphers, ALPN http/1.1 (RFC 7301), no renegotiation.
// Throws std::runtime_error that names the file and what OpenSSL says of it.
[[nodiscard]] std::unique_ptr<boost::asio::ssl::context> make_tls_context(const TlsOptions& options);

}  // namespace ashlar::http::detail
