// SPDX-License-Identifier: Apache-2.0
#include "ashlar/http/detail/tls.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/sha.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

namespace ashlar::http::detail {
namespace {

// In ALPN's wire format, the preferred one first.
constexpr std::string_view http1_alone{"\x08http/1.1", 9};
constexpr std::string_view http2_alone{"\x02h2", 3};
constexpr std::string_view http2_and_http1{"\x02h2\x08http/1.1", 12};
// Mozilla's intermediate set for TLS 1.2; all ciphers of TLS 1.3 are acceptable.
constexpr const char* ciphers =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
    "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";
constexpr const char* groups = "X25519:P-256:P-384";
constexpr std::size_t file_bytes_max = 1024 * 1024;
constexpr int client_chain_max = 5;

struct Free {
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(X509* certificate) const { X509_free(certificate); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

int select_protocol(SSL*, const unsigned char** out, unsigned char* out_size, const unsigned char* offered,
                    unsigned offered_size, void* spoken) {
  const auto& protocols = *static_cast<const std::string_view*>(spoken);
  unsigned char* selected = nullptr;
  const int outcome =
      SSL_select_next_proto(&selected, out_size, reinterpret_cast<const unsigned char*>(protocols.data()),
                            static_cast<unsigned>(protocols.size()), offered, offered_size);
  *out = selected;
  return outcome == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

// Without it OpenSSL would prompt on the terminal.
int no_pass_phrase(char*, int, int, void*) { return 0; }

// A PEM file, wiped after use: it may be a key.
struct PemFile {
  std::string text;
  PemFile() = default;
  PemFile(PemFile&&) = default;
  PemFile& operator=(PemFile&&) = default;
  ~PemFile() { OPENSSL_cleanse(text.data(), text.size()); }
};

std::unexpected<Error> unusable(ErrorCode code, std::string_view what, const std::string& file, std::string_view why) {
  return fail(code, "the " + std::string(what) + " " + file + " cannot be used: " + std::string(why));
}

Result<PemFile> read_pem(const std::string& file, ErrorCode code, std::string_view what) {
  std::error_code not_a_file;
  if (std::filesystem::is_directory(file, not_a_file)) return unusable(code, what, file, "it is a folder");
  errno = 0;
  std::ifstream in(file, std::ios::binary);
  if (!in) return unusable(code, what, file, std::strerror(errno));
  PemFile out;
  out.text.resize(file_bytes_max);
  in.read(out.text.data(), static_cast<std::streamsize>(out.text.size()));
  if (in.bad()) return unusable(code, what, file, "it cannot be read");
  if (!in.eof()) return unusable(code, what, file, "it is longer than 1 MiB");
  out.text.resize(static_cast<std::size_t>(in.gcount()));
  return out;
}

Result<> use_certificate(TlsContext& context, const TlsOptions& options) {
  const auto code = errors::tls_certificate;
  const auto pem = read_pem(options.certificate_chain_file, code, "TLS certificate");
  if (!pem) return std::unexpected(pem.error());
  boost::system::error_code failed;
  (void)context.use_certificate_chain(boost::asio::buffer(pem->text), failed);
  if (failed) {
    return unusable(code, "TLS certificate", options.certificate_chain_file,
                    "it holds no certificate in PEM (" + failed.message() + ")");
  }
  return {};
}

Result<> use_key(TlsContext& context, const TlsOptions& options) {
  const auto code = errors::tls_private_key;
  const auto pem = read_pem(options.private_key_file, code, "TLS private key");
  if (!pem) return std::unexpected(pem.error());
  SSL_CTX* const native = context.native_handle();
  SSL_CTX_set_default_passwd_cb(native, no_pass_phrase);
  const Owned<BIO> bio(BIO_new_mem_buf(pem->text.data(), static_cast<int>(pem->text.size())));
  ERR_clear_error();
  EVP_PKEY* const key = PEM_read_bio_PrivateKey(bio.get(), nullptr, no_pass_phrase, nullptr);
  if (key == nullptr) {
    return unusable(code, "TLS private key", options.private_key_file,
                    "it holds no private key in PEM without a pass phrase");
  }
  const bool fits = SSL_CTX_use_PrivateKey(native, key) == 1 && SSL_CTX_check_private_key(native) == 1;
  EVP_PKEY_free(key);
  ERR_clear_error();
  if (!fits) {
    return fail(code, "the TLS private key " + options.private_key_file + " does not belong to " +
                          options.certificate_chain_file);
  }
  return {};
}

// A session is resumed only under the same client verification: a new CA invalidates earlier sessions.
void bind_sessions(SSL_CTX* context, const TlsOptions& options, std::string_view client_ca) {
  std::string what(options.client_certificate == TlsOptions::ClientCertificate::required ? "required" : "optional");
  what += client_ca;
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(what.data()), what.size(), digest.data());
  SSL_CTX_set_session_id_context(context, digest.data(), digest.size());
}

Result<> ask_for_client_certificates(SSL_CTX* context, const TlsOptions& options) {
  if (options.client_ca_file.empty()) {
    bind_sessions(context, options, {});
    return {};
  }
  const auto code = errors::tls_client_ca;
  const auto pem = read_pem(options.client_ca_file, code, "TLS client authority");
  if (!pem) return std::unexpected(pem.error());
  const Owned<BIO> bio(BIO_new_mem_buf(pem->text.data(), static_cast<int>(pem->text.size())));
  std::size_t count = 0;
  ERR_clear_error();
  while (const auto authority = Owned<X509>(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr))) {
    if (X509_STORE_add_cert(SSL_CTX_get_cert_store(context), authority.get()) != 1 ||
        SSL_CTX_add_client_CA(context, authority.get()) != 1) {
      return unusable(code, "TLS client authority", options.client_ca_file, "OpenSSL refuses one of its certificates");
    }
    ++count;
  }
  const bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  ERR_clear_error();
  if (count == 0 || !at_end) {
    return unusable(code, "TLS client authority", options.client_ca_file,
                    count == 0 ? "it holds no certificate in PEM" : "what follows a certificate in it is malformed");
  }
  const bool required = options.client_certificate == TlsOptions::ClientCertificate::required;
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | (required ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0), nullptr);
  SSL_CTX_set_verify_depth(context, client_chain_max);
  bind_sessions(context, options, pem->text);
  return {};
}

std::string text_of(const X509_NAME* name) {
  const Owned<BIO> bio(BIO_new(BIO_s_mem()));
  // Not ESC_MSB: non-ASCII text stays UTF-8. Control characters are escaped.
  if (X509_NAME_print_ex(bio.get(), name, 0, XN_FLAG_RFC2253 & ~static_cast<unsigned long>(ASN1_STRFLGS_ESC_MSB)) < 0)
    return {};
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

Timestamp time_of(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return {};
  return Timestamp::from_milliseconds(static_cast<std::int64_t>(::timegm(&parts)) * 1000);
}

}  // namespace

Result<std::shared_ptr<TlsContext>> make_tls_context(const TlsOptions& options, TicketKeys& tickets,
                                                     Protocols protocols) {
  auto context = std::make_shared<TlsContext>(TlsContext::tls_server);
  SSL_CTX* const native = context->native_handle();
  SSL_CTX_set_min_proto_version(native,
                                options.version_min == TlsOptions::Version::tls_1_3 ? TLS1_3_VERSION : TLS1_2_VERSION);
  SSL_CTX_set_options(native, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE |
                                  SSL_OP_PRIORITIZE_CHACHA);
  SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);
  const std::string_view& spoken = protocols == Protocols::http1   ? http1_alone
                                   : protocols == Protocols::http2 ? http2_alone
                                                                   : http2_and_http1;
  SSL_CTX_set_alpn_select_cb(native, select_protocol, const_cast<std::string_view*>(&spoken));  // it only reads
  if (SSL_CTX_set_cipher_list(native, ciphers) != 1 || SSL_CTX_set1_groups_list(native, groups) != 1)
    throw std::runtime_error("OpenSSL has none of the TLS ciphers");
  if (auto used = use_certificate(*context, options); !used) return std::unexpected(std::move(used.error()));
  if (auto used = use_key(*context, options); !used) return std::unexpected(std::move(used.error()));
  if (auto asked = ask_for_client_certificates(native, options); !asked)
    return std::unexpected(std::move(asked.error()));
  tickets.serve(native);
  return context;
}

TlsCertificate certificate_of(TlsContext& context) {
  const X509* const certificate = SSL_CTX_get0_certificate(context.native_handle());
  return {.subject = text_of(X509_get_subject_name(certificate)),
          .not_before = time_of(X509_get0_notBefore(certificate)),
          .not_after = time_of(X509_get0_notAfter(certificate))};
}

std::string client_certificate_subject(SSL* connection) {
  const X509* const certificate = SSL_get0_peer_certificate(connection);
  if (certificate == nullptr || SSL_get_verify_result(connection) != X509_V_OK) return {};
  return text_of(X509_get_subject_name(certificate));
}

}  // namespace ashlar::http::detail

namespace ashlar::http {

Result<TlsCertificate> inspect_tls(const TlsOptions& options) {
  detail::TicketKeys tickets(options.ticket_key_time);
  auto context = detail::make_tls_context(options, tickets, Protocols::http1_and_http2);
  if (!context) return std::unexpected(std::move(context.error()));
  return detail::certificate_of(**context);
}

}  // namespace ashlar::http
