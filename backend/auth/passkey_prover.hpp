// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "ashlar/api/unit_of_work.hpp"
#include "ashlar/async/task.hpp"
#include "ashlar/auth/webauthn_json.hpp"
#include "ashlar/core/error.hpp"
#include "ashlar/core/uuid.hpp"

#include <functional>
#include <string>
#include <vector>

namespace ashlar::backend {

namespace errors {
inline constexpr ErrorCode passkey_refused{ErrorKind::unauthenticated, "auth.passkey_refused"};
}  // namespace errors

// What a client says to sign in, or to step up, with a passkey.
struct PasskeyProof {
  Uuid challenge_id;
  auth::AuthenticationCredentialJson credential;
};
ASHLAR_DESCRIBE(PasskeyProof, challenge_id, credential)

// A factor of the caller's that was just proved, and is noted by the unit that uses the proof.
struct ProvenFactor {
  std::vector<std::string> amr;                                     // RFC 8176
  std::function<Task<Result<>>(api::UnitOfWork& unit)> record_use;  // an error refuses the proof
};

// Verifies signatures of passkeys for features that backend/passkeys includes (backend/passkeys/passkeys.hpp implements
// it).
class PasskeyProver {
 public:
  PasskeyProver() = default;
  PasskeyProver(const PasskeyProver&) = delete;
  PasskeyProver& operator=(const PasskeyProver&) = delete;
  virtual ~PasskeyProver() = default;

  // A signature of one of the caller's passkeys. Uses the challenge up. Errors: auth.challenge_invalid,
  // auth.webauthn_malformed, auth.passkey_refused.
  virtual Task<Result<ProvenFactor>> prove_own(api::UserCall& call, PasskeyProof proof) = 0;
};

// Null where the application has no passkeys.
struct PasskeySupport {
  PasskeyProver* prover = nullptr;
};

}  // namespace ashlar::backend
