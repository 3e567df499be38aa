// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "backend/auth/sessions.hpp"

#include <optional>

namespace ashlar::backend {

struct Refresh {
  std::optional<Text<1, 4096>> refresh_token;  // over HTTP, the cookie's when the body has none
};
ASHLAR_DESCRIBE(Refresh, refresh_token)

Task<Result<api::WithCredentials<SignedIn>>> refresh(api::Call& call, Refresh in, Sessions& sessions);

}  // namespace ashlar::backend
