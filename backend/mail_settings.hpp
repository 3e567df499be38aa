// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/mail/dkim_signer.hpp"
#include "ashlar/mail/message.hpp"
#include "ashlar/mail/smtp_url.hpp"

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>

namespace ashlar::config {
class Environment;
}  // namespace ashlar::config

namespace ashlar::backend {

struct Settings;

// MAIL_URL and what belongs to it. At most one of the first three is set; with none, mails are kept in the process.
struct MailSettings {
  std::optional<std::filesystem::path> folder;  // of "file:FOLDER"
  std::optional<mail::SmtpServer> smtp;         // of "smtp://" and "smtps://"
  std::string api_url;                          // of "https://": an API of Resend's form
  std::string api_key;                          // EMAIL_SERVICE_API_KEY, with api_url
  std::string ca_file;                          // MAIL_CA_FILE; its contents are not looked at here
  std::optional<mail::DkimKey> dkim;            // MAIL_DKIM_*; the key is not looked at here
  std::string unsubscribe_url = "http://localhost:3000/api/unsubscribe";  // MAIL_UNSUBSCRIBE_URL, without its query
  std::size_t kept_max = 100;                                             // mails that the process keeps
  mail::Mailbox from{.name = mail::DisplayName::of("Ashlar"), .address = Email::of("no-reply@ashlar.example")};
  std::string public_url = "http://localhost:3000";  // the start of links in mails
  std::chrono::milliseconds verification_lifetime{24 * 60 * 60 * 1'000};
  std::chrono::milliseconds reset_lifetime{30 * 60 * 1'000};
  std::chrono::milliseconds email_change_lifetime{60 * 60 * 1'000};
};

// Whether mails leave the process, so that their recipients get them.
[[nodiscard]] inline bool sends_mail(const MailSettings& mail) { return mail.smtp || !mail.api_url.empty(); }

// Reads them. Stage, port and TLS must be read before.
void read_mail(config::Environment& env, Settings& settings);

}  // namespace ashlar::backend
