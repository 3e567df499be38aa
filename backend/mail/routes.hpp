// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/mail/memory_mailer.hpp"
#include "ashlar/web/routes.hpp"

namespace ashlar::backend {

// For development: do not mount in production.
void mount_kept_mails(web::Routes& routes, const mail::MemoryMailer& mailer);

}  // namespace ashlar::backend
