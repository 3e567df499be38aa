// SPDX-License-Identifier: Apache-2.0
#include "backend/oauth/list_identities.hpp"

#include "backend/oauth/identity_repository.hpp"

namespace ashlar::backend {

Identity Identity::example() {
  const Timestamp moment = Timestamp::parse("2026-05-04T08:30:00.125Z").value_or(Timestamp{});
  return {.id = Uuid::parse("019a5b1c-7c00-7d1e-8a55-3f1d2c4b5a71").value_or(Uuid{}),
          .provider = "google",
          .issuer = "https://accounts.google.com",
          .email = "ada@example.com",
          .created_at = moment,
          .last_used_at = moment};
}

Task<Result<api::Page<Identity>>> list_identities(api::UserCall& call, ListIdentities in, sql::Database& database) {
  co_return co_await IdentityRepository(database).list(call.user().id, in);
}

}  // namespace ashlar::backend
