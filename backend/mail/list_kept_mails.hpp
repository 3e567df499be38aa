// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "ashlar/api/listing.hpp"
#include "ashlar/api/reply.hpp"
#include "ashlar/mail/memory_mailer.hpp"
#include "backend/mail/kept_mail.hpp"

namespace ashlar::backend {

struct ListKeptMails {
  api::PageNumber page;
  api::PageLimit limit;
};
ASHLAR_DESCRIBE(ListKeptMails, page, limit)

// Newest first. They contain tokens of other accounts, so the route is absent in production.
Result<api::Page<KeptMail>> list_kept_mails(api::Call& call, ListKeptMails in, const mail::MemoryMailer& mailer);

}  // namespace ashlar::backend
