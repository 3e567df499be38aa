// SPDX-License-Identifier: Apache-2.0
#include "backend/passkeys/passkeys.hpp"

#include "ashlar/auth/token.hpp"
#include "ashlar/core/encoding.hpp"
#include "ashlar/log/logger.hpp"
#include "backend/passkeys/passkey_repository.hpp"
#include "backend/users/user_repository.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace ashlar::backend {

namespace {

using Purpose = ChallengePurpose;

constexpr std::size_t challenge_bytes = 32;

std::string base64url(std::string_view bytes) { return to_base64url(std::as_bytes(std::span(bytes))); }

// What was checked when it was stored.
std::string stored_bytes(const std::string& text) { return from_base64url(text).value_or(std::string{}); }

// The account's id: random but for the time of its registration, and nothing else of the person.
std::string user_handle_of(const Uuid& user) {
  return {reinterpret_cast<const char*>(user.bytes().data()), user.bytes().size()};
}

auth::WebauthnChallenge challenge_of(const PasskeyChallengeRow& row) {
  return auth::WebauthnChallenge::of_bytes(stored_bytes(row.challenge));
}

std::vector<auth::CredentialDescriptorJson> descriptors_of(const std::vector<PasskeyRow>& passkeys) {
  std::vector<auth::CredentialDescriptorJson> out;
  for (const PasskeyRow& each : passkeys) {
    out.push_back({.type = {},
                   .id = auth::CredentialId::of_bytes(stored_bytes(each.credential_id)),
                   .transports = each.transports});
  }
  return out;
}

Error challenge_invalid() {
  return {errors::challenge_invalid, "The challenge is unknown, was used or has expired: ask for new options."};
}

Error passkey_refused(std::string why) {
  return Error(errors::passkey_refused, "This passkey is not accepted.").with_cause(std::move(why));
}

Error refused(const api::Call& call, const PasskeyRow* passkey, std::string why) {
  call.log().security(log::Level::warn, "passkey refused",
                      {{"reason", why},
                       {"userId", passkey != nullptr ? passkey->user_id.to_string() : std::string{}},
                       {"address", call.client_address()}});
  return passkey_refused(std::move(why));
}

// Of the security log, after the commit. The call outlives it.
Task<> log_change(const api::Call* call, std::string_view message, Uuid user, Uuid passkey) {
  call->log().security(
      log::Level::info, message,
      {{"userId", user.to_string()}, {"passkeyId", passkey.to_string()}, {"address", call->client_address()}});
  co_return;
}

// Section 7.2 step 6: an account that was not named before is named by the user handle.
std::optional<std::string> mismatch(const PasskeyRow& passkey, const PasskeyChallengeRow& challenge,
                                    const auth::AssertionResponseJson& response) {
  if (challenge.purpose == Purpose::sign_in_of_account && challenge.user_id.as_optional() != passkey.user_id)
    return "the passkey is of another account";
  const bool has_handle = response.userHandle && response.userHandle->has_value();
  if (!has_handle && challenge.purpose == Purpose::sign_in) return "there is no user handle";
  if (has_handle && (**response.userHandle).bytes() != user_handle_of(passkey.user_id))
    return "the user handle is of another account";
  return std::nullopt;
}

}  // namespace

Passkeys::Passkeys(Services services, PasskeyOptions options, std::string decoy_key)
    : units_(services.units),
      mails_(services.mails),
      hooks_(services.hooks),
      options_(std::move(options)),
      party_(options_.relying_party),
      decoys_({std::move(decoy_key)}) {}

Task<Result<>> Passkeys::insert(api::UnitOfWork& unit, PasskeyRow row, Passkeys* passkeys) {
  co_await unwrap(PasskeyRepository::create(unit, row, passkeys->options_.per_user_max));
  User owner = co_await unwrap(required(co_await UserRepository(unit).find(row.user_id), auth::errors::token_revoked,
                                        "This account does not exist any more."));
  passkeys->mails_.send_factor_added(unit, std::move(owner.email));
  unit.after_commit(
      [call = &unit.call(), user = row.user_id, id = row.id] { return log_change(call, "passkey added", user, id); });
  co_return Result<>{};
}

