// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/web/routes.hpp"
#include "backend/oauth/oauth.hpp"
#include "backend/users/account_hooks.hpp"

namespace ashlar::backend {

// The two pages of each provider, and the identities of an account.
void mount_oauth(web::Routes& routes, Oauth& oauth, AccountHooks& hooks);

}  // namespace ashlar::backend
