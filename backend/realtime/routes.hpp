// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/web/routes.hpp"
#include "backend/realtime/realtime.hpp"

namespace ashlar::backend {

// What it refers to outlives the routes.
void mount_realtime(web::Routes& routes, Realtime& realtime);

}  // namespace ashlar::backend
