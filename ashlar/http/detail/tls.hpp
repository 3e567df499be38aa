// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/http/detail/tls_tickets.hpp"
#include "ashlar/http/protocols.hpp"
#include "ashlar/http/tls.hpp"

#include <boost/asio/ssl/context.hpp>

#include <memory>
#include <string>

namespace ashlar::http::detail {

using TlsContext = boost::asio::ssl::context;

// The TLS configuration of connections: certificate, versions, ciphers, protocols (ALPN, RFC 7301). A connection keeps
// its own references, so the context may be replaced meanwhile. `tickets` outlives the context and the connections.
// Errors: see inspect_tls().
[[nodiscard]] Result<std::shared_ptr<TlsContext>> make_tls_context(const TlsOptions& options, TicketKeys& tickets,
                                                                   Protocols protocols);

[[nodiscard]] TlsCertificate certificate_of(TlsContext& context);

// After a handshake: the subject of the client's certificate (RFC 4514, UTF-8); empty when it sent none. It is always
// verified.
[[nodiscard]] std::string client_certificate_subject(SSL* connection);

}  // namespace ashlar::http::detail
