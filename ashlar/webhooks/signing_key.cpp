// SPDX-License-Identifier: Apache-2.0
#include "ashlar/webhooks/signing_key.hpp"

#include "ashlar/core/ascii.hpp"
#include "ashlar/core/base64.hpp"
#include "ashlar/core/hmac.hpp"
#include "ashlar/core/parse.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <memory>
#include <stdexcept>

namespace ashlar::webhooks {

namespace {

constexpr std::string_view secret_prefix = "whsec_";
constexpr std::string_view private_prefix = "whsk_";
constexpr std::string_view public_prefix = "whpk_";
constexpr std::size_t secret_bytes = 32;  // of a new one
constexpr std::size_t secret_bytes_min = 16;
constexpr std::size_t secret_bytes_max = 64;
constexpr std::size_t seed_bytes = 32;

struct FreeKey {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using Key = std::unique_ptr<EVP_PKEY, FreeKey>;
struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_MD_CTX, FreeContext>;

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }
std::span<const std::byte> as_bytes(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

Key private_key(std::string_view seed) {
  Key key(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, bytes_of(seed), seed.size()));
  if (!key) throw std::runtime_error("Ed25519 failed");
  return key;
}

std::string public_key_of(std::string_view seed) {
  std::string out(seed_bytes, '\0');
  std::size_t size = out.size();
  if (EVP_PKEY_get_raw_public_key(private_key(seed).get(), reinterpret_cast<unsigned char*>(out.data()), &size) != 1)
    throw std::runtime_error("Ed25519 failed");
  return out;
}

std::string ed25519_signature(std::string_view seed, std::string_view text) {
  const Key key = private_key(seed);
  const Context context(EVP_MD_CTX_new());
  std::string out(64, '\0');
  std::size_t size = out.size();
  if (!context || EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key.get()) != 1 ||
      EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(out.data()), &size, bytes_of(text), text.size()) !=
          1)
    throw std::runtime_error("Ed25519 failed");
  return out;
}

bool ed25519_verifies(std::string_view public_key, std::string_view signature, std::string_view text) {
  const Key key(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes_of(public_key), public_key.size()));
  const Context context(EVP_MD_CTX_new());
  return key && context && EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1 &&
         EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(text), text.size()) == 1;
}

std::string signed_text(std::string_view id, std::string_view seconds, std::string_view body) {
  std::string out(id);
  return out.append(".").append(seconds).append(".").append(body);
}

std::string hmac_of(std::string_view secret, std::string_view text) { return to_base64(hmac_sha256(secret, text)); }

std::unexpected<Error> invalid(const char* what) { return fail(errors::invalid_key, what); }

}  // namespace

SigningKey SigningKey::generate(SignatureScheme scheme, Random& random) {
  std::string secret(scheme == SignatureScheme::v1 ? secret_bytes : seed_bytes, '\0');
  random.fill(std::as_writable_bytes(std::span(secret)));
  std::string public_key = scheme == SignatureScheme::v1 ? std::string() : public_key_of(secret);
  return {scheme, std::move(secret), std::move(public_key)};
}

Result<SigningKey> SigningKey::parse(std::string_view text) {
  const auto decoded = [&](std::string_view prefix) { return from_base64(text.substr(prefix.size())); };
  if (text.starts_with(secret_prefix)) {
    auto secret = decoded(secret_prefix);
    if (!secret || secret->size() < secret_bytes_min || secret->size() > secret_bytes_max)
      return invalid("expected 16 to 64 bytes in base64 after whsec_");
    return SigningKey(SignatureScheme::v1, std::move(*secret), {});
  }
  if (text.starts_with(private_prefix)) {
    auto seed = decoded(private_prefix);
    if (!seed || (seed->size() != seed_bytes && seed->size() != 2 * seed_bytes))
      return invalid("expected 32 or 64 bytes in base64 after whsk_");
    std::string public_key = public_key_of(seed->substr(0, seed_bytes));
    if (seed->size() > seed_bytes && seed->substr(seed_bytes) != public_key)
      return invalid("the public key after whsk_ is of another private key");
    return SigningKey(SignatureScheme::v1a, seed->substr(0, seed_bytes), std::move(public_key));
  }
  if (text.starts_with(public_prefix)) {
    auto key = decoded(public_prefix);
    if (!key || key->size() != seed_bytes) return invalid("expected 32 bytes in base64 after whpk_");
    return SigningKey(SignatureScheme::v1a, {}, std::move(*key));
  }
  return invalid("expected a key that begins with whsec_, whsk_ or whpk_");
}

