// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/error.hpp"
#include "ashlar/core/random.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Encrypts secrets that are stored: TOTP secrets, private keys, webhook secrets. AES-256-GCM (NIST SP 800-38D) with a
// random nonce of 96 bits.
//
// The context is authenticated with the secret and not stored, so a sealed text that is copied to another row or column
// does not open. Write it like "mfa_secrets.secret:" + the row's id.
//
// Seal at most 2^32 secrets with one key (SP 800-38D section 8.3), then add a new one.
namespace ashlar::auth {

namespace errors {
inline constexpr ErrorCode sealed_secret_unreadable{ErrorKind::internal, "auth.sealed_secret_unreadable"};
}  // namespace errors

struct SecretBoxKey {
  std::string id;   // 1 to 32 characters of A-Z a-z 0-9 _ -
  std::string key;  // 32 bytes

  // "id:" and 43 characters of unpadded base64url, as a setting holds it. Nullopt for anything else.
  [[nodiscard]] static std::optional<SecretBoxKey> parse(std::string_view text);
  [[nodiscard]] static SecretBoxKey generate(std::string id, Random& random);
  [[nodiscard]] std::string to_text() const;
};

// Immutable; safe from any thread. Wipes its keys when it ends. The random source outlives it.
class SecretBox {
 public:
  // The first key seals, all of them open: put a new key first, seal again what needs_reseal() names, then drop the old
  // one. Throws std::invalid_argument: no key, one of another length, an id that is malformed or there twice.
  SecretBox(std::vector<SecretBoxKey> keys, Random& random);
  ~SecretBox();
  SecretBox(const SecretBox&) = delete;
  SecretBox& operator=(const SecretBox&) = delete;

  // "v1.<key id>.<base64url of nonce, ciphertext and tag>": ASCII, 42 characters and the id longer than 4/3 of the
  // secret. Throws std::runtime_error when OpenSSL fails.
  [[nodiscard]] std::string seal(std::string_view secret, std::string_view context) const;

  // Error auth.sealed_secret_unreadable (500; the cause says which): malformed, of a key that is not here, changed, or
  // sealed for another context.
  [[nodiscard]] Result<std::string> open(std::string_view sealed, std::string_view context) const;

  // Whether it was sealed with another key than the first one. True for malformed text.
  [[nodiscard]] bool needs_reseal(std::string_view sealed) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ashlar::auth
