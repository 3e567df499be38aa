// SPDX-License-Identifier: Apache-2.0
#include "backend/auth/refresh.hpp"

#include "ashlar/schema/fault_codes.hpp"

namespace ashlar::backend {

Task<Result<api::WithCredentials<SignedIn>>> refresh(api::Call& call, Refresh in, Sessions& sessions) {
  if (!in.refresh_token)
    co_return std::unexpected(
        invalid_input("/refreshToken", schema::codes::required, "is required where there is no cookie"));
  co_return co_await sessions.refresh(call, in.refresh_token->str());
}

}  // namespace ashlar::backend
