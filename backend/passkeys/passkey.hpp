// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/error.hpp"
#include "ashlar/core/timestamp.hpp"
#include "ashlar/core/uuid.hpp"
#include "ashlar/schema/constraints.hpp"
#include "backend/auth/challenge.hpp"

#include <string>

namespace ashlar::backend {

namespace errors {
inline constexpr ErrorCode passkey_not_found{ErrorKind::not_found, "auth.passkey_not_found"};
inline constexpr ErrorCode passkey_taken{ErrorKind::conflict, "auth.passkey_taken"};
inline constexpr ErrorCode passkeys_full{ErrorKind::conflict, "auth.passkeys_full"};
}  // namespace errors

using PasskeyName = Line<1, 64>;

// A passkey as its owner sees it.
struct Passkey {
  Uuid id;
  std::string name;
  Timestamp created_at;
  Nullable<Timestamp> last_used_at;
  bool backed_up = false;  // it is on several devices, so that losing one does not lose it

  static Passkey example();
};
ASHLAR_DESCRIBE(Passkey, id, name, created_at, last_used_at, backed_up)

}  // namespace ashlar::backend
