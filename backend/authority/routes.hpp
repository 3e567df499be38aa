// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/units.hpp"
#include "ashlar/web/routes.hpp"
#include "backend/authority/authorities.hpp"
#include "backend/authority/create_grant.hpp"

namespace ashlar::backend {

// `grants` outlives the routes.
void mount_authority(web::Routes& routes, api::Units& units, Authorities& authorities, const GrantOptions& grants);

}  // namespace ashlar::backend
