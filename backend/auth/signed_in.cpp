// SPDX-License-Identifier: Apache-2.0
#include "backend/auth/signed_in.hpp"

#include <chrono>

namespace ashlar::backend {

SignedIn SignedIn::example() {
  return {.user = User::example(),
          .access_token = "eyJhbGciOiJIUzI1NiIsInR5cCI6ImF0K2p3dCJ9.e30.c2lnbmF0dXJl",
          .refresh_token = "eyJhbGciOiJIUzI1NiIsInR5cCI6InJ0K2p3dCJ9.e30.c2lnbmF0dXJl",
          .expires_in = 900,
          .device_token = {}};
}

api::WithCredentials<SignedIn> signed_in(const api::Call& call, User user, TokenPair pair) {
  const auto lifetime = std::chrono::ceil<std::chrono::seconds>(pair.access.expires_at - call.now());
  std::optional<std::string> device_token;
  if (pair.device) device_token = pair.device->token;
  return {.reply = {.user = std::move(user),
                    .access_token = pair.access.token,
                    .refresh_token = pair.refresh.token,
                    .expires_in = lifetime.count(),
                    .device_token = std::move(device_token)},
          .credentials = api::Credentials{.access_token = std::move(pair.access.token),
                                          .refresh_token = std::move(pair.refresh.token),
                                          .access_expires_at = pair.access.expires_at,
                                          .refresh_expires_at = pair.refresh.expires_at,
                                          .device = std::move(pair.device)}};
}

}  // namespace ashlar::backend
