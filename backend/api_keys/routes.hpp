// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/units.hpp"
#include "ashlar/web/routes.hpp"
#include "backend/api_keys/create_api_key.hpp"
#include "backend/authority/authorities.hpp"

namespace ashlar::backend {

// `options` outlives the routes.
void mount_api_keys(web::Routes& routes, api::Units& units, Authorities& authorities, const ApiKeyOptions& options);

}  // namespace ashlar::backend
