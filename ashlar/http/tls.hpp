// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/error.hpp"
#include "ashlar/core/timestamp.hpp"

#include <chrono>
#include <cstdint>
#include <string>

// TLS 1.2 and 1.3 (RFC 5246, RFC 8446) as Mozilla's intermediate configuration has it: forward secrecy, authenticated
// ciphers, no renegotiation, no compression, no early data.
namespace ashlar::http {

namespace errors {
// At start and at a reload only. The message names the file and says what is wrong with it.
inline constexpr ErrorCode tls_certificate{ErrorKind::invalid, "tls.certificate_unusable"};
inline constexpr ErrorCode tls_private_key{ErrorKind::invalid, "tls.private_key_unusable"};
inline constexpr ErrorCode tls_client_ca{ErrorKind::invalid, "tls.client_ca_unusable"};
}  // namespace errors

struct TlsOptions {
  std::string certificate_chain_file;  // PEM: the server's certificate, then those that lead to its authority's
  std::string private_key_file;        // PEM, without a pass phrase
  std::string client_ca_file{};        // PEM: who may sign clients' certificates; empty: none is asked for
  // Where one is asked for. A certificate that does not verify ends the handshake, be it optional or not.
  enum class ClientCertificate : std::uint8_t { optional, required } client_certificate = ClientCertificate::required;
  enum class Version : std::uint8_t { tls_1_2, tls_1_3 } version_min = Version::tls_1_2;
  // A key that seals session tickets is replaced after this time and opens them for as long again; a session can be
  // resumed for up to twice this time. The keys are the server's own and never leave its memory.
  std::chrono::seconds ticket_key_time{3600};
};

// What a server shows of itself.
struct TlsCertificate {
  std::string subject;  // RFC 4514: "CN=api.example.com"
  Timestamp not_before;
  Timestamp not_after;
};

// Reads the files and says whether a server can use them; those of a certificate that has expired can be used.
// Errors: tls.certificate_unusable, tls.private_key_unusable (which does not belong to the certificate, too),
// tls.client_ca_unusable.
[[nodiscard]] Result<TlsCertificate> inspect_tls(const TlsOptions& options);

}  // namespace ashlar::http
