// SPDX-License-Identifier: Apache-2.0
#include "backend/mail/mail_transport.hpp"

#include "ashlar/mail/folder_mailer.hpp"
#include "ashlar/mail/http_api_mailer.hpp"
#include "ashlar/mail/smtp_mailer.hpp"

#include <optional>

namespace ashlar::backend {

struct MailTransport::State {
  State(const MailSettings& settings, const Clock& clock, log::Logger& logger) {
    if (settings.folder) {
      mailer = &folder.emplace(*settings.folder);
    } else if (settings.smtp) {
      if (settings.dkim) dkim.emplace(*settings.dkim);
      mailer = &smtp.emplace(mail::SmtpOptions{
          .server = *settings.smtp, .ca_file = settings.ca_file, .dkim = dkim ? &*dkim : nullptr, .clock = &clock});
    } else if (!settings.api_url.empty()) {
      client.emplace(http::ClientOptions{.ca_file = settings.ca_file, .clock = &clock});
      mailer = &api.emplace(*client, mail::HttpApiOptions{.url = settings.api_url, .api_key = settings.api_key});
    } else {
      mailer = &memory.emplace(mail::MemoryMailerOptions{.kept_max = settings.kept_max}, logger);
    }
  }

  std::optional<mail::DkimSigner> dkim;
  std::optional<http::Client> client;
  std::optional<mail::FolderMailer> folder;  // one of the four
  std::optional<mail::SmtpMailer> smtp;
  std::optional<mail::HttpApiMailer> api;
  std::optional<mail::MemoryMailer> memory;
  mail::Mailer* mailer = nullptr;
};

MailTransport::MailTransport(const MailSettings& settings, const Clock& clock, log::Logger& logger)
    : state_(std::make_unique<State>(settings, clock, logger)) {}
MailTransport::~MailTransport() = default;

mail::Mailer& MailTransport::mailer() { return *state_->mailer; }

const mail::MemoryMailer* MailTransport::kept_mails() const { return state_->memory ? &*state_->memory : nullptr; }

void MailTransport::close() {
  if (state_->smtp) state_->smtp->close();
  if (state_->client) state_->client->close();
}

}  // namespace ashlar::backend
