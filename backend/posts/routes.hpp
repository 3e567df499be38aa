// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/database.hpp"
#include "ashlar/sql/replicas.hpp"
#include "ashlar/web/routes.hpp"

namespace ashlar::backend {

// The list may be read from a replica: it is nobody's cache, and who writes sees what he wrote.
void mount_posts(web::Routes& routes, sql::Database& database, sql::Replicas& replicas);

}  // namespace ashlar::backend
