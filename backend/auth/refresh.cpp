// SPDX-License-Identifier: Apache-2.0
#include "backend/auth/refresh.hpp"

#include "ashlar/schema/fault_codes.hpp"

namespace ashlar::backend {

Task<Result<SignedIn>> refresh(web::Context& ctx, Refresh in, Sessions& sessions) {
  std::string token = in.refresh_token ? in.refresh_token->str() : std::string(ctx.kept_refresh_token());
  if (token.empty()) {
    co_return std::unexpected(Error(ashlar::errors::invalid_input,
                                    "A refresh token is needed, in the body or in the cookie.",
                                    {{.path = "/refreshToken",
                                      .code = std::string(schema::codes::required),
                                      .message = "is required where there is no cookie"}}));
  }
  co_return co_await sessions.refresh(ctx, std::move(token));
}

}  // namespace ashlar::backend
