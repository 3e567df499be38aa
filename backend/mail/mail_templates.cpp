// SPDX-License-Identifier: Apache-2.0
#include "backend/mail/mail_templates.hpp"

namespace ashlar::backend {

mail::Templates mail_templates() {
  mail::Templates out({&mail::english, &mail::german});
  add_english_mails(out);
  add_german_mails(out);
  out.validate();
  return out;
}

}  // namespace ashlar::backend
