// SPDX-License-Identifier: Apache-2.0
#include "tests/support/test_authenticator.hpp"

#include "ashlar/core/encoding.hpp"
#include "ashlar/core/random.hpp"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/sha.h>

#include <array>
#include <span>
#include <stdexcept>

namespace ashlar::test {
namespace {

std::string base64url(std::string_view bytes) { return to_base64url(std::as_bytes(std::span(bytes))); }

std::string sha256(std::string_view bytes) {
  std::string out(SHA256_DIGEST_LENGTH, '\0');
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
         reinterpret_cast<unsigned char*>(out.data()));
  return out;
}

std::string big_endian(std::uint32_t number, int bytes) {
  std::string out;
  for (int i = bytes - 1; i >= 0; --i) out += static_cast<char>(number >> (8 * i) & 0xff);
  return out;
}

// The head of a CBOR item with a length below 65,536.
std::string head(int major, std::size_t length) {
  const auto first = [major](unsigned low) {
    return std::string(1, static_cast<char>(major << 5 | static_cast<int>(low)));
  };
  if (length < 24) return first(static_cast<unsigned>(length));
  if (length < 256) return first(24) + big_endian(static_cast<std::uint32_t>(length), 1);
  return first(25) + big_endian(static_cast<std::uint32_t>(length), 2);
}
std::string integer(std::int64_t value) {
  return value >= 0 ? head(0, static_cast<std::size_t>(value)) : head(1, static_cast<std::size_t>(-1 - value));
}
std::string byte_string(std::string_view bytes) { return head(2, bytes.size()) + std::string(bytes); }
std::string text(std::string_view characters) { return head(3, characters.size()) + std::string(characters); }

}  // namespace

struct TestAuthenticator::Key {
  EVP_PKEY* pair = EVP_EC_gen("P-256");
  Key() = default;
  Key(const Key&) = delete;
  Key& operator=(const Key&) = delete;
  ~Key() { EVP_PKEY_free(pair); }
};

TestAuthenticator::TestAuthenticator(std::string id_bytes) : id_(std::move(id_bytes)), key_(std::make_unique<Key>()) {
  if (!id_.empty()) return;
  id_.resize(32);
  SystemRandom().fill(std::as_writable_bytes(std::span(id_)));
}

TestAuthenticator::~TestAuthenticator() = default;

std::string TestAuthenticator::id_text() const { return base64url(id_); }

std::string TestAuthenticator::client_data(std::string_view type, std::string_view challenge) const {
  return R"({"type":")" + std::string(type) + R"(","challenge":")" + std::string(challenge) + R"(","origin":")" +
         origin + '"' + more_client_data + '}';
}

std::string TestAuthenticator::authenticator_data() const {
  return sha256(rp_id) + static_cast<char>(flags) + big_endian(sign_count, 4) + extensions;
}

std::string TestAuthenticator::public_key() const {
  std::array<unsigned char, 65> point{};
  std::size_t size = 0;
  if (EVP_PKEY_get_octet_string_param(key_->pair, OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size(), &size) != 1 ||
      size != point.size()) {
    throw std::runtime_error("EVP_PKEY_get_octet_string_param");
  }
  const std::string_view bytes(reinterpret_cast<const char*>(point.data()), point.size());
  return head(5, 5) + integer(1) + integer(2) + integer(3) + integer(algorithm) + integer(-1) + integer(1) +
         integer(-2) + byte_string(bytes.substr(1, 32)) + integer(-3) + byte_string(bytes.substr(33));
}

std::string TestAuthenticator::attestation_object() const {
  constexpr int has_credential = 0x40;
  const std::string data = sha256(rp_id) + static_cast<char>(flags | has_credential) + big_endian(sign_count, 4) +
                           std::string(16, '\x11') + big_endian(static_cast<std::uint32_t>(id_.size()), 2) + id_ +
                           public_key() + extensions;
  return head(5, 3) + text("fmt") + text("none") + text("attStmt") + head(5, 0) + text("authData") + byte_string(data);
}

std::string TestAuthenticator::sign(std::string_view authenticator_data, std::string_view client_data) const {
  const std::string signed_bytes = std::string(authenticator_data) + sha256(client_data);
  const auto* bytes = reinterpret_cast<const unsigned char*>(signed_bytes.data());
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  std::string out(80, '\0');
  std::size_t size = out.size();
  if (EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key_->pair) != 1 ||
      EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(out.data()), &size, bytes, signed_bytes.size()) !=
          1) {
    throw std::runtime_error("EVP_DigestSign");
  }
  out.resize(size);
  return out;
}

std::string TestAuthenticator::registration(std::string_view challenge) const {
  const std::string object = attestation_object();
  return R"({"id":")" + id_text() + R"(","rawId":")" + id_text() + R"(","type":"public-key","response":{)" +
         R"("clientDataJSON":")" + base64url(client_data(create_type, challenge)) + R"(","attestationObject":")" +
         base64url(object) + R"(","transports":["internal"],"publicKeyAlgorithm":-7},)" +
         R"("authenticatorAttachment":"platform","clientExtensionResults":{"credProps":{"rk":true}}})";
}

std::string TestAuthenticator::assertion(std::string_view challenge) const {
  const std::string client = client_data(get_type, challenge);
  const std::string data = authenticator_data();
  std::string out = R"({"id":")" + id_text() + R"(","rawId":")" + id_text() + R"(","type":"public-key","response":{)" +
                    R"("clientDataJSON":")" + base64url(client) + R"(","authenticatorData":")" + base64url(data) +
                    R"(","signature":")" + base64url(sign(data, client)) + '"';
  if (!user_handle.empty()) out += R"(,"userHandle":")" + base64url(user_handle) + '"';
  return out + R"(},"authenticatorAttachment":"platform","clientExtensionResults":{}})";
}

}  // namespace ashlar::test
