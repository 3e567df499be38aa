// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/clock.hpp"
#include "ashlar/http/client/resolver.hpp"
#include "ashlar/mail/mailer.hpp"
#include "ashlar/mail/smtp_url.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

namespace ashlar::mail {

class DkimSigner;

// Limits are of one loop where nothing else is said.
struct SmtpOptions {
  SmtpServer server{};
  std::string ca_file{};  // PEM: authorities that are trusted besides those of the system

  std::chrono::milliseconds connect_time_max{5'000};  // of one address; then the host's next address is tried
  std::chrono::milliseconds reply_time_max{30'000};   // of each reply but the one to the message
  std::chrono::milliseconds send_time_max{120'000};   // of send() as a whole
  std::chrono::milliseconds idle_time_max{20'000};    // a connection that is unused for so long is closed

  std::size_t connections_max = 2;             // in use at once; more mails wait in order
  std::size_t waiting_max = 1'000;             // mails; a further one is mail.unavailable
  std::size_t mails_per_connection_max = 100;  // then a new connection is made

  const DkimSigner* dkim = nullptr;    // outlives the mailer; null: the relay signs, or nobody
  http::Resolver* resolver = nullptr;  // outlives the mailer; null: a SystemResolver of the mailer's own
  const Clock* clock = nullptr;        // outlives the mailer; null: the system's. Certificates are verified by it
};

// Submits mail to an SMTP server (RFC 5321, RFC 6409): one recipient a mail, the sender's address as the return path.
//
// - TLS 1.2 or 1.3; certificate and host name are always verified. Credentials are sent under TLS alone.
// - Nothing blocks the loop that awaits send(): the name is resolved on threads of its own.
// - Connections are kept for the next mails of their loop. If the server closed a kept one before it took the message,
//   the mail is sent once more on a new connection; nothing else is ever sent twice.
// - A reply 4yz is mail.unavailable, 5yz is mail.rejected; to RCPT mail.recipient_rejected where it is the address that
//   is refused. A missing or wrong sign-in (530, 534, 535, 538) is mail.unavailable, since the operator can correct it.
// - The cause of an error, for the log, has the server's reply without the recipient's address.
//
// Usable from every loop; destroyed or closed before the loops, when no send() runs.
class SmtpMailer final : public Mailer {
 public:
  // Throws std::invalid_argument when ca_file cannot be used.
  explicit SmtpMailer(SmtpOptions options);
  ~SmtpMailer() override;

  Task<Result<>> send(Message message) override;

  // Closes the connections that are kept (without QUIT), for a mailer that outlives the loops. From a thread that may
  // touch the loops: when they have ended, or on their only thread.
  void close();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ashlar::mail
