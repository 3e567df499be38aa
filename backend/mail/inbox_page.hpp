// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/mail/memory_mailer.hpp"
#include "ashlar/web/routes.hpp"

#include <string_view>

namespace ashlar::backend {

namespace errors {
inline constexpr ErrorCode inbox_wrong_host{ErrorKind::forbidden, "mail.inbox_wrong_host"};
inline constexpr ErrorCode mail_not_kept{ErrorKind::not_found, "mail.not_kept"};
}  // namespace errors

// GET /dev/mail: the mails that the process kept, as pages for a developer's browser, without a sign-in. Not to be
// mounted in production. No script runs, nothing is loaded, and the HTML of a mail is shown in a sandbox. It answers to
// requests for localhost or an IP address alone: a page of another site that points its own name at this machine (DNS
// rebinding) reads nothing.
void mount_inbox(web::Routes& routes, const mail::MemoryMailer& mailer);

// Whether a request's authority is this machine's: "localhost:3000", "app.localhost", "127.0.0.1", "[::1]:3000".
[[nodiscard]] bool is_local_authority(std::string_view authority);

}  // namespace ashlar::backend
