// SPDX-License-Identifier: Apache-2.0
#include "ashlar/mail/detail/smtp_reply.hpp"

#include "ashlar/core/ascii.hpp"
#include "ashlar/mail/mailer.hpp"

#include <algorithm>
#include <utility>

namespace ashlar::mail::detail {

namespace {

constexpr std::size_t reply_bytes_max = 16 * 1024;

std::unexpected<Error> malformed(std::string cause) {
  return std::unexpected(Error(errors::unavailable, "The mail was not sent.").with_cause(std::move(cause)));
}

// 0: none.
int code_of(std::string_view line) {
  if (line.size() < 3 || line[0] < '2' || line[0] > '5' || !is_digit(line[1]) || !is_digit(line[2])) return 0;
  if (line.size() > 3 && line[3] != ' ' && line[3] != '-') return 0;
  return (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
}

}  // namespace

std::string_view SmtpReply::enhanced_code() const {
  if (lines.empty()) return {};
  const std::string_view text = std::string_view(lines.front()).substr(0, lines.front().find(' '));
  const bool has_shape = text.size() >= 5 && text[1] == '.' && text[0] - '0' == code / 100 &&
                         std::ranges::count(text, '.') == 2 && is_digit(text.back()) &&
                         std::ranges::all_of(text, [](char c) { return c == '.' || is_digit(c); });
  return has_shape ? text : std::string_view{};
}

Result<std::optional<SmtpReply>> take_smtp_reply(std::string& received) {
  SmtpReply out;
  std::string_view rest = received;
  while (true) {
    const std::size_t end = rest.find("\r\n");
    if (end == rest.npos) {
      if (received.size() > reply_bytes_max) return malformed("the server's reply is too long");
      return std::optional<SmtpReply>{};
    }
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end + 2);
    const int code = code_of(line);
    if (code == 0 || (out.code != 0 && code != out.code)) return malformed("the server's reply is malformed");
    out.code = code;
    out.lines.emplace_back(line.substr(std::min<std::size_t>(4, line.size())));
    if (received.size() - rest.size() > reply_bytes_max) return malformed("the server's reply is too long");
    if (line.size() > 3 && line[3] == '-') continue;
    received.erase(0, received.size() - rest.size());
    return std::optional(std::move(out));
  }
}

}  // namespace ashlar::mail::detail
