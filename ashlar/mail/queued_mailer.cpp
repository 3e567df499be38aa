// SPDX-License-Identifier: Apache-2.0
#include "ashlar/mail/queued_mailer.hpp"

#include "ashlar/async/deadline.hpp"
#include "ashlar/async/task_scope.hpp"

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

namespace ashlar::mail {

namespace asio = boost::asio;

namespace {

using Timer =
    asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>, LoopExecutor>;

}  // namespace

struct QueuedMailer::OnLoop {
  explicit OnLoop(asio::io_context& its_loop)
      : loop(its_loop), tasks(its_loop), timer(its_loop.get_executor(), Timer::time_point::max()) {}
  asio::io_context& loop;
  async::TaskScope tasks;
  Timer timer;  // cancelled when a mail comes
};

QueuedMailer::QueuedMailer(Mailer& next, log::Logger& logger, QueuedMailerOptions options)
    : next_(next), logger_(logger), options_(options) {}

QueuedMailer::~QueuedMailer() = default;

void QueuedMailer::start(asio::io_context& loop) {
  on_loop_ = std::make_unique<OnLoop>(loop);
  on_loop_->tasks.start(run());
}

void QueuedMailer::close() {
  if (!on_loop_) return;
  asio::io_context& loop = on_loop_->loop;
  on_loop_->tasks.cancel();
  async::run_to_end(loop, on_loop_->tasks.join());
  (void)async::run_to_end(loop, async::with_deadline(send_rest(), options_.close_time_max));
  if (!waiting_.empty()) logger_.error("mails were not sent before the stop", {{"count", waiting_.size()}});
  waiting_.clear();
  on_loop_.reset();
}

Task<Result<>> QueuedMailer::send(Message message) {
  if (!on_loop_) co_return co_await next_.send(std::move(message));
  {
    const std::scoped_lock lock(mutex_);
    if (waiting_.size() >= options_.waiting_max)
      co_return fail(errors::unavailable, "The mail was not sent: too many wait.");
    waiting_.push_back(std::move(message));
  }
  asio::post(on_loop_->loop, [this] { on_loop_->timer.cancel(); });
  co_return Result<>{};
}

Task<> QueuedMailer::run() {
  while (true) {
    co_await send_waiting();
    boost::system::error_code ignored;
    co_await on_loop_->timer.async_wait(asio::redirect_error(asio::use_awaitable_t<LoopExecutor>{}, ignored));
  }
}

// A mail leaves the queue once it was sent or refused, so one whose sending is cancelled is sent again by close().
Task<> QueuedMailer::send_waiting() {
  while (auto message = first()) {
    const MessageId id = message->id;
    const auto sent = co_await next_.send(std::move(*message));
    remove_first();
    if (sent) continue;
    logger_.error("a mail was not sent",
                  {{"messageId", id.view()}, {"error", sent.error().code().name}, {"cause", sent.error().cause()}});
  }
}

Task<Result<>> QueuedMailer::send_rest() {
  co_await send_waiting();
  co_return Result<>{};
}

std::optional<Message> QueuedMailer::first() const {
  const std::scoped_lock lock(mutex_);
  if (waiting_.empty()) return std::nullopt;
  return waiting_.front();
}

void QueuedMailer::remove_first() {
  const std::scoped_lock lock(mutex_);
  waiting_.pop_front();
}

}  // namespace ashlar::mail
