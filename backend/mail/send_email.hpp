// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/timestamp.hpp"
#include "ashlar/core/uuid.hpp"
#include "ashlar/mail/template_values.hpp"
#include "ashlar/schema/constraints.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace ashlar::backend {

// Why a mail is sent, which decides who can stop it.
enum class MailStream : std::uint8_t {
  transactional,  // its recipient asked for it, or needs it
  notice,         // about the account's security; a stranger can cause it, so an address gets few in an hour
  subscription,   // a notification by mail, which its recipient can end (RFC 8058)
};
ASHLAR_DESCRIBE_ENUM(MailStream, transactional, notice, subscription)

// A mail to be sent: a template and its values. Its arguments are sealed, since links hold tokens.
struct SendEmail {
  static constexpr std::string_view job_name = "send-email";

  std::string to;
  std::string template_name;
  std::string language{};  // a tag of the templates
  MailStream stream = MailStream::transactional;
  Nullable<Uuid> user_id{};          // of a subscription
  bool is_decoy = false;             // made and not sent, so that a request's duration tells nothing
  Nullable<Timestamp> expires_at{};  // then it is of no use, and not sent
  mail::TemplateValues values{};
};
ASHLAR_DESCRIBE(SendEmail, to, template_name, language, stream, user_id, is_decoy, expires_at, values)

}  // namespace ashlar::backend
