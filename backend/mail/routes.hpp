// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/units.hpp"
#include "ashlar/mail/memory_mailer.hpp"
#include "ashlar/web/routes.hpp"
#include "backend/mail/unsubscribe_links.hpp"

namespace ashlar::backend {

void mount_mail(web::Routes& routes, api::Units& units, const UnsubscribeLinks& links);
// For development: do not mount in production.
void mount_kept_mails(web::Routes& routes, const mail::MemoryMailer& mailer);

}  // namespace ashlar::backend
