// SPDX-License-Identifier: Apache-2.0
#include "tests/support/test_certificate.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <stdlib.h>

#include <cstdio>
#include <memory>
#include <stdexcept>

namespace ashlar::test {
namespace {

struct Free {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(X509_EXTENSION* extension) const { X509_EXTENSION_free(extension); }
  void operator()(std::FILE* file) const { std::fclose(file); }
};

std::unique_ptr<std::FILE, Free> create(const std::string& path) {
  std::unique_ptr<std::FILE, Free> out(std::fopen(path.c_str(), "w"));
  if (out == nullptr) throw std::runtime_error("cannot create " + path);
  return out;
}

}  // namespace

TestCertificate::TestCertificate(std::string common_name, std::chrono::seconds valid_for) {
  write(common_name, valid_for);
}

void TestCertificate::replace(const std::string& common_name) { write(common_name, std::chrono::hours{1}); }

void TestCertificate::write(const std::string& common_name, std::chrono::seconds valid_for) const {
  const std::unique_ptr<EVP_PKEY, Free> key(EVP_EC_gen("P-256"));
  const std::unique_ptr<X509, Free> certificate(X509_new());
  X509_set_version(certificate.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), valid_for.count());
  X509_set_pubkey(certificate.get(), key.get());
  X509_NAME* name = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(common_name.c_str()), -1,
                             -1, 0);
  X509_set_issuer_name(certificate.get(), name);
  const std::unique_ptr<X509_EXTENSION, Free> names(
      X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1"));
  X509_add_ext(certificate.get(), names.get(), -1);
  if (X509_sign(certificate.get(), key.get(), EVP_sha256()) == 0) throw std::runtime_error("cannot sign");

  PEM_write_X509(create(certificate_file()).get(), certificate.get());
  PEM_write_PrivateKey(create(key_file()).get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
}

}  // namespace ashlar::test
