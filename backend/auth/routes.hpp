// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/units.hpp"
#include "ashlar/auth/password.hpp"
#include "ashlar/web/routes.hpp"
#include "backend/auth/second_factors.hpp"
#include "backend/auth/sessions.hpp"

namespace ashlar::backend {

void mount_auth(web::Routes& routes, api::Units& units, auth::PasswordHasher& passwords, Sessions& sessions,
                SecondFactors& second_factors);

}  // namespace ashlar::backend
