// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/mail/message.hpp"

#include <string>

namespace ashlar::mail {

// The mail as bytes: RFC 5322, with both texts in multipart/alternative (RFC 2046 section 5.1.4), the plain one first.
// All bytes are ASCII, lines end with CR LF and have at most 76 characters, or 998 where an address alone is longer.
// Texts are quoted-printable (RFC 2045 section 6.7), names and subjects that need it are encoded words (RFC 2047).
// Auto-Submitted: auto-generated (RFC 3834) keeps autoresponders from answering.
[[nodiscard]] std::string to_internet_message(const Message& message);

}  // namespace ashlar::mail
