// SPDX-License-Identifier: Apache-2.0
#include "ashlar/http/self_signed.hpp"

#include <boost/asio/ip/address.hpp>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string_view>

namespace ashlar::http {
namespace {

constexpr std::size_t name_bytes_max = 253;  // RFC 1035
constexpr std::size_t label_bytes_max = 63;
constexpr std::size_t common_name_bytes_max = 64;  // RFC 5280, ub-common-name
constexpr std::int64_t clocks_differ_ms = 3'600'000;

struct Free {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(X509_EXTENSION* extension) const { X509_EXTENSION_free(extension); }
  void operator()(BIO* bio) const { BIO_free(bio); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

void require(bool done) {
  if (!done) throw std::runtime_error("OpenSSL cannot make a certificate");
}

bool is_address(const std::string& name) {
  boost::system::error_code failed;
  const auto address = boost::asio::ip::make_address(name, failed);
  return !failed && !(address.is_v6() && address.to_v6().scope_id() != 0);
}

bool is_label(std::string_view label) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  };
  return !label.empty() && label.size() <= label_bytes_max && std::ranges::all_of(label, fits) &&
         label.front() != '-' && label.back() != '-';
}

bool is_dns_name(std::string_view name) {
  if (name.size() > name_bytes_max) return false;
  if (name.starts_with("*.")) name.remove_prefix(2);
  while (true) {
    const std::size_t dot = name.find('.');
    if (!is_label(name.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    name.remove_prefix(dot + 1);
  }
}

void add_extension(X509* certificate, int kind, const std::string& value) {
  const Owned<X509_EXTENSION> extension(X509V3_EXT_conf_nid(nullptr, nullptr, kind, value.c_str()));
  require(extension != nullptr && X509_add_ext(certificate, extension.get(), -1) == 1);
}

void set_times(X509* certificate, std::chrono::days lifetime, Timestamp now) {
  const auto at = [](ASN1_TIME* time, std::int64_t milliseconds) {
    require(ASN1_TIME_set(time, static_cast<std::time_t>(milliseconds / 1000)) != nullptr);
  };
  at(X509_getm_notBefore(certificate), now.milliseconds() - clocks_differ_ms);
  at(X509_getm_notAfter(certificate), now.milliseconds() + std::chrono::milliseconds(lifetime).count());
}

void set_serial_number(X509* certificate) {
  std::array<unsigned char, 16> bytes{};
  require(RAND_bytes(bytes.data(), bytes.size()) == 1);
  bytes.front() = static_cast<unsigned char>((bytes.front() & 0x7fU) | 0x40U);  // positive, and never zero
  const std::unique_ptr<BIGNUM, decltype(&BN_free)> number(BN_bin2bn(bytes.data(), bytes.size(), nullptr), BN_free);
  require(BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr);
}

std::string pem(const std::function<int(BIO*)>& write) {
  const Owned<BIO> bio(BIO_new(BIO_s_secmem()));
  require(bio != nullptr && write(bio.get()) == 1);
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

}  // namespace

Result<SelfSignedCertificate> make_self_signed(const SelfSignedOptions& options, Timestamp now) {
  std::string alternatives;
  for (const std::string& name : options.names) {
    const bool address = is_address(name);
    if (!address && !is_dns_name(name))
      return fail(errors::certificate_name, "\"" + name + "\" is neither a DNS name nor an IP address.");
    alternatives += (alternatives.empty() ? "" : ",") + std::string(address ? "IP:" : "DNS:") + name;
  }
  if (alternatives.empty()) return fail(errors::certificate_name, "A certificate needs a name.");

  const Owned<EVP_PKEY> key(EVP_EC_gen("P-256"));
  const Owned<X509> certificate(X509_new());
  require(key != nullptr && certificate != nullptr && X509_set_version(certificate.get(), X509_VERSION_3) == 1);
  set_serial_number(certificate.get());
  set_times(certificate.get(), options.lifetime, now);
  require(X509_set_pubkey(certificate.get(), key.get()) == 1);
  X509_NAME* const subject = X509_get_subject_name(certificate.get());
  const std::string common_name = options.names.front().substr(0, common_name_bytes_max);
  require(X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
                                     reinterpret_cast<const unsigned char*>(common_name.c_str()), -1, -1, 0) == 1 &&
          X509_set_issuer_name(certificate.get(), subject) == 1);
  add_extension(certificate.get(), NID_basic_constraints, "critical,CA:FALSE");
  add_extension(certificate.get(), NID_key_usage, "critical,digitalSignature");
  add_extension(certificate.get(), NID_ext_key_usage, "serverAuth");
  add_extension(certificate.get(), NID_subject_alt_name, alternatives);
  require(X509_sign(certificate.get(), key.get(), EVP_sha256()) > 0);

  return SelfSignedCertificate{
      .certificate_pem = pem([&](BIO* bio) { return PEM_write_bio_X509(bio, certificate.get()); }),
      .private_key_pem = pem(
          [&](BIO* bio) { return PEM_write_bio_PrivateKey(bio, key.get(), nullptr, nullptr, 0, nullptr, nullptr); })};
}

}  // namespace ashlar::http
