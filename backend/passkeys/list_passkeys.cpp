// SPDX-License-Identifier: Apache-2.0
#include "backend/passkeys/list_passkeys.hpp"

#include "backend/passkeys/passkey_repository.hpp"

namespace ashlar::backend {

Task<Result<api::Page<Passkey>>> list_passkeys(api::UserCall& call, ListPasskeys in, sql::Database& database) {
  co_return co_await PasskeyRepository(database).list(call.user().id, in);
}

}  // namespace ashlar::backend
