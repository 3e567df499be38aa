// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/error.hpp"
#include "ashlar/core/random.hpp"
#include "ashlar/core/timestamp.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Keys that sign and verify JWS (RFC 7515), and the sets they rotate in.
//
// A key has one algorithm. Verification uses the algorithm of the key and requires the token's header to name the same
// one, so a public RSA key can never verify an HMAC ("algorithm confusion", RFC 8725 sections 2.1 and 3.1). The header
// chooses among keys by `kid` and nothing else: jwk, jku, x5c and x5u are ignored.
namespace ashlar::auth {

namespace errors {
inline constexpr ErrorCode key_invalid{ErrorKind::invalid, "auth.key_invalid"};
}  // namespace errors

enum class SignatureAlgorithm : std::uint8_t {
  hs256,  // HMAC with SHA-256, RFC 7518 section 3.2. A secret of 32 bytes or more
  rs256,  // RSASSA-PKCS1-v1_5 with SHA-256, section 3.3. 2,048 to 8,192 bits; generated with 3,072
  es256,  // ECDSA on P-256 with SHA-256, section 3.4. Signatures are r and s, 32 bytes each, never ASN.1
  eddsa,  // Ed25519, RFC 8037
};

// As JOSE spells it: "HS256", "RS256", "ES256", "EdDSA". parse_algorithm is exact; case counts.
[[nodiscard]] std::string_view name_of(SignatureAlgorithm algorithm);
[[nodiscard]] std::optional<SignatureAlgorithm> parse_algorithm(std::string_view name);

// An immutable key. Copies share the key material, which is wiped when the last one ends. Safe from any thread.
class Key {
 public:
  // An HS256 key. Throws std::invalid_argument for fewer than 32 bytes (RFC 7518 section 3.2). A key without an id
  // verifies tokens without `kid`.
  [[nodiscard]] static Key from_secret(std::string_view secret, std::string id = {});

  // A new key with a random id of 96 bits. `random` makes the id and HS256 secrets; the other algorithms draw from
  // OpenSSL's generator. RS256 takes some 100 ms.
  [[nodiscard]] static Key generate(SignatureAlgorithm algorithm, Random& random);

  // One JWK (RFC 7517; RFC 7518 section 6; RFC 8037 section 2), private or public. Without `alg` the type decides: RSA
  // is RS256, P-256 is ES256, Ed25519 is EdDSA, oct is HS256. Error auth.key_invalid: another type, curve or `alg`,
  // `use` other than "sig", `key_ops` without "verify" (or "sign" for a private key), a secret or modulus that is too
  // short or too long, a modulus that ROCA factors (CVE-2017-15361), a point that is not on the curve, a private part
  // that does not belong to the public one, numbers with padding, duplicate members.
  [[nodiscard]] static Result<Key> parse_jwk(std::string_view json);

  [[nodiscard]] SignatureAlgorithm algorithm() const;
  [[nodiscard]] const std::string& id() const;  // kid; may be empty
  enum class Part : std::uint8_t { public_only, private_too };
  [[nodiscard]] Part part() const;  // HS256 is always private_too

  // The JWK with its secret parts. Throws std::logic_error for a key that has none.
  [[nodiscard]] std::string private_jwk() const;
  // The JWK without its secret parts; nullopt for HS256, which has no others.
  [[nodiscard]] std::optional<std::string> public_jwk() const;

  // The signature's bytes in JOSE's form. Throws std::logic_error for a public key, std::runtime_error when OpenSSL
  // fails.
  [[nodiscard]] std::string sign(std::string_view text) const;
  // False for a wrong signature and for one of another length. HS256 compares in constant time.
  [[nodiscard]] bool verify(std::string_view text, std::string_view signature) const;

 private:
  struct Material;
  explicit Key(std::shared_ptr<const Material> material) : material_(std::move(material)) {}
  friend class KeySet;

