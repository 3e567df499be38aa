// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/units.hpp"
#include "ashlar/sql/cursor.hpp"
#include "ashlar/sql/replicas.hpp"
#include "ashlar/web/routes.hpp"

namespace ashlar::backend {

// The list is read from a replica if there is one: it is not cached, and callers see their own writes.
void mount_posts(web::Routes& routes, api::Units& units, sql::Replicas& replicas, const sql::Cursors& cursors);

}  // namespace ashlar::backend
