// SPDX-License-Identifier: Apache-2.0
#include "ashlar/web/detail/stream_body.hpp"

#include "ashlar/async/task_scope.hpp"
#include "ashlar/http/errors.hpp"
#include "ashlar/log/logger.hpp"
#include "ashlar/schema/json.hpp"

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <stdexcept>

namespace ashlar::web::detail {

namespace asio = boost::asio;

namespace {

void append_field(std::string_view name, std::string_view value, std::string& out) {
  if (value.find_first_of(std::string_view("\r\n\0", 3)) != value.npos)
    throw std::invalid_argument("a field of an event holds a line break or a NUL");
  out.append(name).append(": ").append(value).append("\n");
}

std::string what_of(const std::exception_ptr& thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const std::exception& error) {
    return error.what();
  } catch (...) {
    return "an exception that is not a std::exception";
  }
}

struct Producer {
  std::unique_ptr<StreamBody> body;
  Task<Result<>> operator()(http::BodyWriter& out) { return body->send_to(out); }
};

}  // namespace

StreamBody::StreamBody(Format format, api::ItemProducer produce, const api::StreamOptions& options, StreamLog log)
    : format_(format), produce_(std::move(produce)), options_(options), log_(std::move(log)) {}

void StreamBody::add(const schema::Type& type, const void* value, const api::EventFields& fields) {
  if (gone_) return;
  if (format_ == Format::events) {
    if (!fields.id.empty()) append_field("id", fields.id, pending_);
    if (!fields.event.empty()) append_field("event", fields.event, pending_);
    if (fields.retry) append_field("retry", std::to_string(fields.retry->count()), pending_);
    pending_ += "data: ";
    schema::write_json(type, value, pending_);
    pending_ += "\n\n";
  } else {
    pending_ += std::exchange(begun_, true) ? ',' : '[';
    schema::write_json(type, value, pending_);
  }
  more_->cancel();
}

Task<Result<>> StreamBody::ready() {
  while (!gone_ && pending_.size() > options_.pending_bytes_max) {
    boost::system::error_code ignored;
    drained_->expires_at(Timer::time_point::max());
    co_await drained_->async_wait(asio::redirect_error(asio::use_awaitable_t<LoopExecutor>{}, ignored));
  }
  if (gone_) co_return fail(http::errors::connection_closed, "The client has disconnected.");
  co_return Result<>{};
}

Task<> StreamBody::run_producer() {
  try {
    produced_.emplace(co_await produce_(*this));
  } catch (...) {
    thrown_ = std::current_exception();
  }
  ended_ = true;
  more_->cancel();
}

Task<> StreamBody::wait_for_more() {
  boost::system::error_code woken;
  more_->expires_after(format_ == Format::events ? options_.heartbeat : std::chrono::hours{24});
  co_await more_->async_wait(asio::redirect_error(asio::use_awaitable_t<LoopExecutor>{}, woken));
  if (!woken && pending_.empty() && !ended_ && format_ == Format::events) pending_ = ":\n\n";
}

Task<Result<>> StreamBody::send_pieces(http::BodyWriter& out) {
  while (true) {
    if ((co_await asio::this_coro::cancellation_state).cancelled() != asio::cancellation_type::none)
      co_return fail(http::errors::connection_closed, "The client has disconnected.");
    if (pending_.empty() && !ended_) {
      co_await wait_for_more();
      continue;
    }
    if (ended_ && format_ == Format::rows && produced_ && *produced_)
      pending_ += std::exchange(begun_, true) ? "]" : "[]";
    const bool last = ended_;
    sending_.clear();
    sending_.swap(pending_);
    drained_->cancel();
    if (!sending_.empty()) {
      if (auto written = co_await out.write(sending_); !written) co_return written;
    }
    if (last) co_return Result<>{};
  }
}

Result<> StreamBody::outcome() {
  if (thrown_) {
    log_.logger->error("a streamed reply was aborted", {{"cause", what_of(thrown_)}, {"requestId", log_.request_id}});
    return fail(ashlar::errors::internal, "The stream was aborted.");
  }
  if (produced_ && *produced_) return {};
  if (!produced_) return fail(ashlar::errors::internal, "The stream was aborted.");
  const Error& error = produced_->error();
  if (error.code() != http::errors::connection_closed) {
    log_.logger->error("a streamed reply was aborted",
                       {{"code", error.code().name},
                        {"cause", error.cause().empty() ? error.message() : error.cause()},
                        {"requestId", log_.request_id}});
  }
  return std::unexpected(error);
}

// The producer's task is joined on every path: it refers to this object.
Task<Result<>> StreamBody::send_to(http::BodyWriter& out) {
  const LoopExecutor loop = co_await asio::this_coro::executor;
  const bool throws_before = co_await asio::this_coro::throw_if_cancelled();
  co_await asio::this_coro::throw_if_cancelled(false);
  more_.emplace(loop);
  drained_.emplace(loop);
  async::TaskScope scope(loop.context());
  scope.start(run_producer());
  Result<> sent;
  std::exception_ptr failure;
  try {
    sent = co_await send_pieces(out);
  } catch (...) {
    failure = std::current_exception();
  }
  const bool whole = ended_ && sent && !failure;
  gone_ = true;
  drained_->cancel();
  if (!whole) scope.cancel();
  co_await scope.join();
  co_await asio::this_coro::throw_if_cancelled(throws_before);
  if (failure) std::rethrow_exception(failure);
  if (!whole) co_return sent;
  co_return outcome();
}

http::BodyProducer make_stream_body(StreamBody::Format format, api::ItemProducer produce,
                                    const api::StreamOptions& options, StreamLog log) {
  return Producer{std::make_unique<StreamBody>(format, std::move(produce), options, std::move(log))};
}

}  // namespace ashlar::web::detail
