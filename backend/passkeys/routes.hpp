// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/units.hpp"
#include "ashlar/web/routes.hpp"
#include "backend/auth/second_factors.hpp"
#include "backend/auth/sessions.hpp"
#include "backend/passkeys/passkeys.hpp"

namespace ashlar::backend {

void mount_passkeys(web::Routes& routes, api::Units& units, Passkeys& passkeys, Sessions& sessions,
                    SecondFactors& second_factors);

}  // namespace ashlar::backend
