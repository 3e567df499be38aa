// SPDX-License-Identifier: Apache-2.0
#include "ashlar/http/detail/http2_stream.hpp"

#include "ashlar/http/detail/http2_session.hpp"
#include "ashlar/http/detail/transport.hpp"

#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <utility>

namespace ashlar::http::detail {
namespace {

constexpr std::size_t body_memory_kept_max = 16 * 1024;

void shrink(std::string& text) {
  text.clear();
  if (text.capacity() > body_memory_kept_max) text.shrink_to_fit();
}

}  // namespace

void Http2Stream::begin(std::int32_t id) {
  id_ = id;
  decoder.reset();
  request.method = Method::get;
  request.method_name = request.target = request.path = request.query = request.authority =
      request.connect_protocol = {};
  request.version = Version::http_2;
  request.headers.clear();
  request.body = &request_body;
  request.time_max = {};
  request.late = false;
  handling_since = 0;
  response.reset();
  refused = closed = arriving = starting = answered = deferred = tunnels = false;
  production_ = Production::whole;
  in_pieces_ = false;
  at_ = 0;
  bytes_sent_ = bytes_sent_before = 0;
  body_stalled_since = body_awaited_at = output_stalled_since = 0;
  body_pace.reset();
}

void Http2Stream::end() {
  let_go(held_);
  task.reset();
  for (auto& event : events_) event.reset();
  response.stream = nullptr;
  response.tunnel = nullptr;
  response.trailers.reset();
  shrink(response.body);
  shrink(pending_);
  request_body.release_memory();
}

void Http2Stream::send_whole() {
  in_pieces_ = false;
  production_ = Production::whole;
}

void Http2Stream::send_pieces() {
  in_pieces_ = true;
  production_ = Production::going_on;
  hold(response.stream_held_bytes);
}

void Http2Stream::hold(std::size_t bytes) {
  held_ += bytes;
  session_.add_unsent(bytes);
}

void Http2Stream::let_go(std::size_t bytes) {
  const std::size_t gone = std::min(bytes, held_);  // all of it was released when the stream was closed
  held_ -= gone;
  session_.remove_unsent(gone);
}

void Http2Stream::append(std::string_view piece) {
  hold(piece.size());
  let_go(at_);
  pending_.erase(0, std::exchange(at_, 0));
  pending_.append(piece);
}

std::string_view Http2Stream::output() const {
  return std::string_view(in_pieces_ ? pending_ : response.body).substr(at_);
}

void Http2Stream::sent(std::size_t bytes) {
  at_ += bytes;
  bytes_sent_ += bytes;
  if (!in_pieces_ || at_ < pending_.size()) return;
  let_go(pending_.size());
  pending_.clear();
  at_ = 0;
  notify();
}

Task<> Http2Stream::changed(Side side) {
  std::optional<Timer>& event = events_[static_cast<std::size_t>(side)];
  if (!event) event.emplace(co_await boost::asio::this_coro::executor, Timer::time_point::max());
  (void)co_await event->async_wait(with_error);
}

}  // namespace ashlar::http::detail
