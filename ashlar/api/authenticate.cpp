// SPDX-License-Identifier: Apache-2.0
#include "ashlar/api/api.hpp"
#include "ashlar/auth/token.hpp"

#include <utility>

namespace ashlar::api {

namespace {

using Verified = Result<std::shared_ptr<const auth::Principal>>;

Task<Verified> verify(const CallerSources& callers, const std::string& token, Clock::Steady now) {
  if (token.empty()) co_return fail(auth::errors::not_signed_in, "Sign in to do this.");
  if (callers.api_keys != nullptr && callers.api_keys->is_key(token)) {
    auto known = callers.api_keys->try_verify(token, now);
    co_return known ? std::move(*known) : co_await callers.api_keys->verify(token);
  }
  if (callers.tokens == nullptr) co_return fail(auth::errors::token_invalid, "The access token is not valid.");
  auto verified = callers.tokens->verify_access(token);
  if (!verified && verified.error().code() == auth::errors::token_invalid && callers.token_keys != nullptr &&
      callers.token_keys->may_have_newer(token)) {
    co_await callers.token_keys->refresh();
    verified = callers.tokens->verify_access(token);
  }
  co_return verified;
}

}  // namespace

Task<Verified> Api::authenticate(std::string token) const {
  const Clock::Steady now = environment_.clock->steady();
  auto principal = co_await unwrap(verify(callers_, token, now));
  if (callers_.authorities == nullptr || callers_.authorities->try_find(principal->id, now)) co_return principal;
  const auto authority = co_await unwrap(callers_.authorities->load(principal->id));
  if (authority == nullptr)
    co_return ashlar::fail(auth::errors::token_revoked, "This account does not exist any more.");
  co_return co_await verify(callers_, token, now);  // while the rights were read, the session may have ended
}

}  // namespace ashlar::api
