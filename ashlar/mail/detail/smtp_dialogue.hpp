// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/error.hpp"
#include "ashlar/mail/detail/smtp_reply.hpp"
#include "ashlar/mail/smtp_url.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ashlar::mail::detail {

// One mail for one recipient, as SMTP transports it.
struct SmtpMail {
  std::string sender;
  std::string recipient;
  std::string message;  // lines end with CR LF
};

// The message as the bytes after DATA: lines that begin with a dot get another one, and a line of one dot ends it (RFC
// 5321 section 4.5.2).
[[nodiscard]] std::string dot_stuffed(std::string_view message);

// The client's side of a connection (RFC 5321) as a state machine without I/O: from the greeting over STARTTLS and AUTH
// (RFC 4954) to one mail after another. The owner does what a Step says and passes back what came of it.
//
// Commands are built from values whose types hold no white space and no line break (Email, SmtpServer), so no value can
// add a command. Every byte that is sent is ASCII, because addresses and messages are: neither 8BITMIME nor SMTPUTF8 is
// needed. A command waits for its reply; pipelining would save two round trips a mail.
class SmtpDialogue {
 public:
  struct Step {
    enum class Kind : std::uint8_t {
      send,       // write `bytes`, then read a reply and pass it to receive()
      start_tls,  // do the TLS handshake, then call secured()
      ready,      // signed in: submit() may be called
      done,       // the mail has ended, with `error` or taken over; submit() may be called again
      failed,     // with `error`: close the connection
    } kind = Kind::send;
    std::string bytes{};
    std::optional<Error> error{};
  };

  // The server outlives this.
  explicit SmtpDialogue(const SmtpServer& server) : server_(server) {}

  // What the server replied; first its greeting, which it sends by itself.
  [[nodiscard]] Step receive(const SmtpReply& reply);
  [[nodiscard]] Step secured();
  [[nodiscard]] Step submit(SmtpMail mail);

  // Whether the message has been sent and not been answered: what ends the connection now leaves its outcome unknown.
  [[nodiscard]] bool is_outcome_open() const { return state_ == State::message; }

 private:
  enum class State : std::uint8_t {
    greeting,
    hello,
    start_tls,
    secure_hello,
    auth_plain,
    auth_user,
    auth_password,
    ready,
    sender,
    recipient,
    data,
    message,
    reset
  };

  Step send(State next, std::string bytes);
  Step hello(State next);
  Step after_hello(const SmtpReply& reply);
  Step begin_auth();
  Step after_auth(const SmtpReply& reply);
  Step transact(const SmtpReply& reply);
  Step end_mail(std::optional<Error> error);
  Step fail_with(ErrorCode code, std::string_view during, const SmtpReply* reply);
  [[nodiscard]] Error error_of(ErrorCode code, std::string_view during, const SmtpReply* reply) const;

  const SmtpServer& server_;
  State state_ = State::greeting;
  bool offers_tls_ = false;
  bool offers_size_ = false;
  bool offers_plain_ = false;
  bool offers_login_ = false;
  std::size_t message_bytes_max_ = 0;  // 0: the server names no limit
  SmtpMail mail_;
  std::optional<Error> outcome_;  // of the mail, while RSET is on its way
};

}  // namespace ashlar::mail::detail
