// SPDX-License-Identifier: Apache-2.0
#include "ashlar/auth/webauthn_json.hpp"

#include "ashlar/schema/fault_codes.hpp"

#include <array>

namespace ashlar::auth {
namespace {

std::string user_verification_of(const RelyingPartyOptions& party) {
  return party.user_verification == RelyingPartyOptions::UserVerification::required ? "required" : "preferred";
}

RelyingPartyOptions example_party() { return {.id = "example.org", .origins = {"https://example.org"}}; }
WebauthnChallenge example_challenge() { return WebauthnChallenge::of_bytes(std::string(32, '\0')); }

}  // namespace

std::expected<CredentialType, schema::Violation> CredentialType::parse(std::string_view text) {
  if (text == CredentialType{}.view()) return CredentialType{};
  return std::unexpected(schema::Violation{schema::codes::one_of, "must be \"public-key\""});
}

CreationOptionsJson creation_options(const RelyingPartyOptions& party, std::string party_name, UserEntityJson user,
                                     WebauthnChallenge challenge, std::vector<CredentialDescriptorJson> exclude,
                                     std::chrono::milliseconds timeout) {
  CreationOptionsJson out{.rp = {.id = party.id, .name = std::move(party_name)},
                          .user = std::move(user),
                          .challenge = std::move(challenge),
                          .pub_key_cred_params = {},
                          .timeout = timeout.count(),
                          .exclude_credentials = std::move(exclude),
                          .authenticator_selection = {.resident_key = "preferred",
                                                      .require_resident_key = false,
                                                      .user_verification = user_verification_of(party)},
                          .attestation = "none"};
  for (const CoseAlgorithm algorithm : party.algorithms)
    out.pub_key_cred_params.push_back({.type = {}, .alg = static_cast<std::int64_t>(algorithm)});
  return out;
}

RequestOptionsJson request_options(const RelyingPartyOptions& party, WebauthnChallenge challenge,
                                   std::vector<CredentialDescriptorJson> allow, std::chrono::milliseconds timeout) {
  return {.challenge = std::move(challenge),
          .timeout = timeout.count(),
          .rp_id = party.id,
          .allow_credentials = std::move(allow),
          .user_verification = user_verification_of(party)};
}

CreationOptionsJson CreationOptionsJson::example() {
  return creation_options(
      example_party(), "Example",
      {.id = UserHandle::of_bytes(std::string(16, '\0')), .name = "ada@example.com", .display_name = "Ada"},
      example_challenge(), {}, std::chrono::minutes{5});
}

RequestOptionsJson RequestOptionsJson::example() {
  return request_options(example_party(), example_challenge(), {}, std::chrono::minutes{5});
}

}  // namespace ashlar::auth

namespace ashlar::schema {

Type Describe<auth::CredentialType>::type() {
  static constexpr std::array<std::string_view, 1> names{"public-key"};
  Type out{.kind = Kind::string, .format = Format::enumeration, .enumerators = names};
  out.access.set_text = [](void*, std::string_view text) -> Check {
    auto parsed = auth::CredentialType::parse(text);
    return parsed ? Check{} : Check{std::move(parsed.error())};
  };
  out.access.append_text = [](const void* value, std::string& text) {
    text += static_cast<const auth::CredentialType*>(value)->view();
  };
  out.access.view_text = [](const void* value) { return static_cast<const auth::CredentialType*>(value)->view(); };
  return out;
}

}  // namespace ashlar::schema
