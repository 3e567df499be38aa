// SPDX-License-Identifier: Apache-2.0
#include "ashlar/mail/smtp_mailer.hpp"

#include "ashlar/async/deadline.hpp"
#include "ashlar/http/client/outbound_stream.hpp"
#include "ashlar/mail/detail/smtp_connection.hpp"
#include "ashlar/mail/detail/smtp_pool.hpp"
#include "ashlar/mail/dkim_signer.hpp"
#include "ashlar/mail/internet_message.hpp"

#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <mutex>
#include <utility>
#include <vector>

namespace ashlar::mail {

using detail::SmtpConnection;
using detail::SmtpMail;
using detail::SmtpPool;

namespace {

http::OutboundConnectorOptions connector_options(const SmtpOptions& options) {
  return {.ca_file = options.ca_file,
          .connect_time_max = options.connect_time_max,
          .resolver = options.resolver,
          .clock = options.clock};
}

std::unexpected<Error> unreachable(const SmtpServer& server, const Error& error) {
  return std::unexpected(Error(errors::unavailable, "The mail was not sent.")
                             .with_cause(server.host + ": " + error.message() + " " + error.cause()));
}

}  // namespace

struct SmtpMailer::State {
  explicit State(SmtpOptions given) : options(std::move(given)), connector(connector_options(options)) {}

  std::shared_ptr<SmtpPool> pool_of(boost::asio::io_context& loop) {
    const std::scoped_lock lock(mutex);
    const auto found = std::ranges::find_if(pools, [&](const auto& pool) { return &pool->loop() == &loop; });
    return found != pools.end() ? *found : pools.emplace_back(std::make_shared<SmtpPool>(loop, options));
  }

  // Of the frame that awaits it: how far a mail has come, for what a deadline interrupts.
  struct Progress {
    std::unique_ptr<SmtpConnection> connection;
  };
  Task<Result<>> send(SmtpPool& pool, SmtpMail mail, Progress& progress);
  Task<Result<std::unique_ptr<SmtpConnection>>> connect();

  const SmtpOptions options;
  http::OutboundConnector connector;
  std::mutex mutex;                              // of the list
  std::vector<std::shared_ptr<SmtpPool>> pools;  // one a loop
};

Task<Result<std::unique_ptr<SmtpConnection>>> SmtpMailer::State::connect() {
  auto stream =
      co_await connector.connect(options.server.host, options.server.port, http::EgressPolicy::operator_configured());
  if (!stream) co_return unreachable(options.server, stream.error());
  auto connection = std::make_unique<SmtpConnection>(std::move(*stream), options);
  co_await unwrap(connection->open());
  co_return connection;
}

Task<Result<>> SmtpMailer::State::send(SmtpPool& pool, SmtpMail mail, Progress& progress) {
  const SmtpPool::Permit permit = co_await unwrap(pool.acquire());
  progress.connection = pool.take_idle();
  if (progress.connection) {
    auto sent = co_await progress.connection->send(mail);
    if (sent || !progress.connection->is_lost()) {
      pool.put_idle(std::move(progress.connection));
      co_return sent;
    }
  }
  progress.connection = co_await unwrap(connect());
  auto sent = co_await progress.connection->send(std::move(mail));
  pool.put_idle(std::move(progress.connection));
  co_return sent;
}

SmtpMailer::SmtpMailer(SmtpOptions options) : state_(std::make_unique<State>(std::move(options))) {}
SmtpMailer::~SmtpMailer() = default;

void SmtpMailer::close() {
  const std::scoped_lock lock(state_->mutex);
  state_->pools.clear();
}

Task<Result<>> SmtpMailer::send(Message message) {
  const LoopExecutor executor = co_await boost::asio::this_coro::executor;
  const std::shared_ptr<SmtpPool> pool = state_->pool_of(executor.context());
  std::string bytes = to_internet_message(message);
  if (state_->options.dkim != nullptr) bytes.insert(0, state_->options.dkim->signature_of(bytes, message.at));
  SmtpMail mail{
      .sender = message.from.address.str(), .recipient = message.to.address.str(), .message = std::move(bytes)};
  State::Progress progress;
  auto sent =
      co_await async::with_deadline(state_->send(*pool, std::move(mail), progress), state_->options.send_time_max);
  if (sent || sent.error().code() != ashlar::errors::deadline_exceeded) co_return sent;
  const bool is_open = progress.connection && progress.connection->is_outcome_open();
  co_return std::unexpected(Error(is_open ? errors::outcome_unknown : errors::unavailable, "The mail was not sent.")
                                .with_cause(state_->options.server.host + ": not sent within send_time_max"));
}

}  // namespace ashlar::mail
