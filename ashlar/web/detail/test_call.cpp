// SPDX-License-Identifier: Apache-2.0
#include "ashlar/web/detail/test_call.hpp"

#include "ashlar/http/errors.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace ashlar::web::detail {

namespace asio = boost::asio;

namespace {

// The longest time before a late request is noticed while the loop is idle.
constexpr std::chrono::milliseconds look_interval{5};

}  // namespace

std::optional<std::string_view> WholeBody::try_whole(std::size_t bytes_max) {
  return text_.size() <= bytes_max ? std::optional(text_) : std::nullopt;
}

Task<Result<std::string_view>> WholeBody::read() { co_return std::exchange(rest_, {}); }

Task<Result<std::string_view>> WholeBody::read_all(std::size_t bytes_max) {
  if (text_.size() > bytes_max)
    co_return fail(http::errors::body_too_large, "The body is over " + std::to_string(bytes_max) + " bytes.");
  co_return text_;
}

TestCall::TestCall(asio::io_context& its_loop, const Clock& its_clock, TestRequest its_request, Pieces its_how)
    : loop(its_loop),
      clock(its_clock),
      sent(std::move(its_request)),
      body(sent.body),
      how(its_how),
      began_(its_clock.steady()),
      taken_(its_loop.get_executor(), Timer::time_point::max()),
      scope_(its_loop) {}

TestCall::~TestCall() = default;

void TestCall::start(http::Handler& handler) { scope_.start(run(handler)); }

Task<> TestCall::run(http::Handler& handler) {
  try {
    co_await call(handler);
  } catch (...) {
    thrown = std::current_exception();
  }
  response.stream = nullptr;
  answered = finished = true;
}

Task<> TestCall::call(http::Handler& handler) {
  co_await handler.handle(request, response);
  answered = true;
  if (request.late) co_await asio::this_coro::reset_cancellation_state();  // what it made of that is sent
  if (!response.stream || sent.method == http::Method::head) co_return;
  auto produced = co_await response.stream(*this);
  if (!produced) failure = std::move(produced.error());
}

Task<Result<>> TestCall::write(std::string_view bytes) {
  if (how == Pieces::collected) {
    response.body += bytes;
    co_return Result<>{};
  }
  while (!gone && !pieces.empty()) {
    boost::system::error_code ignored;
    taken_.expires_at(Timer::time_point::max());
    co_await taken_.async_wait(asio::redirect_error(asio::use_awaitable_t<LoopExecutor>{}, ignored));
  }
  if (gone) co_return fail(http::errors::connection_closed, "The client has disconnected.");
  pieces.emplace_back(bytes);
  co_return Result<>{};
}

void TestCall::run_one(std::chrono::steady_clock::time_point deadline) {
  taken_.cancel();
  if (loop.stopped()) loop.restart();
  const auto work = asio::make_work_guard(loop);
  const auto now = std::chrono::steady_clock::now();
  if (now >= deadline) throw std::runtime_error("the handler of " + sent.target + " did not finish within 30 s");
  loop.run_one_until(std::min(deadline, now + look_interval));
  cancel_if_late();
}

// Like a server's sweep.
void TestCall::cancel_if_late() {
  const bool due = request.time_max.count() > 0 && clock.steady() - began_ >= request.time_max;
  if (!due || answered || request.late) return;
  request.late = true;
  scope_.cancel();
}

// A handler that does not finish in time is cancelled, so that nothing of it remains.
void TestCall::run_to_end() {
  try {
    run_until([this] { return finished; });
  } catch (...) {
    leave();
    throw;
  }
  leave();
}

void TestCall::leave() {
  if (!finished) {
    gone = true;
    scope_.cancel();
    run_until([this] { return finished; });
  }
  async::run_to_end(loop, scope_.join());
}

}  // namespace ashlar::web::detail
