// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/auth/webauthn.hpp"
#include "ashlar/schema/base64url.hpp"
#include "ashlar/schema/constraints.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The JSON of Web Authentication Level 3 (section 5.1): what PublicKeyCredential.toJSON() writes, and what
// parseCreationOptionsFromJSON() and parseRequestOptionsFromJSON() read. Browsers and password managers add members of
// their own to the responses, so members that are not known are ignored there.
namespace ashlar::auth {

using CredentialId = Base64url<1, 1'023>;
using WebauthnChallenge = Base64url<16, 64>;
using UserHandle = Base64url<1, 64>;

// "public-key", the only type of credential that there is.
struct CredentialType {
  static std::expected<CredentialType, schema::Violation> parse(std::string_view text);
  [[nodiscard]] std::string_view view() const { return "public-key"; }
};

using AuthenticatorTransports = Array<Text<1, 32>, 0, 16>;

// From the browser, after navigator.credentials.create().
struct AttestationResponseJson {
  static constexpr auto json_names = schema::JsonNames::as_written;
  static constexpr auto unknown_members = schema::UnknownMembers::ignored;
  Base64url<1, 8 * 1024> clientDataJSON;
  Base64url<1, 16 * 1024> attestationObject;
  std::optional<AuthenticatorTransports> transports;
};
ASHLAR_DESCRIBE(AttestationResponseJson, clientDataJSON, attestationObject, transports)

struct RegistrationCredentialJson {
  static constexpr auto unknown_members = schema::UnknownMembers::ignored;
  CredentialId id;
  CredentialType type;
  AttestationResponseJson response;

  [[nodiscard]] RegistrationResponse view() const {
    return {.client_data_json = response.clientDataJSON.bytes(),
            .attestation_object = response.attestationObject.bytes()};
  }
};
ASHLAR_DESCRIBE(RegistrationCredentialJson, id, type, response)

// From the browser, after navigator.credentials.get().
struct AssertionResponseJson {
  static constexpr auto json_names = schema::JsonNames::as_written;
  static constexpr auto unknown_members = schema::UnknownMembers::ignored;
  Base64url<1, 8 * 1024> clientDataJSON;
  Base64url<1, 4 * 1024> authenticatorData;
  Base64url<1, 1'024> signature;  // RSA with 8,192 bits
  std::optional<Nullable<UserHandle>> userHandle;
};
ASHLAR_DESCRIBE(AssertionResponseJson, clientDataJSON, authenticatorData, signature, userHandle)

struct AuthenticationCredentialJson {
  static constexpr auto unknown_members = schema::UnknownMembers::ignored;
  CredentialId id;
  CredentialType type;
  AssertionResponseJson response;

  [[nodiscard]] AssertionResponse view() const {
    return {.client_data_json = response.clientDataJSON.bytes(),
            .authenticator_data = response.authenticatorData.bytes(),
            .signature = response.signature.bytes()};
  }
};
ASHLAR_DESCRIBE(AuthenticationCredentialJson, id, type, response)

// To the browser.
struct CredentialDescriptorJson {
  CredentialType type;
  CredentialId id;
  std::vector<std::string> transports;
};
ASHLAR_DESCRIBE(CredentialDescriptorJson, type, id, transports)

struct RelyingPartyEntityJson {
  std::string id;
  std::string name;
};
ASHLAR_DESCRIBE(RelyingPartyEntityJson, id, name)

struct UserEntityJson {
  UserHandle id;     // what an assertion returns; nothing about the person is in it
  std::string name;  // what the browser shows to tell accounts apart
  std::string display_name;
};
ASHLAR_DESCRIBE(UserEntityJson, id, name, display_name)

struct CredentialParameterJson {
  CredentialType type;
  std::int64_t alg = 0;  // a CoseAlgorithm
};
ASHLAR_DESCRIBE(CredentialParameterJson, type, alg)

struct AuthenticatorSelectionJson {
  std::string resident_key;
  bool require_resident_key = false;
  std::string user_verification;
};
ASHLAR_DESCRIBE(AuthenticatorSelectionJson, resident_key, require_resident_key, user_verification)

struct CreationOptionsJson {
  RelyingPartyEntityJson rp;
  UserEntityJson user;
  WebauthnChallenge challenge;
  std::vector<CredentialParameterJson> pub_key_cred_params;  // the preferred one first
  std::int64_t timeout = 0;                                  // milliseconds
  std::vector<CredentialDescriptorJson> exclude_credentials;
  AuthenticatorSelectionJson authenticator_selection;
  std::string attestation;

  static CreationOptionsJson example();
};
ASHLAR_DESCRIBE(CreationOptionsJson, rp, user, challenge, pub_key_cred_params, timeout, exclude_credentials,
                authenticator_selection, attestation)

struct RequestOptionsJson {
  WebauthnChallenge challenge;
  std::int64_t timeout = 0;  // milliseconds
  std::string rp_id;
  std::vector<CredentialDescriptorJson> allow_credentials;  // none: the user picks one that the browser knows
  std::string user_verification;

  static RequestOptionsJson example();
};
ASHLAR_DESCRIBE(RequestOptionsJson, challenge, timeout, rp_id, allow_credentials, user_verification)

// Options for a ceremony: attestation "none", a discoverable credential preferred, the algorithms and the user
// verification of the relying party.
[[nodiscard]] CreationOptionsJson creation_options(const RelyingPartyOptions& party, std::string party_name,
                                                   UserEntityJson user, WebauthnChallenge challenge,
                                                   std::vector<CredentialDescriptorJson> exclude,
                                                   std::chrono::milliseconds timeout);
[[nodiscard]] RequestOptionsJson request_options(const RelyingPartyOptions& party, WebauthnChallenge challenge,
                                                 std::vector<CredentialDescriptorJson> allow,
                                                 std::chrono::milliseconds timeout);

}  // namespace ashlar::auth

template <>
struct ashlar::schema::Describe<ashlar::auth::CredentialType> {
  static Type type();
};
