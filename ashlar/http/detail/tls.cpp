// SPDX-License-Identifier: Apache-2.0
#include "ashlar/http/detail/tls.hpp"

#include <openssl/ssl.h>

#include <stdexcept>
#include <string>
#include <string_view>

namespace ashlar::http::detail {
namespace {

constexpr std::string_view protocols{"\x08http/1.1", 9};
// Mozilla's intermediate set for TLS 1.2; those of TLS 1.3 are all sound.
constexpr const char* ciphers =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
    "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";

int select_protocol(SSL*, const unsigned char** out, unsigned char* out_size, const unsigned char* offered,
                    unsigned offered_size, void*) {
  unsigned char* selected = nullptr;
  const int outcome =
      SSL_select_next_proto(&selected, out_size, reinterpret_cast<const unsigned char*>(protocols.data()),
                            static_cast<unsigned>(protocols.size()), offered, offered_size);
  *out = selected;
  return outcome == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

void check(const boost::system::error_code& failed, std::string_view what, const std::string& file) {
  if (!failed) return;
  throw std::runtime_error("the " + std::string(what) + " " + file + " cannot be used: " + failed.message());
}

}  // namespace

std::unique_ptr<boost::asio::ssl::context> make_tls_context(const TlsOptions& options) {
  using Context = boost::asio::ssl::context;
  auto context = std::make_unique<Context>(Context::tls_server);
  SSL_CTX* const native = context->native_handle();
  SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
  SSL_CTX_set_options(native, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE |
                                  SSL_OP_PRIORITIZE_CHACHA);
  SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_alpn_select_cb(native, select_protocol, nullptr);
  if (SSL_CTX_set_cipher_list(native, ciphers) != 1) throw std::runtime_error("OpenSSL has none of the TLS ciphers");
  boost::system::error_code failed;
  (void)context->use_certificate_chain_file(options.certificate_chain_file, failed);
  check(failed, "TLS certificate", options.certificate_chain_file);
  (void)context->use_private_key_file(options.private_key_file, Context::pem, failed);
  check(failed, "TLS private key", options.private_key_file);
  if (SSL_CTX_check_private_key(native) != 1) {
    throw std::runtime_error("the TLS private key " + options.private_key_file + " does not belong to " +
                             options.certificate_chain_file);
  }
  return context;
}

}  // namespace ashlar::http::detail
