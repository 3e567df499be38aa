// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/web/routes.hpp"
#include "backend/exports/exports.hpp"

namespace ashlar::backend {

// `exports` outlives the routes.
void mount_exports(web::Routes& routes, Exports& exports);

}  // namespace ashlar::backend
