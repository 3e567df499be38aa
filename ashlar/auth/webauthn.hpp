// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/error.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The relying party's side of passkeys: Web Authentication Level 3 (W3C), sections 7.1 and 7.2.
//
//   const RelyingParty party({.id = "example.org", .origins = {"https://example.org"}});
//   auto made = party.verify_registration({.client_data_json = ..., .attestation_object = ...}, challenge);
//   auto used = party.verify_assertion({...}, {.public_key = stored.public_key, ...}, challenge);
//
// It stores nothing and makes no options. The caller makes a challenge of 16 random bytes or more for each ceremony,
// accepts it once, finds the stored credential by its id, checks that the id is not registered yet, and stores what
// comes back. Bytes are raw here; webauthn_json.hpp has the JSON of the browser's toJSON() and parse...FromJSON().
//
// Attestation is of type "none" by policy: no authenticator model is trusted more than another. The statement of the
// formats "none" and "packed" with self attestation is verified; any other one is not looked into (section 7.1, step 24
// allows that where no attestation is asked for).
namespace ashlar::auth {

namespace errors {
// The bytes are not what the standard describes. The message says where.
inline constexpr ErrorCode webauthn_malformed{ErrorKind::invalid, "auth.webauthn_malformed"};
// Well-formed, but a check of the ceremony failed. The message says which.
inline constexpr ErrorCode webauthn_refused{ErrorKind::invalid, "auth.webauthn_refused"};
}  // namespace errors

// COSE algorithm identifiers (RFC 9053, RFC 8812, RFC 9864), as in pubKeyCredParams.
enum class CoseAlgorithm : std::int32_t {
  es256 = -7,    // ECDSA on P-256 with SHA-256
  eddsa = -8,    // Ed25519
  es384 = -35,   // ECDSA on P-384 with SHA-384
  es512 = -36,   // ECDSA on P-521 with SHA-512
  ed448 = -53,   // Ed448
  rs256 = -257,  // RSASSA-PKCS1-v1_5 with SHA-256, 2,048 to 8,192 bits
};

struct RelyingPartyOptions {
  std::string id;                          // the RP ID: a domain, "example.org"
  std::vector<std::string> origins;        // of the pages that may use it, exactly: "https://www.example.org"
  std::vector<std::string> top_origins{};  // of pages that may embed those; an embedded use elsewhere is refused
  enum class CrossOrigin : std::uint8_t {
    refused,
    allowed
  } cross_origin = CrossOrigin::refused;  // in an embedded page
  enum class UserVerification : std::uint8_t { preferred, required } user_verification = UserVerification::preferred;
  std::vector<CoseAlgorithm> algorithms{CoseAlgorithm::es256, CoseAlgorithm::eddsa, CoseAlgorithm::rs256};
  std::size_t client_data_bytes_max = 8 * 1024;
  std::size_t attestation_bytes_max = 16 * 1024;
  std::size_t authenticator_data_bytes_max = 4 * 1024;
  std::size_t credential_id_bytes_max = 1'023;  // the standard's own limit
};

// What the client signed about itself (section 5.8.1), unverified.
struct ClientData {
  std::string type;       // "webauthn.create", "webauthn.get"
  std::string challenge;  // bytes
  std::string origin;
  bool cross_origin = false;
  std::optional<std::string> top_origin;
};

// To find the challenge that a response is for. Error auth.webauthn_malformed: not JSON, a member is missing or of
// another type, a challenge that is not base64url. Members that are not known are ignored, as the standard demands.
[[nodiscard]] Result<ClientData> parse_client_data(std::string_view json);

struct RegistrationResponse {
  std::string_view client_data_json;
  std::string_view attestation_object;
};

struct NewCredential {
  std::string id;          // bytes
  std::string public_key;  // COSE_Key, in the authenticator's encoding
  CoseAlgorithm algorithm = CoseAlgorithm::es256;
  std::uint32_t sign_count = 0;
  bool user_verified = false;
  bool backup_eligible = false;  // may exist on several devices; never changes
  bool backed_up = false;        // does so now
  std::string aaguid;            // 16 bytes: the authenticator's model, unverified
  std::string attestation_format;
};

struct AssertionResponse {
  std::string_view client_data_json;
  std::string_view authenticator_data;
  std::string_view signature;
};

struct StoredCredential {
  std::string_view public_key;  // as of NewCredential
  bool backup_eligible = false;
};

struct VerifiedAssertion {
  std::uint32_t sign_count = 0;  // compare it: is_sign_count_valid()
  bool user_verified = false;
  bool backed_up = false;
};

// Immutable; safe from any thread.
class RelyingParty {
 public:
  // Throws std::invalid_argument: no id, no origin, no algorithm.
  explicit RelyingParty(RelyingPartyOptions options);
  ~RelyingParty();
  RelyingParty(const RelyingParty&) = delete;
  RelyingParty& operator=(const RelyingParty&) = delete;

  [[nodiscard]] const RelyingPartyOptions& options() const { return options_; }

  // Section 7.1. `challenge` is the bytes that were in the options. Errors: auth.webauthn_malformed,
  // auth.webauthn_refused: another type, challenge, origin or RP ID; no user present, or not verified where that is
  // required; an algorithm that is not offered; a self attestation with a wrong signature.
  [[nodiscard]] Result<NewCredential> verify_registration(const RegistrationResponse& response,
                                                          std::string_view challenge) const;

  // Section 7.2, but for the counter. Errors as above, and auth.webauthn_refused for a wrong signature and for backup
  // eligibility that is not the registered one. A stored key that cannot be read is auth.webauthn_malformed.
  [[nodiscard]] Result<VerifiedAssertion> verify_assertion(const AssertionResponse& response,
                                                           const StoredCredential& stored,
                                                           std::string_view challenge) const;

 private:
  [[nodiscard]] Result<> check_client_data(std::string_view json, std::string_view type,
                                           std::string_view challenge) const;

  const RelyingPartyOptions options_;
  std::string id_hash_;  // SHA-256
};

// Whether a signature counter is possible after the stored one (section 7.2, step 22): it is greater, or the
// authenticator has none and both are 0. If it is not, the authenticator may have been cloned. Decide it in the
// statement that stores the counter, so that of two parallel uses of one value one is refused.
[[nodiscard]] constexpr bool is_sign_count_valid(std::uint32_t stored, std::uint32_t presented) {
  return presented > stored || (presented == 0 && stored == 0);
}

}  // namespace ashlar::auth
