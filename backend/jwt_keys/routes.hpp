// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/web/routes.hpp"
#include "backend/jwt_keys/jwt_keys.hpp"

namespace ashlar::backend {

// `keys` outlives the routes.
void mount_jwt_keys(web::Routes& routes, const JwtKeys& keys);

}  // namespace ashlar::backend
