// SPDX-License-Identifier: Apache-2.0
// Tokens, keys, sealed secrets, API keys, codes and passwords as an attacker sends them: without the key nothing
// verifies or opens, what is read has one spelling, and what a policy accepts is within its bounds.
#include "ashlar/auth/api_key.hpp"
#include "ashlar/auth/detail/compact_jws.hpp"
#include "ashlar/auth/detail/password_hash.hpp"
#include "ashlar/auth/detail/prepared_password.hpp"
#include "ashlar/auth/keys.hpp"
#include "ashlar/auth/password_policy.hpp"
#include "ashlar/auth/permission.hpp"
#include "ashlar/auth/recovery_codes.hpp"
#include "ashlar/auth/secret_box.hpp"
#include "ashlar/core/encoding.hpp"
#include "fuzz/fuzz.hpp"

#include <array>
#include <span>

namespace {

using namespace ashlar;

constexpr Timestamp now = Timestamp::from_milliseconds(1'800'000'000'000);
constexpr std::string_view header = "eyJhbGciOiJIUzI1NiIsInR5cCI6InQifQ";  // {"alg":"HS256","typ":"t"}

std::string encoded(std::string_view text) { return to_base64url(std::as_bytes(std::span(text))); }

void verify_token(std::string_view bytes) {
  static const auth::Key key = auth::Key::from_secret(std::string(32, 'k'));
  static const auth::KeySet keys(key);
  if (keys.verify(bytes, now)) fuzz::broken("only the key signs");
  if (const auto jws = auth::detail::parse_compact_jws(bytes)) {
    if (jws->algorithm.empty() || jws->signature.empty()) fuzz::broken("no token is unsigned");
    const std::string again = std::string(jws->signed_text) + "." + encoded(jws->signature);
    fuzz::require_same(again, bytes, "a signature has one spelling");
  }
  // The bytes as a header that is rightly signed.
  const std::string text = encoded(bytes) + "." + encoded("{}");
  const auto verified = keys.verify(text + "." + encoded(key.sign(text)), now);
  if (verified && (bytes.find("HS256") == bytes.npos && bytes.find('\\') == bytes.npos)) {
    fuzz::broken("the header names the key's algorithm");
  }
  if (!keys.verify(keys.sign("t", bytes, now), "t", now)) fuzz::broken("what is signed verifies");
  if (keys.verify(std::string(header) + "." + encoded("{}") + "." + encoded(bytes), now)) {
    fuzz::broken("no signature is guessed");
  }
}

void read_keys(std::string_view bytes) {
  if (const auto key = auth::Key::parse_jwk(bytes)) {
    const bool is_private = key->part() == auth::Key::Part::private_too;
    const std::string jwk = is_private ? key->private_jwk() : key->public_jwk().value();
    const auto again = auth::Key::parse_jwk(jwk);
    if (!again) fuzz::broken("what is written is read");
    fuzz::require_same(again->part() == auth::Key::Part::private_too ? again->private_jwk() : *again->public_jwk(), jwk,
                       "a key has one spelling");
  }
  if (const auto set = auth::KeySet::parse_jwks(bytes)) {
    for (const auto& entry : set->entries()) {
      if (entry.key.part() != auth::Key::Part::public_only) fuzz::broken("a JWKS has public keys only");
    }
  }
}

void open_secret(std::string_view bytes) {
  static SeededRandom random(1);
  static const auth::SecretBox box({{"a", std::string(32, 'k')}}, random);
  if (box.open(bytes, "row")) fuzz::broken("only the key seals");
  fuzz::require_same(box.open(box.seal(bytes, "row"), "row").value(), bytes, "what was sealed opens");
}

void read_codes(std::string_view bytes) {
  if (auth::parse_api_key(bytes) && bytes.size() != 75) fuzz::broken("an API key has 75 characters");
  if (const auto hash = auth::recovery_code_hash(bytes); hash && hash->size() != 64)
    fuzz::broken("a hash has 64 digits");
  if (const auto held = auth::PermissionPattern::parse(bytes)) {
    fuzz::require_same(held->text(), bytes, "a permission has one spelling");
  }
  static_cast<void>(auth::detail::parse_parameters(bytes));
}

void read_password(std::string_view bytes) {
  const std::string prepared = auth::detail::prepare_password(bytes);
  fuzz::require_same(auth::detail::prepare_password(prepared), prepared, "prepared twice is prepared once");
  const std::string input = auth::detail::bcrypt_input(bytes);
  if (input.size() > 72 || input.find('\0') != input.npos) fuzz::broken("bcrypt reads all of its input");
  static const auth::PasswordPolicy policy;
  if (policy.check(bytes)) return;
  const std::size_t length = utf8_length(prepared);
  if (!is_utf8(bytes) || length < 8 || length > 128) fuzz::broken("an accepted password is within the bounds");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::vector<char> exact(data, data + size);  // nothing behind it may be read
  const std::string_view bytes(exact.data(), exact.size());
  verify_token(bytes);
  read_keys(bytes);
  open_secret(bytes);
  read_codes(bytes);
  read_password(bytes);
  return 0;
}
