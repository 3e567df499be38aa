// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/units.hpp"
#include "ashlar/web/routes.hpp"
#include "backend/mail/mails.hpp"

namespace ashlar::backend {

void mount_notifications(web::Routes& routes, api::Units& units, const Mails& mails);

}  // namespace ashlar::backend
