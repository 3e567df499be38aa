// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/reply.hpp"
#include "ashlar/core/random.hpp"
#include "ashlar/core/timestamp.hpp"
#include "ashlar/core/uuid.hpp"
#include "ashlar/web/cookie.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace ashlar::backend {

// Proofs that a device has signed in to an account. Each successful sign-in gives the client one, over HTTP as an
// HttpOnly cookie; the client sends it with its next sign-in. It signs nobody in: it only moves the device's wrong
// passwords, and its place in the hashing queue, apart from those of devices that never signed in (guessing.hpp).
//
// A token is bound to the account and cannot be changed (web::SignedCookies). Immutable; safe from every loop.
class DeviceTokens {
 public:
  static constexpr std::string_view cookie_name = "deviceToken";

  // The key has at least 32 bytes, and is the same in every instance.
  DeviceTokens(const std::string& key, std::chrono::seconds lifetime) : sealing_({key}), lifetime_(lifetime) {}

  // For a new device of the account.
  [[nodiscard]] api::DeviceToken issue(const Uuid& account, Timestamp now, Random& random) const;
  // The device that the token was issued to; nullopt when it is none of the account's, or has expired.
  [[nodiscard]] std::optional<Uuid> device_of(std::string_view token, const Uuid& account, Timestamp now) const;

 private:
  web::SignedCookies sealing_;
  std::chrono::seconds lifetime_;
};

}  // namespace ashlar::backend
