// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/memory_rate_limits.hpp"
#include "ashlar/api/units.hpp"
#include "ashlar/jobs/enqueuer.hpp"
#include "ashlar/mail/mailer.hpp"
#include "ashlar/mail/templates.hpp"
#include "backend/mail/send_email.hpp"
#include "backend/mail/unsubscribe_links.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace ashlar::backend {

struct MailOptions {
  mail::Mailbox from;
  // Notices to one address, in this process. Anybody who registers another's address could cause any number of them.
  std::uint32_t notices_per_hour_max = 10;
  std::size_t counted_addresses_max = 4'096;  // 48 bytes each
};

// What a mail is recognised by when it is sent again.
struct MailAttempt {
  Uuid id;       // the left part of its Message-ID
  Timestamp at;  // its date
  int number = 1;
};

// Makes mails from templates and sends them: the one way in which features send mail. A mail is a job (mail_jobs.hpp),
// so it commits with the unit that sends it, and a crash or a mail server that is down does not lose it. Safe from
// every loop; what it refers to outlives it.
class Mails {
 public:
  struct Services {
    mail::Mailer& mailer;
    api::Units& units;
    const UnsubscribeLinks& links;
    const jobs::Enqueuer& enqueuer;
  };
  Mails(Services services, MailOptions options);
  Mails(const Mails&) = delete;
  Mails& operator=(const Mails&) = delete;

  // Enqueues the mail in the unit. Without a language it takes the one of the request.
  void send(api::UnitOfWork& unit, SendEmail mail);

  // One attempt. Checks now whether the address is suppressed and whether a subscription has ended; writes the mail in
  // the language of the account, or of the mail. An address that the server refuses for good is suppressed. A mail that
  // is not to be sent counts as sent. Errors: those of mail::Mailer, mail.template_value, those of sql::errors.
  Task<Result<>> deliver(api::Call& call, SendEmail mail, MailAttempt attempt);

  [[nodiscard]] const mail::Templates& templates() const { return templates_; }

 private:
  struct Recipient;
  Task<Result<Recipient>> recipient_of(SendEmail mail);
  [[nodiscard]] Result<mail::Message> message_of(const SendEmail& mail, const Recipient& recipient,
                                                 const MailAttempt& attempt) const;
  [[nodiscard]] bool may_send_notice(const api::Call& call, std::string_view to);

  const Services services_;
  const MailOptions options_;
  const mail::Templates templates_;
  api::MemoryRateLimits notices_;
};

}  // namespace ashlar::backend
