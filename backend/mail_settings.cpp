// SPDX-License-Identifier: Apache-2.0
#include "backend/mail_settings.hpp"

#include "backend/settings.hpp"

#include <string_view>

namespace ashlar::backend {

using namespace std::chrono_literals;

namespace {

constexpr std::string_view file_scheme = "file:";

// The value is not shown: a URL of SMTP holds a password.
void read_mail_url(config::Environment& env, MailSettings& mail) {
  const auto url = env.raw("MAIL_URL");
  if (!url) return;
  if (url->starts_with("smtp:") || url->starts_with("smtps:"))
    return env.fault("MAIL_URL", "smtp:// is not supported by this version; expected file:FOLDER, or nothing");
  std::string_view folder = *url;
  if (!folder.starts_with(file_scheme)) return env.fault("MAIL_URL", "expected file:FOLDER, or nothing");
  folder.remove_prefix(file_scheme.size());
  if (folder.starts_with("//")) folder.remove_prefix(2);
  if (folder.empty() || folder.contains('\0') || folder.contains('?') || folder.contains('#'))
    return env.fault("MAIL_URL", "expected a folder after file:, without ? and #");
  mail.folder = std::filesystem::path(folder);
}

void read_public_url(config::Environment& env, const Settings& settings, MailSettings& mail) {
  mail.public_url = (settings.tls ? "https://localhost:" : "http://localhost:") + std::to_string(settings.port);
  const auto url = env.raw("PUBLIC_URL");
  if (!url) return;
  // A query or a fragment would swallow the page and the token that follow.
  if (!Url::parse(*url) || url->contains('?') || url->contains('#'))
    return env.fault("PUBLIC_URL", "expected an http or https URL without a query and a fragment");
  mail.public_url = *url;
}

}  // namespace

void read_mail(config::Environment& env, Settings& settings) {
  MailSettings& mail = settings.mail;
  read_mail_url(env, mail);
  read_public_url(env, settings, mail);
  if (const auto from = env.raw("MAIL_FROM")) {
    if (const auto mailbox = mail::Mailbox::parse(*from)) {
      mail.from = *mailbox;
    } else {
      env.fault("MAIL_FROM", "expected an e-mail address, or NAME <ADDRESS>");
    }
  }
  if (settings.stage == Stage::production && env.raw("MAIL_URL")) {
    if (!env.raw("MAIL_FROM")) env.fault("MAIL_FROM", "is needed in production where MAIL_URL is set");
    if (!env.raw("PUBLIC_URL")) env.fault("PUBLIC_URL", "is needed in production where MAIL_URL is set");
  }
  mail.kept_max = static_cast<std::size_t>(env.integer("MAIL_KEPT_MAX", 100, 1, 10'000));
  mail.verification_lifetime = env.duration("EMAIL_VERIFICATION_LIFETIME", mail.verification_lifetime, 1min, 30 * 24h);
  mail.reset_lifetime = env.duration("PASSWORD_RESET_LIFETIME", mail.reset_lifetime, 1min, 24h);
  mail.email_change_lifetime = env.duration("EMAIL_CHANGE_LIFETIME", mail.email_change_lifetime, 1min, 24h);
}

}  // namespace ashlar::backend
