// SPDX-License-Identifier: Apache-2.0
#include "backend/mail_settings.hpp"

#include "backend/settings.hpp"

#include <algorithm>
#include <fstream>
#include <string_view>
#include <utility>

namespace ashlar::backend {

using namespace std::chrono_literals;

namespace {

constexpr std::string_view file_scheme = "file:";
constexpr std::size_t dkim_key_bytes_max = 16 * 1024;
constexpr std::size_t unsubscribe_url_bytes_max = 500;  // a token of up to 400 follows

void read_folder(config::Environment& env, std::string_view folder, MailSettings& mail) {
  if (folder.starts_with("//")) folder.remove_prefix(2);
  if (folder.empty() || folder.contains('\0') || folder.contains('?') || folder.contains('#'))
    return env.fault("MAIL_URL", "expected a folder after file:, without ? and #");
  mail.folder = std::filesystem::path(folder);
}

// No fault shows the value: a URL of SMTP holds a password.
void read_mail_url(config::Environment& env, MailSettings& mail) {
  const auto url = env.raw("MAIL_URL");
  mail.ca_file = env.text("MAIL_CA_FILE", "");
  mail.api_key = env.secret("EMAIL_SERVICE_API_KEY", {}).value_or("");
  const bool is_api = url && url->starts_with("https:");
  if (!url) {
  } else if (url->starts_with(file_scheme)) {
    read_folder(env, std::string_view(*url).substr(file_scheme.size()), mail);
  } else if (url->starts_with("smtp:") || url->starts_with("smtps:")) {
    auto server = mail::parse_smtp_url(*url);
    if (!server) return env.fault("MAIL_URL", server.error().message());
    mail.smtp = std::move(*server);
  } else if (is_api && Url::parse(*url)) {
    mail.api_url = *url;
  } else {
    env.fault("MAIL_URL", "expected smtp://HOST, smtps://HOST, https://API, file:FOLDER, or nothing");
  }
  if (is_api && mail.api_key.empty()) env.fault("EMAIL_SERVICE_API_KEY", "is needed where MAIL_URL is https://");
  if (!is_api && !mail.api_key.empty()) env.fault("EMAIL_SERVICE_API_KEY", "is for a MAIL_URL of https://");
}

void read_dkim(config::Environment& env, MailSettings& mail) {
  const auto file = env.raw("MAIL_DKIM_KEY_FILE");
  const auto selector = env.raw("MAIL_DKIM_SELECTOR");
  const auto domain = env.raw("MAIL_DKIM_DOMAIN");
  if (!file && !selector && !domain) return;
  if (!file) return env.fault("MAIL_DKIM_KEY_FILE", "is needed where DKIM is set");
  if (!selector) env.fault("MAIL_DKIM_SELECTOR", "is needed where MAIL_DKIM_KEY_FILE is set");
  if (!mail.smtp) env.fault("MAIL_DKIM_KEY_FILE", "is for a MAIL_URL of smtp:// or smtps://");
  std::ifstream in(*file, std::ios::binary);
  std::string key(dkim_key_bytes_max, '\0');
  in.read(key.data(), static_cast<std::streamsize>(key.size()));
  key.resize(static_cast<std::size_t>(std::max<std::streamsize>(in.gcount(), 0)));
  if (key.empty()) return env.fault("MAIL_DKIM_KEY_FILE", "cannot be read, or is empty");
  const std::string_view from = mail.from.address.view();
  mail.dkim = mail::DkimKey{.domain = domain.value_or(std::string(from.substr(from.rfind('@') + 1))),
                            .selector = selector.value_or(""),
                            .private_key_pem = std::move(key)};
}

void read_unsubscribe_url(config::Environment& env, MailSettings& mail) {
  mail.unsubscribe_url = mail.public_url;
  while (mail.unsubscribe_url.ends_with('/')) mail.unsubscribe_url.pop_back();
  mail.unsubscribe_url += "/api/unsubscribe";
  const auto url = env.raw("MAIL_UNSUBSCRIBE_URL");
  if (!url) return;
  if (!Url::parse(*url) || url->size() > unsubscribe_url_bytes_max || url->contains('?') || url->contains('#'))
    return env.fault("MAIL_UNSUBSCRIBE_URL", "expected a short http or https URL without a query and a fragment");
  mail.unsubscribe_url = *url;
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
  read_dkim(env, mail);
  read_unsubscribe_url(env, mail);
  mail.kept_max = static_cast<std::size_t>(env.integer("MAIL_KEPT_MAX", 100, 1, 10'000));
  mail.verification_lifetime = env.duration("EMAIL_VERIFICATION_LIFETIME", mail.verification_lifetime, 1min, 30 * 24h);
  mail.reset_lifetime = env.duration("PASSWORD_RESET_LIFETIME", mail.reset_lifetime, 1min, 24h);
  mail.email_change_lifetime = env.duration("EMAIL_CHANGE_LIFETIME", mail.email_change_lifetime, 1min, 24h);
}

}  // namespace ashlar::backend
