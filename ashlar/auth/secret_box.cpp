// SPDX-License-Identifier: Apache-2.0
#include "ashlar/auth/secret_box.hpp"

#include "ashlar/auth/detail/openssl.hpp"
#include "ashlar/core/encoding.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <utility>

namespace ashlar::auth {
namespace {

constexpr std::size_t key_bytes = 32;
constexpr std::size_t nonce_bytes = 12;
constexpr std::size_t tag_bytes = 16;
constexpr std::size_t id_bytes_max = 32;
constexpr std::string_view version = "v1.";

bool is_id(std::string_view text) {
  const auto allowed = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  };
  return !text.empty() && text.size() <= id_bytes_max && std::ranges::all_of(text, allowed);
}

// Version, key and context, each with a fixed place: no two of them have the same bytes.
std::string associated_data(std::string_view key_id, std::string_view context) {
  std::string out = "ashlar secret box ";
  out += version;
  out += key_id;
  out += '\0';  // not in an id
  out += context;
  return out;
}

struct Parts {
  std::string_view key_id;
  std::string_view text;
};

std::optional<Parts> split(std::string_view sealed) {
  if (!sealed.starts_with(version)) return std::nullopt;
  sealed.remove_prefix(version.size());
  const std::size_t dot = sealed.find('.');
  if (dot == std::string_view::npos || !is_id(sealed.substr(0, dot))) return std::nullopt;
  return Parts{sealed.substr(0, dot), sealed.substr(dot + 1)};
}

std::unexpected<Error> unreadable(const char* cause) {
  return std::unexpected(Error(errors::sealed_secret_unreadable, "Something went wrong.").with_cause(cause));
}

void add_data(EVP_CIPHER_CTX* context, auto update, std::string_view data) {
  int size = 0;
  if (update(context, nullptr, &size, detail::bytes_of(data), static_cast<int>(data.size())) != 1) {
    detail::throw_openssl("AES-256-GCM");
  }
}

}  // namespace

std::optional<SecretBoxKey> SecretBoxKey::parse(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || !is_id(text.substr(0, colon))) return std::nullopt;
  auto key = from_base64url(text.substr(colon + 1));
  if (!key || key->size() != key_bytes) return std::nullopt;
  return SecretBoxKey{std::string(text.substr(0, colon)), std::move(*key)};
}

SecretBoxKey SecretBoxKey::generate(std::string id, Random& random) {
  std::string key(key_bytes, '\0');
  random.fill(std::as_writable_bytes(std::span(key)));
  return {std::move(id), std::move(key)};
}

std::string SecretBoxKey::to_text() const { return id + ":" + to_base64url(std::as_bytes(std::span(key))); }

struct SecretBox::State {
  State(std::vector<SecretBoxKey> given, Random& source) : keys(std::move(given)), random(source) {}
  ~State() {
    for (SecretBoxKey& one : keys) OPENSSL_cleanse(one.key.data(), one.key.size());
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  std::vector<SecretBoxKey> keys;
  Random& random;
};

SecretBox::SecretBox(std::vector<SecretBoxKey> keys, Random& random)
    : state_(std::make_unique<State>(std::move(keys), random)) {
  if (state_->keys.empty()) throw std::invalid_argument("A secret box has at least one key.");
  for (auto key = state_->keys.begin(); key != state_->keys.end(); ++key) {
    if (!is_id(key->id)) throw std::invalid_argument("A key's id is 1 to 32 of A-Z a-z 0-9 _ -.");
    if (key->key.size() != key_bytes) throw std::invalid_argument("A secret box's key has 32 bytes.");
    if (std::any_of(state_->keys.begin(), key, [&key](const SecretBoxKey& k) { return k.id == key->id; })) {
      throw std::invalid_argument("Two keys of a secret box have the same id.");
    }
  }
}
SecretBox::~SecretBox() = default;

std::string SecretBox::seal(std::string_view secret, std::string_view context) const {
  const SecretBoxKey& key = state_->keys.front();
  std::string out(nonce_bytes + secret.size() + tag_bytes, '\0');
  state_->random.fill(std::as_writable_bytes(std::span(out).first(nonce_bytes)));
  unsigned char* const nonce = detail::bytes_of(out);
  unsigned char* const text = nonce + nonce_bytes;
  int size = 0;
  const detail::CipherContext cipher(EVP_CIPHER_CTX_new());
  if (!cipher || EVP_EncryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, detail::bytes_of(key.key), nonce) != 1) {
    detail::throw_openssl("AES-256-GCM");
  }
  add_data(cipher.get(), EVP_EncryptUpdate, associated_data(key.id, context));
  if (EVP_EncryptUpdate(cipher.get(), text, &size, detail::bytes_of(secret), static_cast<int>(secret.size())) != 1 ||
      EVP_EncryptFinal_ex(cipher.get(), text + size, &size) != 1 ||
      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, tag_bytes, text + secret.size()) != 1) {
    detail::throw_openssl("AES-256-GCM");
  }
  return std::string(version) + key.id + "." + to_base64url(std::as_bytes(std::span(out)));
}

Result<std::string> SecretBox::open(std::string_view sealed, std::string_view context) const {
  const auto parts = split(sealed);
  auto bytes = parts ? from_base64url(parts->text) : std::nullopt;
  if (!bytes || bytes->size() < nonce_bytes + tag_bytes) return unreadable("a sealed secret is malformed");
  const auto key = std::ranges::find(state_->keys, parts->key_id, &SecretBoxKey::id);
  if (key == state_->keys.end()) return unreadable("a sealed secret is of a key that is not configured");
  const std::size_t size = bytes->size() - nonce_bytes - tag_bytes;
  unsigned char* const nonce = detail::bytes_of(*bytes);
  unsigned char* const text = nonce + nonce_bytes;
  std::string out(size, '\0');
  int written = 0;
  const detail::CipherContext cipher(EVP_CIPHER_CTX_new());
  if (!cipher || EVP_DecryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, detail::bytes_of(key->key), nonce) != 1) {
    detail::throw_openssl("AES-256-GCM");
  }
  add_data(cipher.get(), EVP_DecryptUpdate, associated_data(key->id, context));
  if (EVP_DecryptUpdate(cipher.get(), detail::bytes_of(out), &written, text, static_cast<int>(size)) != 1 ||
      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, tag_bytes, text + size) != 1) {
    detail::throw_openssl("AES-256-GCM");
  }
  if (EVP_DecryptFinal_ex(cipher.get(), detail::bytes_of(out) + written, &written) != 1) {
    detail::forget_openssl_errors();
    OPENSSL_cleanse(out.data(), out.size());
    return unreadable("a sealed secret was changed, or belongs to another row");
  }
  return out;
}

bool SecretBox::needs_reseal(std::string_view sealed) const {
  const auto parts = split(sealed);
  return !parts || parts->key_id != state_->keys.front().id;
}

}  // namespace ashlar::auth
