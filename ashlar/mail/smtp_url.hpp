// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/error.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace ashlar::mail {

// A server that mail is submitted to (RFC 6409), and how it is reached.
struct SmtpServer {
  enum class Tls : std::uint8_t {
    implicit,  // from the first byte (RFC 8314), the default of smtps://
    required,  // STARTTLS (RFC 3207) before anything else; a server that does not offer it gets no mail
    none,      // for a relay on the same machine
  } tls = Tls::required;
  std::string host;  // a DNS name, or an address without brackets
  std::uint16_t port = 587;
  std::string user{};  // empty: no sign-in. Never set with Tls::none
  std::string password{};
  std::string client_name = "[127.0.0.1]";  // what EHLO says: a DNS name or an address literal
};

namespace errors {
inline constexpr ErrorCode invalid_smtp_url{ErrorKind::invalid, "mail.invalid_smtp_url"};
}  // namespace errors

//   smtp://[user:password@]host[:port]    STARTTLS is required; port 587
//   smtps://[user:password@]host[:port]   TLS from the first byte; port 465
//
// with ?tls=none for smtp:// without credentials, and ?name=shop.example for the name that EHLO says. User and password
// are percent-encoded where they hold one of : @ / ? # %. Error mail.invalid_smtp_url: its message never shows the URL,
// which holds a password.
[[nodiscard]] Result<SmtpServer> parse_smtp_url(std::string_view url);

}  // namespace ashlar::mail
