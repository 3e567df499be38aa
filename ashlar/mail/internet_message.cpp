// SPDX-License-Identifier: Apache-2.0
#include "ashlar/mail/internet_message.hpp"

#include "ashlar/mail/detail/header_fields.hpp"
#include "ashlar/mail/detail/quoted_printable.hpp"

#include <string_view>

namespace ashlar::mail {

namespace {

// "=_" cannot stand in quoted-printable text (RFC 2045 section 6.7), so no part holds the boundary.
constexpr std::string_view boundary = "=_ashlar";

void append_part(std::string_view subtype, std::string_view text, std::string& out) {
  out.append("--").append(boundary).append("\r\nContent-Type: text/").append(subtype);
  out += "; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n";
  detail::append_quoted_printable(text, out);
}

}  // namespace

std::string to_internet_message(const Message& message) {
  std::string out;
  out.reserve(1'024 + message.text.view().size() * 2 + message.html.view().size() * 2);
  detail::append_date(message.at, out);
  detail::append_mailbox("From", message.from, out);
  detail::append_mailbox("To", message.to, out);
  detail::append_text("Subject", message.subject.view(), out);
  out.append("Message-ID: <").append(message.id.view()).append(">\r\n");
  if (message.unsubscribe) {
    out.append("List-Unsubscribe:\r\n <").append(message.unsubscribe->view()).append(">\r\n");
    out += "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n";
  }
  out += "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n";
  out.append("Content-Type: multipart/alternative; boundary=\"").append(boundary).append("\"\r\n\r\n");
  append_part("plain", message.text.view(), out);
  append_part("html", message.html.view(), out);
  out.append("--").append(boundary).append("--\r\n");
  return out;
}

}  // namespace ashlar::mail
