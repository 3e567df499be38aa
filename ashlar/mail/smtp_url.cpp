// SPDX-License-Identifier: Apache-2.0
#include "ashlar/mail/smtp_url.hpp"

#include "ashlar/core/ascii.hpp"
#include "ashlar/core/encoding.hpp"
#include "ashlar/core/ip_address.hpp"
#include "ashlar/core/parse.hpp"
#include "ashlar/schema/constraints.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace ashlar::mail {

namespace {

constexpr std::size_t credential_bytes_max = 1'024;

std::unexpected<Error> wrong(std::string what) {
  return fail(errors::invalid_smtp_url, "An SMTP URL " + std::move(what));
}

// Without control characters: NUL separates the parts of AUTH PLAIN.
std::optional<std::string> decoded(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    char c = text[at];
    if (c == '%') {
      if (at + 2 >= text.size() || !is_hex_digit(text[at + 1]) || !is_hex_digit(text[at + 2])) return std::nullopt;
      c = static_cast<char>(hex_value(text[at + 1]) * 16 + hex_value(text[at + 2]));
      at += 2;
    }
    if (static_cast<unsigned char>(c) < ' ' || c == '\x7f') return std::nullopt;
    out += c;
  }
  if (out.size() > credential_bytes_max || !is_utf8(out)) return std::nullopt;
  return out;
}

bool is_host(std::string_view text) {
  if (IpAddress::parse(text)) return true;
  if (text.empty() || text.size() > 253 || text.front() == '.' || text.front() == '-') return false;
  static constexpr auto allowed = alphabet("-_.");
  return !text.contains("..") &&
         std::ranges::all_of(text, [](char c) { return allowed[static_cast<unsigned char>(c)]; });
}

Result<> read_credentials(std::string_view text, SmtpServer& out) {
  const std::size_t colon = text.find(':');
  if (colon == text.npos) return wrong("names the user as user:password@.");
  auto user = decoded(text.substr(0, colon));
  auto password = decoded(text.substr(colon + 1));
  if (!user || !password || user->empty())
    return wrong("has a user or a password that is empty, too long, or not percent-encoded text.");
  out.user = std::move(*user);
  out.password = std::move(*password);
  return {};
}

Result<> read_host(std::string_view text, SmtpServer& out) {
  std::string_view host;
  if (text.starts_with('[')) {
    const std::size_t close = text.find(']');
    if (close == text.npos) return wrong("has a [ without its ].");
    host = text.substr(1, close - 1);
    text.remove_prefix(close + 1);
  } else {
    host = text.substr(0, text.find(':'));
    text.remove_prefix(host.size());
  }
  if (!is_host(host)) return wrong("names a host.");
  out.host = host;
  if (text.empty()) return {};
  const auto port = text.starts_with(':') ? parse_integer<std::uint16_t>(text.substr(1)) : std::nullopt;
  if (!port || *port == 0) return wrong("has a port from 1 to 65535 after the host.");
  out.port = *port;
  return {};
}

Result<> read_option(std::string_view option, SmtpServer& out) {
  if (option == "tls=none" && out.tls == SmtpServer::Tls::required) {
    if (!out.user.empty()) return wrong("with tls=none has no credentials: they would be readable on the way.");
    out.tls = SmtpServer::Tls::none;
    return {};
  }
  if (!option.starts_with("name=")) return wrong("knows the options tls=none (of smtp://) and name=HOST.");
  const std::string_view name = option.substr(5);
  const bool is_literal =
      name.starts_with('[') && name.ends_with(']') && IpAddress::parse(name.substr(1, name.size() - 2)).has_value();
  if (!is_literal && !Email::parse("a@" + std::string(name))) return wrong("names a host after name=.");
  out.client_name = name;
  return {};
}

}  // namespace

Result<SmtpServer> parse_smtp_url(std::string_view url) {
  SmtpServer out;
  if (url.starts_with("smtps://")) {
    out.tls = SmtpServer::Tls::implicit;
    out.port = 465;
    url.remove_prefix(8);
  } else if (url.starts_with("smtp://")) {
    url.remove_prefix(7);
  } else {
    return wrong("begins with smtp:// or smtps://.");
  }
  std::string_view options;
  if (const std::size_t question = url.find('?'); question != url.npos) {
    options = url.substr(question + 1);
    url = url.substr(0, question);
  }
  if (url.ends_with('/')) url.remove_suffix(1);
  Result<> read;
  if (const std::size_t at = url.rfind('@'); at != url.npos) {
    read = read_credentials(url.substr(0, at), out);
    url.remove_prefix(at + 1);
  }
  if (read) read = read_host(url, out);
  while (read && !options.empty()) {
    const std::size_t end = std::min(options.find('&'), options.size());
    read = read_option(options.substr(0, end), out);
    options.remove_prefix(std::min(end + 1, options.size()));
  }
  if (!read) return std::unexpected(std::move(read.error()));
  return out;
}

}  // namespace ashlar::mail
