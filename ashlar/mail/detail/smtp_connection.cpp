// SPDX-License-Identifier: Apache-2.0
#include "ashlar/mail/detail/smtp_connection.hpp"

#include "ashlar/async/deadline.hpp"

#include <utility>

namespace ashlar::mail::detail {

bool SmtpConnection::is_reusable() {
  return open_ && input_.empty() && mails_ < options_.mails_per_connection_max && !stream_->has_input_or_end();
}

Error SmtpConnection::lost(Error error) {
  open_ = false;
  lost_ = !dialogue_.is_outcome_open();
  const ErrorCode code = lost_ ? errors::unavailable : errors::outcome_unknown;
  const bool late = error.code() == ashlar::errors::deadline_exceeded;
  return Error(code, "The mail was not sent.")
      .with_cause(options_.server.host + ": " + (late ? "no answer in time" : error.message() + " " + error.cause()));
}

Task<Result<>> SmtpConnection::open() {
  if (options_.server.tls == SmtpServer::Tls::implicit) {
    if (auto secured = co_await stream_->start_tls(); !secured) co_return std::unexpected(lost(secured.error()));
  }
  auto greeted = co_await exchange({});
  if (!greeted) co_return std::unexpected(std::move(greeted.error()));
  co_return co_await run(std::move(*greeted));
}

Task<Result<>> SmtpConnection::send(SmtpMail mail) {
  ++mails_;
  co_return co_await run(dialogue_.submit(std::move(mail)));
}

Task<Result<>> SmtpConnection::run(Step step) {
  open_ = false;
  while (true) {
    switch (step.kind) {
      case Step::Kind::send:
        step = co_await unwrap(exchange(std::move(step.bytes)));
        break;
      case Step::Kind::start_tls: {
        auto secured = co_await stream_->start_tls();
        if (!secured) co_return std::unexpected(lost(std::move(secured.error())));
        step = dialogue_.secured();
        break;
      }
      case Step::Kind::failed:
        lost_ = step.error->code() == errors::unavailable;
        co_return std::unexpected(std::move(*step.error));
      case Step::Kind::ready:
        open_ = true;
        co_return Result<>{};
      case Step::Kind::done:
        open_ = true;
        if (step.error) co_return std::unexpected(std::move(*step.error));
        co_return Result<>{};
    }
  }
}

// A byte after the reply is an error: after STARTTLS, an attacker on the network may have added it (CVE-2011-0411).
Task<Result<SmtpConnection::Step>> SmtpConnection::exchange(std::string bytes) {
  if (!bytes.empty()) {
    auto written = co_await stream_->write(bytes);
    if (!written) co_return std::unexpected(lost(std::move(written.error())));
  }
  // The answer to a message may take as long as the mail (RFC 5321 section 4.5.3.2.6).
  const auto time_max = dialogue_.is_outcome_open() ? options_.send_time_max : options_.reply_time_max;
  auto reply = co_await async::with_deadline(read_reply(), time_max);
  if (!reply) co_return std::unexpected(lost(std::move(reply.error())));
  Step step = dialogue_.receive(*reply);
  if (!input_.empty() && step.kind != Step::Kind::done) {
    co_return std::unexpected(
        lost(Error(errors::unavailable, "The server sends more than its reply.").with_cause("a protocol error")));
  }
  co_return step;
}

Task<Result<SmtpReply>> SmtpConnection::read_reply() {
  while (true) {
    auto reply = co_await unwrap(take_smtp_reply(input_));
    if (reply) co_return std::move(*reply);
    const std::size_t size = co_await unwrap(stream_->read_some(room_));
    input_.append(room_.data(), size);
  }
}

}  // namespace ashlar::mail::detail
