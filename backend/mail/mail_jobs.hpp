// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/jobs/call.hpp"
#include "ashlar/jobs/table.hpp"
#include "backend/mail/mails.hpp"

namespace ashlar::backend {

// The job send-email: its Message-ID is the job's id, so a mail that is sent twice is recognised as one. What can
// succeed later is tried again for about a day (greylisting, a server that is down, wrong credentials); what cannot is
// a dead letter at once.
Task<Result<>> send_email(jobs::JobCall& call, SendEmail mail, Mails& mails);

void mount_mail_jobs(jobs::Table& table, Mails& mails);

}  // namespace ashlar::backend