Task<Result<>> Passkeys::erase(api::UnitOfWork& unit, Uuid user, Uuid id, Passkeys* passkeys) {
  // Of two units that remove different ways to sign in, the second sees what the first has left.
  co_await unwrap(UserRepository::lock(unit, user));
  if (!co_await unwrap(PasskeyRepository::remove(unit, user, id)))
    co_return fail(errors::passkey_not_found, "There is no such passkey.");
  co_await unwrap(passkeys->hooks_.require_sign_in_method(unit, user));
  User owner = co_await unwrap(required(co_await UserRepository(unit).find(user), auth::errors::token_revoked,
                                        "This account does not exist any more."));
  passkeys->mails_.send_factor_removed(unit, std::move(owner.email));
  unit.after_commit([call = &unit.call(), user, id] { return log_change(call, "passkey removed", user, id); });
  co_return Result<>{};
}

PasskeyChallengeRow Passkeys::new_challenge(const api::Call& call, ChallengePurpose purpose,
                                            Nullable<Uuid> user) const {
  std::array<std::byte, challenge_bytes> bytes{};
  call.random().fill(bytes);
  return {.id = call.new_id(),
          .challenge = to_base64url(bytes),
          .purpose = purpose,
          .user_id = user,
          .expires_at = call.now() + options_.challenge_time_max};
}

Task<Result<auth::CreationOptionsJson>> Passkeys::begin_registration(api::UserCall& call) {
  const Uuid id = call.user().id;
  User user = co_await unwrap(required(co_await UserRepository(units_.database()).find(id), auth::errors::token_revoked,
                                       "This account does not exist any more."));
  const auto held = co_await unwrap(PasskeyRepository(units_.database()).of_user(id));
  const PasskeyChallengeRow challenge = new_challenge(call, Purpose::registration, id);
  co_await unwrap(units_.run(call, &PasskeyChallenges::create, challenge));
  co_return auth::creation_options(options_.relying_party, options_.relying_party_name,
                                   {.id = auth::UserHandle::of_bytes(user_handle_of(id)),
                                    .name = std::move(user.email),
                                    .display_name = std::move(user.name)},
                                   challenge_of(challenge), descriptors_of(held), options_.challenge_time_max);
}

Task<Result<Passkey>> Passkeys::add(api::UserCall& call, PasskeyName name,
                                    auth::RegistrationCredentialJson credential) {
  const auto client = co_await unwrap(auth::parse_client_data(credential.response.clientDataJSON.bytes()));
  const auto challenge = co_await unwrap(
      units_.run_one(call, &PasskeyChallenges::consume_registration, call.user().id, base64url(client.challenge)));
  if (!challenge) co_return std::unexpected(challenge_invalid());
  auto made = co_await unwrap(party_.verify_registration(credential.view(), stored_bytes(challenge->challenge)));
  if (made.id != credential.id.bytes())
    co_return fail(auth::errors::webauthn_refused, "The id is not that of the credential.");
  PasskeyRow row{.id = call.new_id(),
                 .user_id = call.user().id,
                 .credential_id = base64url(made.id),
                 .public_key = base64url(made.public_key),
                 .sign_count = made.sign_count,
                 .user_verified = made.user_verified,
                 .backup_eligible = made.backup_eligible,
                 .backed_up = made.backed_up,
                 .transports = {},
                 .name = name.str(),
                 .created_at = call.now(),
                 .last_used_at = {}};
  if (credential.response.transports)
    for (const auto& each : *credential.response.transports) row.transports.push_back(each.str());
  co_await unwrap(units_.run(call, &Passkeys::insert, row, this));
  co_return Passkey{.id = row.id,
                    .name = std::move(row.name),
                    .created_at = row.created_at,
                    .last_used_at = {},
                    .backed_up = row.backed_up};
}

Task<Result<>> Passkeys::remove(api::UserCall& call, Uuid id) {
  return units_.run(call, &Passkeys::erase, call.user().id, id, this);
}

// A real credential of the commonest authenticators looks like this.
auth::CredentialDescriptorJson Passkeys::decoy_of(std::string_view email) const {
  static constexpr std::array<std::size_t, 4> lengths{16, 20, 20, 32};
  std::string bytes = stored_bytes(decoys_.sign("ashlar.passkey_decoy", ascii_lower(email)));
  bytes.resize(lengths[static_cast<unsigned char>(bytes.back()) % lengths.size()]);
  return {.type = {}, .id = auth::CredentialId::of_bytes(std::move(bytes)), .transports = {"internal", "hybrid"}};
}

