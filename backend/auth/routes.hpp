// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/units.hpp"
#include "ashlar/web/routes.hpp"
#include "backend/auth/account_mails.hpp"
#include "backend/auth/challenges.hpp"
#include "backend/auth/device_tokens.hpp"
#include "backend/auth/guessing.hpp"
#include "backend/auth/passkey_prover.hpp"
#include "backend/auth/second_factors.hpp"
#include "backend/auth/sessions.hpp"
#include "backend/users/account_hooks.hpp"
#include "backend/users/passwords.hpp"

namespace ashlar::backend {

// What the routes call. All of it outlives them.
struct AuthServices {
  api::Units& units;
  Passwords& passwords;
  Guessing& guessing;
  DeviceTokens& devices;
  Sessions& sessions;
  SecondFactors& second_factors;
  const Challenges& challenges;
  AccountMails& mails;
  AccountHooks& hooks;
  const PasskeySupport& passkeys;
};

void mount_auth(web::Routes& routes, AuthServices services);

}  // namespace ashlar::backend
