// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "ashlar/api/reply.hpp"
#include "ashlar/api/units.hpp"
#include "ashlar/async/task.hpp"
#include "backend/api_keys/api_key.hpp"
#include "backend/authority/role.hpp"

#include <cstdint>
#include <optional>

namespace ashlar::backend {

struct CreateApiKey {
  Line<1, 120> name;
  PermissionNames permissions;
  std::optional<Timestamp> expires_at;  // absent: without end

  void refine(schema::Refinement& out) const;
  static CreateApiKey example();
};
ASHLAR_DESCRIBE(CreateApiKey, name, permissions, expires_at)

struct ApiKeyOptions {
  std::int64_t per_user_max = 20;  // that have not expired
};

// Creates a key of the caller. Its permissions count when the account holds them, or needs no permission for them; so
// they are not compared with what the account holds now. Error api_key.too_many.
Task<Result<api::Created<NewApiKey>>> create_api_key(api::UserCall& call, CreateApiKey in, api::Units& units,
                                                     const ApiKeyOptions& options);

}  // namespace ashlar::backend
