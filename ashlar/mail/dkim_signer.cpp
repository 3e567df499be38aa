// SPDX-License-Identifier: Apache-2.0
#include "ashlar/mail/dkim_signer.hpp"

#include "ashlar/core/ascii.hpp"
#include "ashlar/core/encoding.hpp"
#include "ashlar/mail/detail/base64.hpp"
#include "ashlar/mail/detail/dkim_canonical.hpp"
#include "ashlar/schema/constraints.hpp"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>
#include <vector>

namespace ashlar::mail {

namespace {

constexpr int rsa_bits_min = 2'048;
constexpr std::size_t line_characters = 70;

// Where they are there. "from" stands twice: the second one signs that there is no other.
constexpr std::array<std::string_view, 11> signed_fields{"from",
                                                         "from",
                                                         "to",
                                                         "subject",
                                                         "date",
                                                         "message-id",
                                                         "mime-version",
                                                         "content-type",
                                                         "auto-submitted",
                                                         "list-unsubscribe",
                                                         "list-unsubscribe-post"};

struct FreeKey {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using Key = std::unique_ptr<EVP_PKEY, FreeKey>;

Key read_key(const std::string& pem) {
  const std::unique_ptr<BIO, int (*)(BIO*)> file(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), &BIO_free);
  // Without a passphrase: OpenSSL would ask for one on the terminal.
  const auto no_passphrase = [](char*, int, int, void*) { return -1; };
  Key out(file ? PEM_read_bio_PrivateKey(file.get(), nullptr, no_passphrase, nullptr) : nullptr);
  if (!out) throw std::invalid_argument("the DKIM key is no private key in PEM without a passphrase");
  const int type = EVP_PKEY_get_base_id(out.get());
  if (type != EVP_PKEY_RSA && type != EVP_PKEY_ED25519)
    throw std::invalid_argument("the DKIM key is neither RSA nor Ed25519");
  if (type == EVP_PKEY_RSA && EVP_PKEY_get_bits(out.get()) < rsa_bits_min)
    throw std::invalid_argument("the DKIM key has fewer than 2048 bits");
  return out;
}

bool is_selector(std::string_view text) {
  return !text.empty() && Email::parse("a@" + std::string(text) + ".example").has_value();
}

std::string sha256(std::string_view bytes) {
  std::string out(32, '\0');
  unsigned size = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), reinterpret_cast<unsigned char*>(out.data()), &size, EVP_sha256(),
                 nullptr) != 1) {
    throw std::runtime_error("OpenSSL cannot hash");
  }
  return out;
}

std::string sign(EVP_PKEY* key, const EVP_MD* digest, std::string_view bytes) {
  const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  const auto* const input = reinterpret_cast<const unsigned char*>(bytes.data());
  std::size_t size = static_cast<std::size_t>(EVP_PKEY_get_size(key));
  std::string out(size, '\0');
  if (!context || EVP_DigestSignInit(context.get(), nullptr, digest, nullptr, key) != 1 ||
      EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(out.data()), &size, input, bytes.size()) != 1) {
    throw std::runtime_error("OpenSSL cannot sign");
  }
  out.resize(size);
  return out;
}

void append_folded(std::string_view text, std::string& out) {
  for (; !text.empty(); text.remove_prefix(std::min(line_characters, text.size())))
    out.append("\r\n\t").append(text.substr(0, line_characters));
}

}  // namespace

struct DkimSigner::State {
  std::string domain;
  std::string selector;
  Key key;

  [[nodiscard]] bool is_rsa() const { return EVP_PKEY_get_base_id(key.get()) == EVP_PKEY_RSA; }
};

DkimSigner::DkimSigner(DkimKey key) {
  if (!Email::parse("a@" + key.domain)) throw std::invalid_argument("the DKIM domain is no domain");
  if (!is_selector(key.selector)) throw std::invalid_argument("the DKIM selector is no DNS name");
  state_ = std::make_unique<State>(State{
      .domain = ascii_lower(key.domain), .selector = std::move(key.selector), .key = read_key(key.private_key_pem)});
}

DkimSigner::~DkimSigner() = default;

std::string DkimSigner::signature_of(std::string_view message, Timestamp at) const {
  const std::size_t end = message.find("\r\n\r\n");
  const std::string_view head = message.substr(0, end == message.npos ? message.size() : end + 2);
  const std::string_view body = end == message.npos ? std::string_view{} : message.substr(end + 4);
  std::vector<std::string> fields = detail::relaxed_fields(head);

  std::string names;
  std::string covered;
  for (const std::string_view name : signed_fields) {
    const auto found = std::ranges::find_if(fields, [&](const std::string& field) {
      return field.starts_with(name) && field.substr(name.size()).starts_with(':');
    });
    if (found == fields.end() && name != "from") continue;
    names.append(names.empty() ? "" : ":").append(name);
    if (found == fields.end()) continue;
    covered += *found;
    fields.erase(found);
  }
  std::string out = "DKIM-Signature: v=1; a=";
  out.append(state_->is_rsa() ? "rsa-sha256" : "ed25519-sha256").append("; c=relaxed/relaxed;\r\n\td=");
  out.append(state_->domain).append("; s=").append(state_->selector).append("; t=");
  out.append(std::to_string(at.seconds())).append(";\r\n\th=").append(names).append(";\r\n\tbh=");
  out.append(detail::base64(sha256(detail::relaxed_body(body)))).append(";\r\n\tb=");

  // The field itself is signed last, with an empty b= and without its line end (RFC 6376 section 3.7).
  std::string own = detail::relaxed_fields(out + "\r\n").front();
  own.resize(own.size() - 2);
  covered += own;
  const std::string signature = state_->is_rsa() ? sign(state_->key.get(), EVP_sha256(), covered)
                                                 : sign(state_->key.get(), nullptr, sha256(covered));
  append_folded(detail::base64(signature), out);
  return out += "\r\n";
}

std::string DkimSigner::record() const {
  std::string key;
  if (state_->is_rsa()) {
    unsigned char* der = nullptr;
    const int size = i2d_PUBKEY(state_->key.get(), &der);
    if (size <= 0) throw std::runtime_error("OpenSSL cannot write the public key");
    key.assign(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
    OPENSSL_free(der);
  } else {
    std::size_t size = 32;
    key.resize(size);
    if (EVP_PKEY_get_raw_public_key(state_->key.get(), reinterpret_cast<unsigned char*>(key.data()), &size) != 1)
      throw std::runtime_error("OpenSSL cannot write the public key");
  }
  return std::string("v=DKIM1; k=") + (state_->is_rsa() ? "rsa" : "ed25519") + "; p=" + detail::base64(key);
}

}  // namespace ashlar::mail