  std::shared_ptr<const Material> material_;
};

// A key and when it counts. Every instance that holds the same entries derives the same signing key from the clock.
struct KeySetEntry {
  Key key;
  Timestamp signs_from;  // of several, the latest one that has begun signs
  std::optional<Timestamp>
      verifies_until;  // nullopt: until it is removed. A key that has ended neither signs nor verifies
};

struct KeyRotationOptions {
  std::chrono::seconds publish_lead{60};  // between publishing a key and signing with it: as long as others
                                          // take to read the set (instances, JWKS caches)
  std::chrono::seconds token_lifetime_max{7 * 24 * 3600};  // how long the former key verifies after its last signature
};

// Keys of one purpose. An immutable value; safe from any thread. At most 32 keys.
class KeySet {
 public:
  // One key that signs and verifies at any time.
  explicit KeySet(Key only);
  // Throws std::invalid_argument: none, over 32, or two with the same id and algorithm. A set of public keys verifies
  // only.
  explicit KeySet(std::vector<KeySetEntry> entries);

  // A compact JWS with alg, typ and, if the key has an id, kid. Throws std::logic_error when no key may sign at `now`.
  [[nodiscard]] std::string sign(std::string_view type, std::string_view payload, Timestamp now) const;

  struct Verified {
    std::string payload;
    std::string type;  // empty: the header has none
    Key key;
    std::optional<Timestamp> verifies_until;  // of the key
  };
  // The payload of a JWS whose signature is right, by the key that its kid names and that counts at `now`. Without kid:
  // by the key without an id, or else by the set's only key. Nullopt for everything else; why is never said. The
  // accepted forms are those of RFC 7515 section 7.1, in their one spelling; a header with crit is refused.
  // The payload is authentic but may be of any purpose: check the type, or use the second form.
  [[nodiscard]] std::optional<Verified> verify(std::string_view token, Timestamp now) const;
  // The same for a token whose typ is exactly `type` (RFC 8725 section 3.11).
  [[nodiscard]] std::optional<std::string> verify(std::string_view token, std::string_view type, Timestamp now) const;

  // Whether the set has the key that the token names: one of its kid and algorithm. False without a kid and for what is
  // no JWS. Decides nothing about the token; a false says that a newer set may have the key.
  [[nodiscard]] bool has_key_of(std::string_view token) const;

  // This set with `next` published at once and signing after publish_lead. The current key then verifies for
  // token_lifetime_max more. Keys that ended before `now` are dropped.
  [[nodiscard]] KeySet rotate(Key next, Timestamp now, const KeyRotationOptions& options = {}) const;
  // This set without the keys of this id, at once: for a key that leaked. When it is the one that signs, rotate with a
  // publish_lead of zero first. Throws std::invalid_argument when no key is left.
  [[nodiscard]] KeySet remove(std::string_view id) const;

  [[nodiscard]] const std::vector<KeySetEntry>& entries() const { return entries_; }
  [[nodiscard]] const KeySetEntry* signing_entry(Timestamp now) const;  // null: none. Lives as long as the set

  // {"keys": [...]} (RFC 7517 section 5) with the public parts of what verifies at `now`, and of what will. HS256 keys
  // are never in it.
  [[nodiscard]] std::string jwks(Timestamp now) const;
  // A JWKS of another issuer. Keys that Key::parse_jwk refuses are skipped, as RFC 7517 section 5 asks; symmetric ones
  // and private parts too. Error auth.key_invalid: not a JWKS, or no key is left, or over 32 are.
  [[nodiscard]] static Result<KeySet> parse_jwks(std::string_view json);

  // The whole set with its secrets and times, for a file or a row; keep it sealed (secret_box.hpp). parse reads it
  // back. Error auth.key_invalid.
  [[nodiscard]] std::string to_json() const;
  [[nodiscard]] static Result<KeySet> parse(std::string_view json);

 private:
  std::vector<KeySetEntry> entries_;
};

}  // namespace ashlar::auth
