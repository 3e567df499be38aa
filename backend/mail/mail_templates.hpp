// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/mail/templates.hpp"

namespace ashlar::backend {

// The texts of every mail that the backend sends, in English and in German. Built once, at start.
[[nodiscard]] mail::Templates mail_templates();

void add_english_mails(mail::Templates& templates);
void add_german_mails(mail::Templates& templates);

}  // namespace ashlar::backend
