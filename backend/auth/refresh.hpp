// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "backend/auth/sessions.hpp"

#include <optional>

namespace ashlar::backend {

struct Refresh {
  std::optional<Text<1, 4096>> refresh_token;  // absent: the one in the cookie
};
ASHLAR_DESCRIBE(Refresh, refresh_token)

Task<Result<SignedIn>> refresh(web::Context& ctx, Refresh in, Sessions& sessions);

}  // namespace ashlar::backend
