// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/mail/message.hpp"

#include <string>
#include <string_view>

// Header fields, each a whole line or several that are folded. The name has at most 10 characters.
namespace ashlar::mail::detail {

// RFC 5322 section 3.3, in UTC.
void append_date(Timestamp at, std::string& out);
// As it stands where that is plain ASCII and short, else in encoded words.
void append_text(std::string_view name, std::string_view text, std::string& out);
void append_mailbox(std::string_view name, const Mailbox& mailbox, std::string& out);

}  // namespace ashlar::mail::detail
