// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/error.hpp"
#include "ashlar/core/random.hpp"
#include "ashlar/core/timestamp.hpp"
#include "ashlar/webhooks/errors.hpp"

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

// Signatures of webhooks by Standard Webhooks 1.0 (https://www.standardwebhooks.com). A message has the fields
//   webhook-id         the same in every attempt
//   webhook-timestamp  seconds since 1970, of the attempt
//   webhook-signature  "v1,<base64>" or "v1a,<base64>", several with spaces while a key is rotated
// and what is signed is "<id>.<timestamp>.<body>".
namespace ashlar::webhooks {

enum class SignatureScheme : std::uint8_t {
  v1,   // HMAC-SHA-256 with a secret that both sides hold: "whsec_<base64>"
  v1a,  // Ed25519: the sender holds "whsk_<base64>", the receiver "whpk_<base64>"
};

// A key that signs, or verifies. A value; safe to copy.
class SigningKey {
 public:
  [[nodiscard]] static SigningKey generate(SignatureScheme scheme, Random& random);
  // "whsec_", 16 to 64 bytes (the standard asks for 24 at least; generate() makes 32); "whsk_", the 32 bytes of an
  // Ed25519 seed or 64 of seed and public key; "whpk_", 32 bytes, which verifies only. Error webhook.invalid_key; its
  // message shows nothing of the text.
  [[nodiscard]] static Result<SigningKey> parse(std::string_view text);

  [[nodiscard]] SignatureScheme scheme() const { return scheme_; }
  // What the sender stores, encrypted.
  [[nodiscard]] std::string to_text() const;
  // What the receiver gets: the secret itself, or the public key.
  [[nodiscard]] std::string receiver_text() const;

  // "v1,<base64>". Throws std::logic_error for a key that verifies only.
  [[nodiscard]] std::string sign(std::string_view id, Timestamp at, std::string_view body) const;
  // Whether `signature` ("v1,<base64>") is of this key. Another scheme is false.
  [[nodiscard]] bool verifies(std::string_view signature, std::string_view id, std::int64_t seconds,
                              std::string_view body) const;

 private:
  SigningKey(SignatureScheme scheme, std::string secret, std::string public_key)
      : scheme_(scheme), secret_(std::move(secret)), public_key_(std::move(public_key)) {}

  SignatureScheme scheme_;
  std::string secret_;      // v1: the secret; v1a: the seed, empty in a key that verifies only
  std::string public_key_;  // v1a
};

// The value of webhook-signature: one signature of each key.
[[nodiscard]] std::string signature_field(std::span<const SigningKey> keys, std::string_view id, Timestamp at,
                                          std::string_view body);

// A received message.
struct ReceivedMessage {
  std::string_view id;         // webhook-id
  std::string_view timestamp;  // webhook-timestamp
  std::string_view signature;  // webhook-signature
  std::string_view body;       // as it was received
};

struct VerifyOptions {
  std::chrono::seconds tolerance{300};  // between the timestamp and now, in both directions
  std::size_t signatures_max = 16;      // that are compared
};

// Passes when a signature is of one of the keys. Error webhook.signature_invalid. The receiver keeps the ids that it
// has handled: a message is sent again until it is answered with 2xx.
[[nodiscard]] Result<> verify(const ReceivedMessage& message, std::span<const SigningKey> keys, Timestamp now,
                              VerifyOptions options = {});

}  // namespace ashlar::webhooks