std::string SigningKey::to_text() const {
  if (scheme_ == SignatureScheme::v1) return std::string(secret_prefix) + to_base64(as_bytes(secret_));
  if (secret_.empty()) return receiver_text();
  return std::string(private_prefix) + to_base64(as_bytes(secret_));
}

std::string SigningKey::receiver_text() const {
  if (scheme_ == SignatureScheme::v1) return to_text();
  return std::string(public_prefix) + to_base64(as_bytes(public_key_));
}

std::string SigningKey::sign(std::string_view id, Timestamp at, std::string_view body) const {
  const std::string text = signed_text(id, std::to_string(at.seconds()), body);
  if (scheme_ == SignatureScheme::v1) return "v1," + hmac_of(secret_, text);
  if (secret_.empty()) throw std::logic_error("a public key signs nothing");
  return "v1a," + to_base64(as_bytes(ed25519_signature(secret_, text)));
}

bool SigningKey::verifies(std::string_view signature, std::string_view id, std::int64_t seconds,
                          std::string_view body) const {
  const std::string_view prefix = scheme_ == SignatureScheme::v1 ? "v1," : "v1a,";
  if (!signature.starts_with(prefix)) return false;
  const std::string_view base64 = signature.substr(prefix.size());
  const std::string text = signed_text(id, std::to_string(seconds), body);
  if (scheme_ == SignatureScheme::v1) return equal_in_constant_time(hmac_of(secret_, text), base64);
  const auto bytes = from_base64(base64);
  return bytes && ed25519_verifies(public_key_, *bytes, text);
}

std::string signature_field(std::span<const SigningKey> keys, std::string_view id, Timestamp at,
                            std::string_view body) {
  std::string out;
  for (const SigningKey& key : keys) out.append(out.empty() ? "" : " ").append(key.sign(id, at, body));
  return out;
}

Result<> verify(const ReceivedMessage& message, std::span<const SigningKey> keys, Timestamp now,
                VerifyOptions options) {
  const auto refused = [](const char* why) { return fail(errors::signature_invalid, why); };
  if (message.id.empty() || message.timestamp.empty() || message.signature.empty())
    return refused("webhook-id, webhook-timestamp or webhook-signature is missing.");
  const auto seconds = parse_integer<std::int64_t>(message.timestamp);
  constexpr std::int64_t seconds_max = Timestamp::milliseconds_max / 1'000;
  // Another spelling of the number would be another text under the same signature.
  if (!seconds || *seconds < 0 || *seconds > seconds_max || std::to_string(*seconds) != message.timestamp)
    return refused("webhook-timestamp is malformed.");
  bool right = false;
  std::string_view rest = message.signature;
  for (std::size_t compared = 0; !rest.empty(); ++compared) {
    if (compared == options.signatures_max) return refused("webhook-signature has too many signatures.");
    const std::string_view one = take_word(rest);
    for (const SigningKey& key : keys) right |= key.verifies(one, message.id, *seconds, message.body);
  }
  if (!right) return refused("No signature of webhook-signature is one of this message.");
  const std::chrono::seconds age(now.seconds() - *seconds);
  if (age > options.tolerance || age < -options.tolerance) return refused("webhook-timestamp is too far from now.");
  return {};
}

}  // namespace ashlar::webhooks
