// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/http/client/outbound_stream.hpp"
#include "ashlar/mail/detail/smtp_dialogue.hpp"
#include "ashlar/mail/smtp_mailer.hpp"

#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>

namespace ashlar::mail::detail {

// A connection to the server, for one mail after another. Belongs to one loop.
class SmtpConnection {
 public:
  // The options outlive it.
  SmtpConnection(std::unique_ptr<http::OutboundStream> stream, const SmtpOptions& options)
      : stream_(std::move(stream)), options_(options), dialogue_(options.server) {}

  // TLS, EHLO and the sign-in. After an error it is not to be used any more; neither when it was cancelled.
  Task<Result<>> open();
  // Errors: see Mailer. is_reusable() says whether another mail can follow.
  Task<Result<>> send(SmtpMail mail);

  // Whether the connection, which nobody uses, can take another mail.
  [[nodiscard]] bool is_reusable();
  // Whether the message was sent and no answer has come.
  [[nodiscard]] bool is_outcome_open() const { return dialogue_.is_outcome_open(); }
  // Whether the connection was lost before it was sent, so that sending it once more repeats nothing.
  [[nodiscard]] bool is_lost() const { return lost_; }

 private:
  using Step = SmtpDialogue::Step;
  Task<Result<>> run(Step step);
  Task<Result<Step>> exchange(std::string bytes);
  Task<Result<SmtpReply>> read_reply();
  [[nodiscard]] Error lost(Error error);

  std::unique_ptr<http::OutboundStream> stream_;
  const SmtpOptions& options_;
  SmtpDialogue dialogue_;
  std::string input_;  // received and not used
  std::array<char, 4'096> room_{};
  std::size_t mails_ = 0;  // begun
  bool open_ = false;
  bool lost_ = false;
};

}  // namespace ashlar::mail::detail
