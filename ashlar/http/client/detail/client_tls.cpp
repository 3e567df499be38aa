// SPDX-License-Identifier: Apache-2.0
#include "ashlar/http/client/detail/client_tls.hpp"

#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <array>
#include <stdexcept>

namespace ashlar::http::detail {
namespace {

// Mozilla's intermediate set for TLS 1.2; all ciphers of TLS 1.3 are acceptable.
constexpr const char* ciphers =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
    "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";
constexpr std::array<unsigned char, 9> http1_protocols = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};

}  // namespace

std::shared_ptr<boost::asio::ssl::context> make_client_tls_context(const std::string& ca_file, Alpn alpn) {
  namespace ssl = boost::asio::ssl;
  auto out = std::make_shared<ssl::context>(ssl::context::tls_client);
  SSL_CTX* const native = out->native_handle();
  SSL_CTX_set_options(native, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);
  if (SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION) != 1 || SSL_CTX_set_cipher_list(native, ciphers) != 1 ||
      (alpn == Alpn::http1 && SSL_CTX_set_alpn_protos(native, http1_protocols.data(), http1_protocols.size()) != 0)) {
    throw std::runtime_error("OpenSSL has none of the TLS ciphers");
  }
  out->set_verify_mode(ssl::verify_peer);
  out->set_default_verify_paths();
  if (ca_file.empty()) return out;
  boost::system::error_code failed;
  (void)out->load_verify_file(ca_file, failed);
  if (failed) throw std::invalid_argument("the CA file " + ca_file + " cannot be used: " + failed.message());
  return out;
}

bool expect_peer(SSL* connection, const Origin& origin, Timestamp now) {
  X509_VERIFY_PARAM* const expected = SSL_get0_param(connection);
  X509_VERIFY_PARAM_set_time(expected, static_cast<std::time_t>(now.seconds()));
  if (origin.address) return X509_VERIFY_PARAM_set1_ip_asc(expected, origin.host.c_str()) == 1;
  X509_VERIFY_PARAM_set_hostflags(expected, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
  return X509_VERIFY_PARAM_set1_host(expected, origin.host.data(), origin.host.size()) == 1 &&
         SSL_set_tlsext_host_name(connection, origin.host.c_str()) == 1;
}

std::string handshake_failure(SSL* connection, const boost::system::error_code& failed) {
  const long verified = SSL_get_verify_result(connection);
  return verified == X509_V_OK ? failed.message() : X509_verify_cert_error_string(verified);
}

}  // namespace ashlar::http::detail
