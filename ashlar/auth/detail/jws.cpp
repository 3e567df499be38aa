// SPDX-License-Identifier: Apache-2.0
#include "ashlar/auth/detail/jws.hpp"

#include "ashlar/core/encoding.hpp"

#include <cjose/cjose.h>

#include <algorithm>
#include <cstdint>
#include <stdexcept>

namespace ashlar::auth::detail {
namespace {

constexpr std::size_t signature_bytes = 32;  // HMAC with SHA-256

struct ReleaseHeader {
  void operator()(cjose_header_t* header) const { cjose_header_release(header); }
};
struct ReleaseJws {
  void operator()(cjose_jws_t* jws) const { cjose_jws_release(jws); }
};
struct ReleaseText {
  void operator()(char* text) const { cjose_get_dealloc()(text); }
};
using Jws = std::unique_ptr<cjose_jws_t, ReleaseJws>;

[[noreturn]] void failed(const char* what, const cjose_err& error) {
  throw std::runtime_error(std::string(what) + ": " + (error.message != nullptr ? error.message : "unknown"));
}

const std::uint8_t* bytes_of(std::string_view text) { return reinterpret_cast<const std::uint8_t*>(text.data()); }

bool is_three_parts(std::string_view token) {
  const std::size_t first = token.find('.');
  const std::size_t second = token.find('.', std::min(first, token.size() - 1) + 1);
  if (second == std::string_view::npos) return false;
  const auto signature = from_base64url(token.substr(second + 1));
  if (!signature || signature->size() != signature_bytes) return false;
  const auto header = from_base64url(token.substr(0, first));
  const auto payload = from_base64url(token.substr(first + 1, second - first - 1));
  return header && !header->empty() && payload && !payload->empty();
}

bool says(cjose_header_t* header, const char* name, std::string_view value) {
  cjose_err error{};
  const char* found = cjose_header_get(header, name, &error);
  return found != nullptr && found == value;
}

bool has(cjose_header_t* header, const char* name) {
  cjose_err error{};
  const std::unique_ptr<char, ReleaseText> found(cjose_header_get_raw(header, name, &error));
  return found != nullptr;
}

}  // namespace

struct JwsKey::Key {
  explicit Key(std::string_view secret) {
    cjose_err error{};
    jwk = cjose_jwk_create_oct_spec(bytes_of(secret), secret.size(), &error);
    if (jwk == nullptr) failed("cjose_jwk_create_oct_spec", error);
  }
  ~Key() { cjose_jwk_release(jwk); }
  Key(const Key&) = delete;
  Key& operator=(const Key&) = delete;

  cjose_jwk_t* jwk = nullptr;
};

JwsKey::JwsKey(std::string_view secret) : key_(std::make_unique<Key>(secret)) {}
JwsKey::~JwsKey() = default;

std::string JwsKey::sign(std::string_view type, std::string_view payload) const {
  cjose_err error{};
  const std::unique_ptr<cjose_header_t, ReleaseHeader> header(cjose_header_new(&error));
  if (!header || !cjose_header_set(header.get(), CJOSE_HDR_ALG, CJOSE_HDR_ALG_HS256, &error) ||
      !cjose_header_set(header.get(), "typ", std::string(type).c_str(), &error)) {
    failed("cjose_header", error);
  }
  const Jws jws(cjose_jws_sign(key_->jwk, header.get(), bytes_of(payload), payload.size(), &error));
  const char* token = nullptr;
  if (!jws || !cjose_jws_export(jws.get(), &token, &error)) failed("cjose_jws_sign", error);
  return token;  // the library's until `jws` ends
}

std::optional<std::string> JwsKey::verify(std::string_view type, std::string_view token) const {
  if (token.empty() || !is_three_parts(token)) return std::nullopt;
  cjose_err error{};
  const Jws jws(cjose_jws_import(token.data(), token.size(), &error));
  if (!jws) return std::nullopt;
  cjose_header_t* header = cjose_jws_get_protected(jws.get());  // the library's until `jws` ends
  if (header == nullptr || !says(header, CJOSE_HDR_ALG, CJOSE_HDR_ALG_HS256) || !says(header, "typ", type) ||
      has(header, "crit")) {
    return std::nullopt;
  }
  if (!cjose_jws_verify(jws.get(), key_->jwk, &error)) return std::nullopt;
  std::uint8_t* payload = nullptr;  // the library's until `jws` ends
  std::size_t size = 0;
  if (!cjose_jws_get_plaintext(jws.get(), &payload, &size, &error)) return std::nullopt;
  return std::string(reinterpret_cast<const char*>(payload), size);
}

}  // namespace ashlar::auth::detail
