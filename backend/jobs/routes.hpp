// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/jobs/admin.hpp"
#include "ashlar/web/routes.hpp"

namespace ashlar::backend {

void mount_job_admin(web::Routes& routes, jobs::JobAdmin& admin);

}  // namespace ashlar::backend
