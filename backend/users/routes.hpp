// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/units.hpp"
#include "ashlar/sql/cursor.hpp"
#include "ashlar/web/routes.hpp"
#include "backend/users/account_hooks.hpp"
#include "backend/users/passwords.hpp"

namespace ashlar::backend {

void mount_users(web::Routes& routes, api::Units& units, Passwords& passwords, AccountHooks& hooks,
                 const sql::Cursors& cursors);

}  // namespace ashlar::backend
