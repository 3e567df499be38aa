// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/timestamp.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace ashlar::mail {

struct DkimKey {
  std::string domain;           // "shop.example": the domain of the From address, or one above it
  std::string selector;         // "s1": the public key is the TXT record s1._domainkey.shop.example
  std::string private_key_pem;  // RSA of 2,048 bits or more, or Ed25519
};

// Signs mail with DKIM (RFC 6376; rsa-sha256, or ed25519-sha256 of RFC 8463), for relays that do not sign. Header and
// body are canonicalised "relaxed". Signed are the fields that a reader is shown and those of RFC 8058; a From field
// that is added later breaks the signature. Immutable; safe from any thread.
class DkimSigner {
 public:
  // Throws std::invalid_argument: a malformed domain or selector, an unreadable key, or one that is too short.
  explicit DkimSigner(DkimKey key);
  ~DkimSigner();
  DkimSigner(const DkimSigner&) = delete;
  DkimSigner& operator=(const DkimSigner&) = delete;

  // The DKIM-Signature field, a whole header field with its CR LF, to be put before the message, which is one of
  // to_internet_message(). Throws std::runtime_error when OpenSSL fails.
  [[nodiscard]] std::string signature_of(std::string_view message, Timestamp at) const;

  // The TXT record of the public key: "v=DKIM1; k=rsa; p=...".
  [[nodiscard]] std::string record() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ashlar::mail
