// SPDX-License-Identifier: Apache-2.0
#include "ashlar/auth/webauthn.hpp"

#include "ashlar/auth/detail/authenticator_data.hpp"
#include "ashlar/auth/detail/cbor.hpp"
#include "ashlar/auth/detail/cose_key.hpp"
#include "ashlar/core/encoding.hpp"
#include "ashlar/schema/constraints.hpp"
#include "ashlar/schema/json.hpp"

#include <openssl/sha.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace ashlar::auth {

namespace detail {

// The members of CollectedClientData (section 5.8.1) that are read.
struct CollectedClientData {
  static constexpr auto unknown_members = schema::UnknownMembers::ignored;
  std::string type;
  std::string challenge;
  std::string origin;
  std::optional<bool> cross_origin;
  std::optional<std::string> top_origin;
};
ASHLAR_DESCRIBE(CollectedClientData, type, challenge, origin, cross_origin, top_origin)

}  // namespace detail

namespace {

using detail::CborItem;
using detail::CborReader;
using Kind = CborItem::Kind;

constexpr std::string_view type_create = "webauthn.create";
constexpr std::string_view type_get = "webauthn.get";

std::unexpected<Error> malformed(std::string what) { return fail(errors::webauthn_malformed, std::move(what)); }
std::unexpected<Error> refused(std::string why) { return fail(errors::webauthn_refused, std::move(why)); }

template <class T>
bool holds(const std::vector<T>& all, const T& one) {
  return std::ranges::find(all, one) != all.end();
}

std::string sha256(std::string_view bytes) {
  std::string out(SHA256_DIGEST_LENGTH, '\0');
  SHA256(detail::bytes_of(bytes), bytes.size(), detail::bytes_of(out));
  return out;
}

// What is used of an attestation object (section 6.5.4). Views into the input.
struct Attestation {
  std::string_view format;
  std::string_view authenticator_data;
  std::size_t statement_members = 0;
  std::optional<std::int64_t> statement_algorithm;
  std::string_view statement_signature;
  bool has_certificates = false;
};

bool read_statement(CborReader& reader, Attestation& out) {
  const auto map = reader.next();
  if (!map || map->kind != Kind::map) return false;
  out.statement_members = map->size;
  for (std::size_t i = 0; i < map->size; ++i) {
    const auto name = reader.next();
    if (!name || name->kind != Kind::text) return false;
    const auto value = reader.next();
    if (!value || !reader.skip(*value)) return false;
    if (name->content == "alg" && value->kind == Kind::integer) {
      if (std::exchange(out.statement_algorithm, value->integer)) return false;
    } else if (name->content == "sig" && value->kind == Kind::bytes) {
      if (!std::exchange(out.statement_signature, value->content).empty()) return false;
    } else if (name->content == "x5c") {
      out.has_certificates = true;
    }
  }
  return true;
}

Result<Attestation> read_attestation(std::string_view bytes) {
  CborReader reader(bytes);
  const auto map = reader.next();
  if (!map || map->kind != Kind::map) return malformed("The attestation object is not a CBOR map.");
  Attestation out;
  bool has_statement = false;
  for (std::size_t i = 0; i < map->size; ++i) {
    const auto name = reader.next();
    if (!name || name->kind != Kind::text) return malformed("The attestation object has a member without a name.");
    if (name->content == "attStmt") {
      if (std::exchange(has_statement, true) || !read_statement(reader, out))
        return malformed("The attestation statement is malformed.");
      continue;
    }
    const auto value = reader.next();
    if (!value || !reader.skip(*value)) return malformed("The attestation object is malformed.");
    std::string_view* member = nullptr;
    if (name->content == "fmt" && value->kind == Kind::text) member = &out.format;
    if (name->content == "authData" && value->kind == Kind::bytes) member = &out.authenticator_data;
    if (member == nullptr || !member->empty() || value->content.empty())
      return malformed("The attestation object has a member that is not known or not expected.");
    *member = value->content;
  }
  if (!has_statement || out.format.empty() || out.authenticator_data.empty() || !reader.at_end())
    return malformed("The attestation object lacks a member or has bytes after its end.");
  return out;
}

// Formats "none" (section 8.7) and self attestation of "packed" (section 8.2).
Result<> check_statement(const Attestation& attestation, const detail::CoseKey& key,
                         std::string_view client_data_json) {
  if (attestation.format == "none" && attestation.statement_members != 0)
    return malformed("An attestation statement of the format none is empty.");
  if (attestation.format != "packed" || attestation.has_certificates) return {};
  if (attestation.statement_algorithm != static_cast<std::int64_t>(key.algorithm))
    return refused("The self attestation is of another algorithm than the credential.");
  const std::string signed_bytes = std::string(attestation.authenticator_data) + sha256(client_data_json);
  if (!detail::verify_cose(key, signed_bytes, attestation.statement_signature))
    return refused("The signature of the self attestation is wrong.");
  return {};
}

Result<> check_authenticator(const detail::AuthenticatorData& data, const RelyingPartyOptions& options,
                             std::string_view id_hash) {
  if (data.id_hash != id_hash) return refused("The response is for another RP ID.");
  if (!data.user_present) return refused("The user was not present.");
  if (options.user_verification == RelyingPartyOptions::UserVerification::required && !data.user_verified)
    return refused("The user was not verified.");
  return {};
}

}  // namespace

