// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/audit/sealer.hpp"
#include "ashlar/sql/cursor.hpp"
#include "ashlar/web/routes.hpp"

namespace ashlar::backend {

void mount_audit(web::Routes& routes, sql::Database& database, audit::Sealer& sealer, const sql::Cursors& cursors);

}  // namespace ashlar::backend