Task<Result<PasskeyLoginOptions>> Passkeys::begin_sign_in(api::Call& call, std::optional<Email> email) {
  std::vector<auth::CredentialDescriptorJson> allowed;
  PasskeyChallengeRow challenge = new_challenge(call, email ? Purpose::sign_in_of_account : Purpose::sign_in, {});
  if (email) {
    const auto held = co_await unwrap(PasskeyRepository(units_.database()).of_email(email->str()));
    allowed = descriptors_of(held);
    if (!held.empty()) challenge.user_id = held.front().user_id;
    if (held.empty()) allowed.push_back(decoy_of(*email));
  }
  co_await unwrap(units_.run(call, &PasskeyChallenges::create, challenge));
  co_return PasskeyLoginOptions{.challenge_id = challenge.id,
                                .public_key = auth::request_options(options_.relying_party, challenge_of(challenge),
                                                                    std::move(allowed), options_.challenge_time_max)};
}

Task<Result<ProvenPasskey>> Passkeys::prove(api::Call& call, PasskeyProof proof) {
  const auto challenge = co_await unwrap(units_.run_one(call, &PasskeyChallenges::consume_sign_in, proof.challenge_id));
  if (!challenge) co_return std::unexpected(challenge_invalid());
  auto passkey = co_await unwrap(PasskeyRepository(units_.database()).find(base64url(proof.credential.id.bytes())));
  if (!passkey) co_return std::unexpected(refused(call, nullptr, "the credential is not registered"));
  if (auto why = mismatch(*passkey, *challenge, proof.credential.response))
    co_return std::unexpected(refused(call, &*passkey, std::move(*why)));
  const std::string key = stored_bytes(passkey->public_key);
  auto verified =
      party_.verify_assertion(proof.credential.view(), {.public_key = key, .backup_eligible = passkey->backup_eligible},
                              stored_bytes(challenge->challenge));
  if (!verified && verified.error().code() == auth::errors::webauthn_refused)
    co_return std::unexpected(refused(call, &*passkey, verified.error().message()));
  const auto assertion = co_await unwrap(std::move(verified));
  co_return ProvenPasskey{.row = std::move(*passkey), .assertion = assertion};
}

Task<Result<ProvenFactor>> Passkeys::prove_own(api::UserCall& call, PasskeyProof proof) {
  const Uuid caller = call.user().id;
  auto proven = co_await unwrap(prove(call, std::move(proof)));
  if (proven.row.user_id != caller)
    co_return std::unexpected(refused(call, &proven.row, "the passkey is not the caller's"));
  auto methods = authentication_methods(proven);
  co_return ProvenFactor{
      .amr = std::move(methods),
      .record_use = [this, proven = std::move(proven)](api::UnitOfWork& unit) { return record_use(unit, proven); }};
}

Task<Result<>> Passkeys::record_use(api::UnitOfWork& unit, ProvenPasskey proven) {
  using LowCounter = PasskeyOptions::LowCounter;
  PasskeyUse use{
      .passkey = proven.row.id, .sign_count = proven.assertion.sign_count, .backed_up = proven.assertion.backed_up};
  if (co_await unwrap(PasskeyRepository::use(unit, use))) co_return Result<>{};
  const auto stored = co_await unwrap(PasskeyRepository(unit).find(proven.row.credential_id));
  const api::Call& call = unit.call();
  if (!stored) co_return std::unexpected(refused(call, &proven.row, "the passkey was removed"));
  call.log().security(log::Level::warn, "a passkey's signature counter did not go up; it may have been cloned",
                      {{"userId", stored->user_id.to_string()},
                       {"passkeyId", stored->id.to_string()},
                       {"stored", stored->sign_count},
                       {"presented", use.sign_count},
                       {"address", call.client_address()}});
  if (options_.low_counter == LowCounter::refuse)
    co_return std::unexpected(passkey_refused("the signature counter did not go up"));
  use.counter = PasskeyUse::Counter::any;
  if (!co_await unwrap(PasskeyRepository::use(unit, use)))
    co_return std::unexpected(refused(call, &proven.row, "the passkey was removed"));
  co_return Result<>{};
}

std::vector<std::string> authentication_methods(const ProvenPasskey& proven) {
  std::vector<std::string> out{proven.row.backup_eligible ? "swk" : "hwk", "user"};
  if (proven.assertion.user_verified) out.emplace_back("mfa");
  return out;
}

}  // namespace ashlar::backend
