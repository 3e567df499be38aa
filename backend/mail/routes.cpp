// SPDX-License-Identifier: Apache-2.0
#include "backend/mail/routes.hpp"

#include "backend/mail/list_kept_mails.hpp"

namespace ashlar::backend {

// clang-format off
void mount_kept_mails(web::Routes& routes, const mail::MemoryMailer& mailer) {
  routes.get("/api/admin/mail", list_kept_mails, mailer).role("admin").no_api_key()
      .name("listKeptMails").tag("Development").summary("Mails that the process kept instead of sending them");
}
// clang-format on

}  // namespace ashlar::backend
