// SPDX-License-Identifier: Apache-2.0
#include "backend/mail/mail_jobs.hpp"

#include <utility>

namespace ashlar::backend {

using namespace std::chrono_literals;

Task<Result<>> send_email(jobs::JobCall& call, SendEmail mail, Mails& mails) {
  auto sent = co_await mails.deliver(call, std::move(mail),
                                     {.id = call.job_id(), .at = call.enqueued_at(), .number = call.attempt()});
  if (sent) co_return sent;
  auto error = std::unexpected(std::move(sent.error()));
  const bool is_final = mail::is_permanent(error.error()) || error.error().code() == mail::errors::template_value;
  if (is_final) co_return call.give_up(std::move(error));
  co_return error;
}

void mount_mail_jobs(jobs::Table& table, Mails& mails) {
  table.add<SendEmail>(send_email, mails)
      .queue("mail")
      .encrypted()
      .attempts(12)
      .backoff({.delays = {30s, 2min, 5min, 15min, 1h, 2h, 4h}})
      .timeout(150s)
      .summary("Send a mail");
}

}  // namespace ashlar::backend
