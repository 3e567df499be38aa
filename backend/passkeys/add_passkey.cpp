// SPDX-License-Identifier: Apache-2.0
#include "backend/passkeys/add_passkey.hpp"

namespace ashlar::backend {

Passkey Passkey::example() {
  const Timestamp moment = Timestamp::parse("2026-05-04T08:30:00.125Z").value_or(Timestamp{});
  return {.id = Uuid::parse("019a5b1c-7c00-7d1e-8a55-3f1d2c4b5a71").value_or(Uuid{}),
          .name = "Ada's phone",
          .created_at = moment,
          .last_used_at = moment,
          .backed_up = true};
}

Task<Result<api::Created<Passkey>>> add_passkey(api::UserCall& call, AddPasskey in, Passkeys& passkeys) {
  co_return api::Created<Passkey>{co_await unwrap(passkeys.add(call, std::move(in.name), std::move(in.credential)))};
}

}  // namespace ashlar::backend
