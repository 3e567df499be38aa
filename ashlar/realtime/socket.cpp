// SPDX-License-Identifier: Apache-2.0
#include "ashlar/realtime/socket.hpp"

#include "ashlar/async/task_scope.hpp"
#include "ashlar/realtime/sockets.hpp"

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <cstddef>
#include <iterator>
#include <utility>

namespace ashlar::realtime {
namespace asio = boost::asio;

namespace {

constexpr std::size_t batch_bytes_max = 16 * 1024;  // frames that are joined for one write
constexpr std::size_t copied_frame_max = 4 * 1024;  // a longer frame at the front is written without a copy
constexpr std::size_t queue_capacity_kept = 16;     // messages

}  // namespace

Socket::Socket(Sockets& sockets, http::Tunnel& tunnel, Compression compression)
    : sockets_(sockets),
      tunnel_(tunnel),
      reader_(MessageReader::Peer::client, sockets.options().message,
              compression == Compression::deflate ? &sockets.inflater_ : nullptr),
      compression_(compression),
      received_at_(sockets.clock_.steady()) {
  sockets_.add(*this);
}

Socket::~Socket() {
  statistics_.messages_dropped += queued_messages_;
  sockets_.remove(*this);
}

Task<> Socket::run(SocketUser& use, async::TaskScope& scope) {
  scope_ = &scope;
  if (sockets_.stopping_) close(sockets_.stopping_->code, sockets_.stopping_->reason);
  bool threw = false;
  try {
    co_await use(*this);
  } catch (...) {
    threw = true;
  }
  const auto cancellation = co_await asio::this_coro::cancellation_state;
  if (cancellation.cancelled() != asio::cancellation_type::none) {
    abort(Ending::cancelled);
    co_return;
  }
  if (threw && is_open()) {
    end(Ending::failed);
    drop_queue();
    begin_close(CloseCode::internal_error, {});
  }
  close(CloseCode::normal, {});
  (void)co_await receive();  // the client's close frame
  end(Ending::by_server);
  if (reset_) scope_->cancel();  // a write may wait for the client
}

Task<std::optional<Socket::Received>> Socket::receive() {
  while (state_ != State::over) {
    if (input_.empty() && !co_await read_more()) break;
    const MessageReader::Step step = reader_.step(input_);
    input_ = input_.subspan(step.consumed);
    if (auto received = take(step)) co_return received;
  }
  co_return std::nullopt;
}

Task<bool> Socket::read_more() {
  if (pinged_at_) pinged_at_ = sockets_.clock_.steady();  // the pong may have arrived while nothing was read
  reading_ = true;
  Ending failure = Ending::disconnected;
  try {
    if (const auto bytes = co_await tunnel_.read(); bytes) input_ = *bytes;
  } catch (const boost::system::system_error&) {
    failure = Ending::cancelled;
  }
  reading_ = false;
  if (input_.empty()) {
    fail(failure);
    co_return false;
  }
  pinged_at_.reset();
  received_at_ = sockets_.clock_.steady();
  statistics_.bytes_received += input_.size();
  co_return true;
}

std::optional<Socket::Received> Socket::take(const MessageReader::Step& step) {
  using Outcome = MessageReader::Outcome;
  switch (step.outcome) {
    case Outcome::need_more:
    case Outcome::fragment:
    case Outcome::pong:
      return std::nullopt;
    case Outcome::text:
    case Outcome::binary:
      if (!is_open()) return std::nullopt;  // discarded, since the client's close frame is awaited
      ++statistics_.messages_received;
      return Received{
          .kind = step.outcome == Outcome::text ? OutgoingMessage::Kind::text : OutgoingMessage::Kind::binary,
          .payload = step.payload};
    case Outcome::ping:
      control_.clear();
      append_frame(control_, Opcode::pong, step.payload);
      start_writing();
      return std::nullopt;
    case Outcome::close:
      client_code_ = step.code;
      if (is_open()) end(Ending::by_client);
      drop_queue();
      begin_close(step.code, {});
      break;
    case Outcome::failed:
      if (is_open()) end(Ending::protocol);
      drop_queue();
      begin_close(step.code, {});
      break;
  }
  state_ = State::over;
  return std::nullopt;
}

Socket::Sent Socket::send(std::shared_ptr<const OutgoingMessage> message) {
  if (!is_open()) return Sent::closed;
  const SocketOptions& options = sockets_.options();
  const std::size_t bytes = frame_of(*message).size();
  if (queued_messages_ > 0 &&
      (queued_bytes_ + bytes > options.queue_bytes_max || queued_messages_ >= options.queue_messages_max)) {
    ++statistics_.messages_dropped;
    end(Ending::slow);
    begin_close(CloseCode::try_again_later, "slow_consumer");
    return Sent::slow;
  }
  queue_.push_back(std::move(message));
  ++queued_messages_;
  queued_bytes_ += bytes;
  start_writing();
  return Sent::queued;
}

void Socket::close(CloseCode code, std::string_view reason) {
  if (is_open()) begin_close(code, reason);
}

void Socket::begin_close(CloseCode code, std::string_view reason) {
  if (!close_frame_.empty()) return;
  state_ = State::closing;
  closing_since_ = sockets_.clock_.steady();
  append_close(close_frame_, code, reason);
  start_writing();
}

void Socket::end(Ending ending) {
  if (ending_ == Ending::open) ending_ = ending;
}

void Socket::fail(Ending ending) {
  end(ending);
  state_ = State::over;
  reset_ = true;
  drop_queue();
}

void Socket::abort(Ending ending) {
  fail(ending);
  scope_->cancel();
}

void Socket::check_times(Clock::Steady now) {
  const SocketOptions& options = sockets_.options();
  if (closing_since_) {
    if (now - *closing_since_ >= options.close_time_max) abort(Ending::close_timeout);
  } else if (pinged_at_) {
    if (reading_ && now - *pinged_at_ >= options.pong_time_max) abort(Ending::no_pong);
  } else if (options.ping_after.count() > 0 && now - received_at_ >= options.ping_after) {
    pinged_at_ = now;
    ++statistics_.pings_sent;
    append_frame(control_, Opcode::ping, {});
    start_writing();
  }
}

std::string_view Socket::frame_of(const OutgoingMessage& message) const {
  return compression_ == Compression::deflate ? message.deflated_frame(sockets_.deflater_) : message.frame();
}

bool Socket::has_output() const {
  return !close_taken_ && (!control_.empty() || next_ < queue_.size() || !close_frame_.empty());
}

// The bytes of the next write: in `batch`, or of one long message, which `whole` then holds.
std::string_view Socket::gather(std::string& batch, Message& whole) {
  batch = std::exchange(control_, {});
  whole.reset();
  if (next_ > queue_.size() / 2) queue_.erase(queue_.begin(), std::next(queue_.begin(), std::exchange(next_, 0)));
  while (next_ < queue_.size()) {
    const std::string_view frame = frame_of(*queue_[next_]);
    const bool copied = frame.size() <= copied_frame_max || (!batch.empty() && frame.size() <= batch_bytes_max);
    if (!batch.empty() && (!copied || batch.size() + frame.size() > batch_bytes_max)) return batch;
    Message message = std::move(queue_[next_++]);
    ++gathered_messages_;
    gathered_bytes_ += frame.size();
    if (!copied) {
      whole = std::move(message);
      return frame;
    }
    batch.append(frame);
  }
  queue_.clear();
  next_ = 0;
  if (queue_.capacity() > queue_capacity_kept) queue_.shrink_to_fit();
  if (!close_frame_.empty()) {
    batch.append(close_frame_);
    close_taken_ = true;
  }
  return batch;
}

void Socket::start_writing() {
  if (std::exchange(writing_, true)) return;
  scope_->start(write_queue());
}

Task<> Socket::write_queue() {
  try {
    co_await asio::post(sockets_.loop_, asio::use_awaitable_t<LoopExecutor>{});  // what else this turn sends
    co_await write_until_empty();
  } catch (const boost::system::system_error&) {
    drop_queue();  // cancelled
  }
  writing_ = false;
}

Task<> Socket::write_until_empty() {
  std::string batch;
  Message whole;
  while (has_output()) {
    const std::string_view bytes = gather(batch, whole);
    if (const auto written = co_await tunnel_.write(bytes); !written) {
      abort(Ending::disconnected);
      co_return;
    }
    statistics_.bytes_sent += bytes.size();
    statistics_.messages_sent += gathered_messages_;
    queued_messages_ -= std::exchange(gathered_messages_, 0);
    queued_bytes_ -= std::exchange(gathered_bytes_, 0);
  }
}

// What is being written stays counted.
void Socket::drop_queue() {
  statistics_.messages_dropped += queue_.size() - next_;
  std::vector<Message>().swap(queue_);
  next_ = 0;
  queued_messages_ = gathered_messages_;
  queued_bytes_ = gathered_bytes_;
}

}  // namespace ashlar::realtime
