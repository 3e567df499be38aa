// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/mail/message.hpp"

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

// MAIL_URL and related settings.
struct MailSettings {
  std::optional<std::filesystem::path> folder;  // of "file:FOLDER"; absent: mails are stored in the process
  std::size_t kept_max = 100;                   // of those
  mail::Mailbox from{.name = mail::DisplayName::of("Ashlar"), .address = Email::of("no-reply@ashlar.example")};
  std::string public_url = "http://localhost:3000";  // the start of links in mails
  std::chrono::milliseconds verification_lifetime{24 * 60 * 60 * 1'000};
  std::chrono::milliseconds reset_lifetime{30 * 60 * 1'000};
  std::chrono::milliseconds email_change_lifetime{60 * 60 * 1'000};
};

// Reads them. Stage, port and TLS must be read before.
void read_mail(config::Environment& env, Settings& settings);

}  // namespace ashlar::backend
