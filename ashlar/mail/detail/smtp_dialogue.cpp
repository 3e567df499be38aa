// SPDX-License-Identifier: Apache-2.0
#include "ashlar/mail/detail/smtp_dialogue.hpp"

#include "ashlar/core/encoding.hpp"
#include "ashlar/core/parse.hpp"
#include "ashlar/mail/detail/base64.hpp"
#include "ashlar/mail/mailer.hpp"

#include <algorithm>
#include <utility>

namespace ashlar::mail::detail {

namespace {

constexpr int closing = 421;            // at any time: the server ends the connection
constexpr std::size_t shown_max = 200;  // bytes of a reply in the log

// What the log shows of a reply: one line of printable ASCII, without the recipient, whom servers like to repeat.
std::string shown(const SmtpReply& reply, std::string_view recipient) {
  std::string text;
  for (const std::string& line : reply.lines) text += (text.empty() ? "" : " ") + line;
  const std::string lower = ascii_lower(text);
  const std::string wanted = ascii_lower(recipient);
  std::string out;
  for (std::size_t at = 0; at < text.size() && out.size() < shown_max;) {
    if (!wanted.empty() && lower.compare(at, wanted.size(), wanted) == 0) {
      out += "(recipient)";
      at += wanted.size();
      continue;
    }
    out += text[at] >= ' ' && text[at] <= '~' ? text[at] : '?';
    ++at;
  }
  return out;
}

// Whether it is the address that is refused, and not the mail, the sender or the client. By the enhanced code where
// there is one: policies (5.7.x) answer RCPT with 550, too.
bool refuses_address(const SmtpReply& reply) {
  const std::string_view enhanced = reply.enhanced_code();
  if (!enhanced.empty()) return enhanced.starts_with("5.1.") || enhanced == "5.2.1";
  return reply.code == 550 || reply.code == 551 || reply.code == 553;
}

// The server refuses us rather than the mail: it will take the mail once the operator has corrected the credentials.
bool refuses_client(const SmtpReply& reply) {
  return reply.code == 530 || reply.code == 534 || reply.code == 535 || reply.code == 538;
}

}  // namespace

std::string dot_stuffed(std::string_view message) {
  std::string out;
  out.reserve(message.size() + message.size() / 64 + 5);
  while (!message.empty()) {
    const std::size_t end = message.find("\r\n");
    const std::string_view line = message.substr(0, end);
    if (line.starts_with('.')) out += '.';
    out.append(line).append("\r\n");
    message.remove_prefix(end == message.npos ? message.size() : end + 2);
  }
  return out += ".\r\n";
}

Error SmtpDialogue::error_of(ErrorCode code, std::string_view during, const SmtpReply* reply) const {
  std::string cause = server_.host + ": " + std::string(during);
  if (reply != nullptr) cause += ": " + std::to_string(reply->code) + " " + shown(*reply, mail_.recipient);
  return Error(code, "The mail was not sent.").with_cause(std::move(cause));
}

SmtpDialogue::Step SmtpDialogue::fail_with(ErrorCode code, std::string_view during, const SmtpReply* reply) {
  return {.kind = Step::Kind::failed, .error = error_of(code, during, reply)};
}

SmtpDialogue::Step SmtpDialogue::send(State next, std::string bytes) {
  state_ = next;
  return {.kind = Step::Kind::send, .bytes = std::move(bytes)};
}

SmtpDialogue::Step SmtpDialogue::hello(State next) { return send(next, "EHLO " + server_.client_name + "\r\n"); }

// What was offered before TLS counts for nothing (RFC 3207 section 4.2).
SmtpDialogue::Step SmtpDialogue::secured() {
  if (state_ != State::start_tls) return {.kind = Step::Kind::ready};
  return hello(State::secure_hello);
}

SmtpDialogue::Step SmtpDialogue::receive(const SmtpReply& reply) {
  if (reply.code == closing && state_ != State::reset) {
    state_ = State::ready;  // the server has not taken the mail over
    return fail_with(errors::unavailable, "the server closes the connection", &reply);
  }
  switch (state_) {
    case State::greeting:
      if (reply.code != 220) return fail_with(errors::unavailable, "the server does not greet", &reply);
      return hello(server_.tls == SmtpServer::Tls::required ? State::hello : State::secure_hello);
    case State::hello:
    case State::secure_hello:
      return after_hello(reply);
    case State::start_tls:
      if (reply.code != 220) return fail_with(errors::unavailable, "STARTTLS", &reply);
      return {.kind = Step::Kind::start_tls};
    case State::auth_plain:
    case State::auth_user:
    case State::auth_password:
      return after_auth(reply);
    case State::ready:
      return fail_with(errors::unavailable, "the server replies to nothing", &reply);
    default:
      return transact(reply);
  }
}

SmtpDialogue::Step SmtpDialogue::after_hello(const SmtpReply& reply) {
  if (reply.code != 250) return fail_with(errors::unavailable, "EHLO", &reply);
  offers_tls_ = offers_size_ = offers_plain_ = offers_login_ = false;
  message_bytes_max_ = 0;
  for (const std::string& line : reply.lines) {  // the first is the server's name and matches no keyword
    std::string_view rest = line;
    const std::string keyword = ascii_lower(take_word(rest));
    offers_tls_ |= keyword == "starttls";
    if (keyword == "size") {
      offers_size_ = true;
      message_bytes_max_ = parse_integer<std::size_t>(rest).value_or(0);
    }
    while (keyword == "auth" && !rest.empty()) {
      const std::string mechanism = ascii_lower(take_word(rest));
      offers_plain_ |= mechanism == "plain";
      offers_login_ |= mechanism == "login";
    }
  }
  if (state_ == State::hello) {
    if (!offers_tls_) return fail_with(errors::unavailable, "the server offers no STARTTLS", nullptr);
    return send(State::start_tls, "STARTTLS\r\n");
  }
  return begin_auth();
}

SmtpDialogue::Step SmtpDialogue::begin_auth() {
  if (server_.user.empty() || server_.tls == SmtpServer::Tls::none) {
    state_ = State::ready;
    return {.kind = Step::Kind::ready};
  }
  if (offers_plain_) {
    const std::string response = '\0' + server_.user + '\0' + server_.password;
    return send(State::auth_plain, "AUTH PLAIN " + base64(response) + "\r\n");
  }
  if (offers_login_) return send(State::auth_user, "AUTH LOGIN\r\n");
  return fail_with(errors::unavailable, "the server offers neither AUTH PLAIN nor AUTH LOGIN", nullptr);
}

// The text of these replies is not logged: a server may repeat what it was sent.
SmtpDialogue::Step SmtpDialogue::after_auth(const SmtpReply& reply) {
  if (state_ == State::auth_user && reply.code == 334) return send(State::auth_password, base64(server_.user) + "\r\n");
  if (state_ == State::auth_password && reply.code == 334)
    return send(State::auth_plain, base64(server_.password) + "\r\n");
  if (state_ == State::auth_plain && reply.code == 235) {
    state_ = State::ready;
    return {.kind = Step::Kind::ready};
  }
  const SmtpReply code_alone{.code = reply.code, .lines = {}};
  return fail_with(errors::unavailable, "the sign-in was refused", &code_alone);
}

SmtpDialogue::Step SmtpDialogue::submit(SmtpMail mail) {
  mail_ = std::move(mail);
  outcome_.reset();
  if (message_bytes_max_ != 0 && mail_.message.size() > message_bytes_max_) {
    return {.kind = Step::Kind::done,
            .error = error_of(errors::rejected, "the mail is larger than the server takes", nullptr)};
  }
  const std::string size = offers_size_ ? " SIZE=" + std::to_string(mail_.message.size()) : "";
  return send(State::sender, "MAIL FROM:<" + mail_.sender + ">" + size + "\r\n");
}

SmtpDialogue::Step SmtpDialogue::transact(const SmtpReply& reply) {
  const ErrorCode refused = reply.is_permanent() && !refuses_client(reply) ? errors::rejected : errors::unavailable;
  switch (state_) {
    case State::sender:
      if (!reply.is_positive()) return end_mail(error_of(refused, "MAIL", &reply));
      return send(State::recipient, "RCPT TO:<" + mail_.recipient + ">\r\n");
    case State::recipient:
      if (reply.is_positive()) return send(State::data, "DATA\r\n");
      if (reply.is_permanent() && refuses_address(reply))
        return end_mail(error_of(errors::recipient_rejected, "RCPT", &reply));
      return end_mail(error_of(refused, "RCPT", &reply));
    case State::data:
      if (reply.code == 354) return send(State::message, dot_stuffed(mail_.message));
      // A positive reply leaves unknown whether the server waits for a message.
      if (reply.is_positive()) return fail_with(errors::unavailable, "DATA", &reply);
      return end_mail(error_of(refused, "DATA", &reply));
    case State::message:
      state_ = State::ready;
      if (reply.is_positive()) return {.kind = Step::Kind::done};
      return {.kind = Step::Kind::done, .error = error_of(refused, "the message", &reply)};
    default:  // RSET
      state_ = State::ready;
      if (!reply.is_positive()) return {.kind = Step::Kind::failed, .error = std::move(outcome_)};
      return {.kind = Step::Kind::done, .error = std::move(outcome_)};
  }
}

SmtpDialogue::Step SmtpDialogue::end_mail(std::optional<Error> error) {
  outcome_ = std::move(error);
  return send(State::reset, "RSET\r\n");
}

}  // namespace ashlar::mail::detail
