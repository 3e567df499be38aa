// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/web/routes.hpp"
#include "backend/health/readiness.hpp"
#include "backend/settings.hpp"

namespace ashlar::backend {

void mount_health(web::Routes& routes, const Stage& stage, Readiness& readiness);

}  // namespace ashlar::backend