Result<ClientData> parse_client_data(std::string_view json) {
  auto read = schema::read_json<detail::CollectedClientData>(json);
  if (!read) {
    const auto& faults = read.error().faults();
    const std::string what = faults.empty() ? read.error().message() : faults[0].path + " " + faults[0].message;
    return malformed("The client data is malformed: " + what);
  }
  auto challenge = from_base64url(read->challenge);
  if (!challenge) return malformed("The challenge of the client data is not base64url.");
  return ClientData{.type = std::move(read->type),
                    .challenge = std::move(*challenge),
                    .origin = std::move(read->origin),
                    .cross_origin = read->cross_origin.value_or(false),
                    .top_origin = std::move(read->top_origin)};
}

RelyingParty::RelyingParty(RelyingPartyOptions options) : options_(std::move(options)), id_hash_(sha256(options_.id)) {
  if (options_.id.empty() || options_.origins.empty() || options_.algorithms.empty())
    throw std::invalid_argument("A relying party has an id, an origin and an algorithm.");
}

RelyingParty::~RelyingParty() = default;

// Section 7.1 steps 7 to 12, section 7.2 steps 10 to 15.
Result<> RelyingParty::check_client_data(std::string_view json, std::string_view type,
                                         std::string_view challenge) const {
  if (json.size() > options_.client_data_bytes_max) return malformed("The client data is too long.");
  const auto data = parse_client_data(json);
  if (!data) return std::unexpected(data.error());
  if (data->type != type) return refused("The client data is of another ceremony.");
  if (challenge.empty() || !detail::equal_in_constant_time(data->challenge, challenge))
    return refused("The challenge is another one.");
  if (!holds(options_.origins, data->origin)) return refused("The origin is not allowed.");
  if (data->top_origin && !(data->cross_origin && holds(options_.top_origins, *data->top_origin)))
    return refused("The origin of the embedding page is not allowed.");
  if (data->cross_origin && options_.cross_origin == RelyingPartyOptions::CrossOrigin::refused)
    return refused("Passkeys are not used in embedded pages here.");
  return {};
}

Result<NewCredential> RelyingParty::verify_registration(const RegistrationResponse& response,
                                                        std::string_view challenge) const {
  if (auto checked = check_client_data(response.client_data_json, type_create, challenge); !checked)
    return std::unexpected(std::move(checked.error()));
  if (response.attestation_object.size() > options_.attestation_bytes_max)
    return malformed("The attestation object is too long.");
  const auto attestation = read_attestation(response.attestation_object);
  if (!attestation) return std::unexpected(attestation.error());
  const auto data = detail::read_authenticator_data(attestation->authenticator_data, options_.credential_id_bytes_max);
  if (!data) return std::unexpected(data.error());
  if (auto checked = check_authenticator(*data, options_, id_hash_); !checked)
    return std::unexpected(std::move(checked.error()));
  if (!data->credential) return malformed("The authenticator data has no credential.");
  const auto key = detail::read_cose_key(data->credential->public_key);
  if (!key) return std::unexpected(key.error());
  if (!holds(options_.algorithms, key->algorithm)) return refused("The algorithm of the public key is not offered.");
  if (auto checked = check_statement(*attestation, *key, response.client_data_json); !checked)
    return std::unexpected(std::move(checked.error()));
  return NewCredential{.id = std::string(data->credential->id),
                       .public_key = std::string(data->credential->public_key),
                       .algorithm = key->algorithm,
                       .sign_count = data->sign_count,
                       .user_verified = data->user_verified,
                       .backup_eligible = data->backup_eligible,
                       .backed_up = data->backed_up,
                       .aaguid = std::string(data->credential->aaguid),
                       .attestation_format = std::string(attestation->format)};
}

Result<VerifiedAssertion> RelyingParty::verify_assertion(const AssertionResponse& response,
                                                         const StoredCredential& stored,
                                                         std::string_view challenge) const {
  if (auto checked = check_client_data(response.client_data_json, type_get, challenge); !checked)
    return std::unexpected(std::move(checked.error()));
  if (response.authenticator_data.size() > options_.authenticator_data_bytes_max)
    return malformed("The authenticator data is too long.");
  const auto data = detail::read_authenticator_data(response.authenticator_data, options_.credential_id_bytes_max);
  if (!data) return std::unexpected(data.error());
  if (data->credential) return malformed("The authenticator data of an assertion has a credential.");
  if (auto checked = check_authenticator(*data, options_, id_hash_); !checked)
    return std::unexpected(std::move(checked.error()));
  if (data->backup_eligible != stored.backup_eligible)
    return refused("The backup eligibility is not the one that was registered.");
  const auto key = detail::read_cose_key(stored.public_key);
  if (!key) return std::unexpected(key.error());
  const std::string signed_bytes = std::string(response.authenticator_data) + sha256(response.client_data_json);
  if (!detail::verify_cose(*key, signed_bytes, response.signature)) return refused("The signature is wrong.");
  return VerifiedAssertion{
      .sign_count = data->sign_count, .user_verified = data->user_verified, .backed_up = data->backed_up};
}

}  // namespace ashlar::auth
