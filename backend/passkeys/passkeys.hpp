// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/units.hpp"
#include "ashlar/async/task.hpp"
#include "ashlar/auth/webauthn_json.hpp"
#include "ashlar/core/signing_keys.hpp"
#include "backend/auth/account_mails.hpp"
#include "backend/auth/passkey_prover.hpp"
#include "backend/passkeys/passkey.hpp"
#include "backend/passkeys/passkey_options.hpp"
#include "backend/passkeys/passkey_row.hpp"
#include "backend/users/account_hooks.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ashlar::backend {

// A passkey whose holder has just signed a challenge. Nothing is stored of it yet: record_use().
struct ProvenPasskey {
  PasskeyRow row;
  auth::VerifiedAssertion assertion;
};

struct PasskeyLoginOptions {
  Uuid challenge_id;
  auth::RequestOptionsJson public_key;

  static PasskeyLoginOptions example();
};
ASHLAR_DESCRIBE(PasskeyLoginOptions, challenge_id, public_key)

// The ceremonies of passkeys (WebAuthn Level 3). Each begins with a challenge, which is stored, expires, and is
// consumed by the first response to it, whether that is good or not. Safe from every loop. What it is given outlives
// it.
class Passkeys final : public PasskeyProver {
 public:
  struct Services {
    api::Units& units;
    AccountMails& mails;
    AccountHooks& hooks;
  };
  // `decoy_key`, of 32 bytes or more and the same in every instance, makes the credential ids of accounts that have
  // none. Throws std::invalid_argument for options that are not on.
  Passkeys(Services services, PasskeyOptions options, std::string decoy_key);
  Passkeys(const Passkeys&) = delete;
  Passkeys& operator=(const Passkeys&) = delete;

  // Options for a new passkey of the caller's; the account's other passkeys are excluded. Error auth.token_revoked.
  Task<Result<auth::CreationOptionsJson>> begin_registration(api::UserCall& call);
  // Stores the passkey; its owner gets a notice. Errors: auth.challenge_invalid, auth.webauthn_malformed,
  // auth.webauthn_refused, and those of PasskeyRepository::create().
  Task<Result<Passkey>> add(api::UserCall& call, PasskeyName name, auth::RegistrationCredentialJson credential);
  // Its owner gets a notice. Errors: auth.passkey_not_found; auth.last_sign_in_method.
  Task<Result<>> remove(api::UserCall& call, Uuid id);

  // Options for a sign-in: with any passkey, or with one of the account that has this address. An address without an
  // account, or an account without passkeys, gets a credential id that does not exist, the same each time.
  Task<Result<PasskeyLoginOptions>> begin_sign_in(api::Call& call, std::optional<Email> email);
  // Errors: auth.challenge_invalid; auth.webauthn_malformed; auth.passkey_refused for everything else that is wrong,
  // which the security log names.
  Task<Result<ProvenPasskey>> prove(api::Call& call, PasskeyProof proof);
  // Stores the counter and the time, as part of `unit`. Error auth.passkey_refused when the passkey is gone or its
  // counter does not go up; the latter is a security event.
  Task<Result<>> record_use(api::UnitOfWork& unit, ProvenPasskey proven);

  // As prove(); auth.passkey_refused for a passkey of another account.
  Task<Result<ProvenFactor>> prove_own(api::UserCall& call, PasskeyProof proof) override;

  [[nodiscard]] const PasskeyOptions& options() const { return options_; }

 private:
  [[nodiscard]] PasskeyChallengeRow new_challenge(const api::Call& call, ChallengePurpose purpose,
                                                  Nullable<Uuid> user) const;
  [[nodiscard]] auth::CredentialDescriptorJson decoy_of(std::string_view email) const;

  static Task<Result<>> insert(api::UnitOfWork& unit, PasskeyRow row, Passkeys* passkeys);
  static Task<Result<>> erase(api::UnitOfWork& unit, Uuid user, Uuid id, Passkeys* passkeys);

  api::Units& units_;
  AccountMails& mails_;
  AccountHooks& hooks_;
  const PasskeyOptions options_;
  const auth::RelyingParty party_;
  const SigningKeys decoys_;
};

// How a sign-in with the passkey was made (RFC 8176), for a token's `amr`: "hwk", or "swk" for a key that may be copied
// to other devices; "user" for presence; "mfa" where the authenticator verified the user, because possession of the
// device and a PIN or a biometric are two factors.
[[nodiscard]] std::vector<std::string> authentication_methods(const ProvenPasskey& proven);

}  // namespace ashlar::backend
