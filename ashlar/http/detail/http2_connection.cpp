// SPDX-License-Identifier: Apache-2.0
#include "ashlar/http/detail/http2_connection.hpp"

#include "ashlar/http/errors.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

#include <nghttp2/nghttp2.h>

#include <algorithm>

namespace ashlar::http::detail {
namespace {

namespace asio = boost::asio;

constexpr std::size_t gathered_bytes_max = 64 * 1024;
// A reader as fast as its writer would otherwise monopolise the loop.
constexpr std::size_t sent_at_once_max = 256 * 1024;
constexpr std::size_t idle_memory_kept_max = 256;
// Responses to PING, refusals of streams: a client that causes more output than that must read it first.
constexpr std::size_t outbound_frames_max = 1000;

}  // namespace

Http2Connection::Http2Connection(Loop& loop, Wire& wire, Peer peer, ConnectionPermit& permit, std::weak_ptr<void> owner)
    : loop_(loop),
      wire_(wire),
      peer_(peer),
      permit_(permit),
      owner_(std::move(owner)),
      session_(loop.limits(), *this),
      changed_(loop.context(), Timer::time_point::max()),
      head_since_(loop.now()) {}

Task<> Http2Connection::run() {
  wire_.due_swept();
  if (!wire_.input.empty()) take_input();
  if (loop_.draining()) drain();
  send();
  co_await read_on();
  while (writing_ && !over_) (void)co_await changed_.async_wait(with_error);
  closing_ = true;
  if (over_) wire_.break_off();
  for (const auto& stream : session_.streams()) {
    stream->closed = true;
    stream->notify();
    if (stream->task) stream->task->cancel();
  }
}

Task<> Http2Connection::read_on() {
  while (!over_ && !session_.finished()) {
    if (writing_ && session_.outbound_frames() > outbound_frames_max) {
      (void)co_await changed_.async_wait(with_error);
      continue;
    }
    wire_.input.make_room();
    reading_ = true;
    const auto [failed, size] = co_await wire_.read();
    if (wire_.has_read(failed, size)) {
      reading_ = releasing_ = false;
      take_input();
      send();
      continue;
    }
    if (std::exchange(releasing_, false) && !wire_.broken() && !over_ && !session_.finished()) {
      wire_.input.release();
      const auto [gone] = co_await wire_.transport().wait_readable();
      reading_ = false;
      if (!gone) continue;
    }
    reading_ = false;
    if (session_.finished()) break;  // it was cancelled, since there is nothing to wait for
    over_ = true;
  }
}

void Http2Connection::take_input() {
  const bool was_in_head = session_.in_head();
  in_batch_ = true;
  (void)session_.receive(wire_.input.unread(), loop_.now());
  wire_.input.consume(wire_.input.unread().size());
  if (!was_in_head && session_.in_head()) head_since_ = loop_.now();
  start_ready();
  if (drain_ == Drain::no && session_.requests() >= loop_.limits().requests_per_connection_max) drain();
  in_batch_ = false;
}

bool Http2Connection::starts_before_body(const Http2Stream& stream) {
  if (stream.request_body.ended() || stream.refused) return false;
  return !stream.request.connect_protocol.empty() || loop_.shared().handler.reads_body_as_it_arrives(stream.request);
}

void Http2Connection::request_ready(Http2Stream& stream) {
  stream.starting = true;
  ready_.push_back(&stream);
}

void Http2Connection::stream_closed(Http2Stream& stream) {
  if (stream.task) {
    stream.task->cancel();
  } else if (!stream.starting) {
    release(stream);
  }
}

void Http2Connection::release(Http2Stream& stream) {
  end_waiting(stream);
  session_.release(stream);
}

void Http2Connection::head_due(Http2Stream& stream) { respond(stream); }

void Http2Connection::output_waits() {
  if (in_batch_ || writing_ || send_posted_ || closing_) return;
  send_posted_ = true;
  asio::post(loop_.context(), [this, owner = owner_.lock()] {
    send_posted_ = false;
    send();
  });
}

void Http2Connection::start_ready() {
  for (Http2Stream* const stream : ready_) {
    stream->starting = false;
    if (stream->closed) {
      release(*stream);
    } else if (stream->refused) {
      refuse(*stream, stream->decoder.refusal().status, stream->decoder.refusal().error);
    } else if (stream->request_body.refusal()) {
      refuse(*stream, stream->request_body.refusal()->status, stream->request_body.refusal()->error);
    } else {
      start(*stream);
    }
  }
  ready_.clear();
}

void Http2Connection::start(Http2Stream& stream) {
  peer_.introduce(stream.request);
  stream.handling_since = loop_.next();
  stream.task.emplace(loop_.context(), serve(stream), [this, &stream, owner = owner_.lock()] { ended(stream); });
}

void Http2Connection::ended(Http2Stream& stream) {
  stream.task.reset();
  if (!stream.closed) return;
  release(stream);
  output_waits();  // perhaps it was the last
}

Task<> Http2Connection::serve(Http2Stream& stream) {
  Failure failure = Failure::none;
  try {
    co_await loop_.shared().handler.handle(stream.request, stream.response);
  } catch (...) {
    failure = Failure::thrown;
  }
  stream.handling_since = 0;
  if (stream.request.late) co_await asio::this_coro::reset_cancellation_state();  // its response to that is sent
  if (conclude(stream, failure)) co_await (stream.tunnels ? run_tunnel(stream) : produce(stream));
  output_waits();
}

// true: its body is a stream that has to be produced, or it has become a tunnel.
bool Http2Connection::conclude(Http2Stream& stream, Failure failure) {
  if (stream.closed) return false;
  if (stream.request_body.refusal()) {
    const Refusal refusal = *stream.request_body.refusal();
    refuse(stream, refusal.status, refusal.error);
    return false;
  }
  if (stream.response.tunnel && failure == Failure::none) {
    stream.tunnels = true;
    stream.response.status = 200;
    stream.send_pieces();
    stream.response_body.begin(ResponseFraming::chunked, 0);
    respond(stream);
    return true;
  }
  if (failure == Failure::thrown || stream.response.status < 200 || stream.response.status > 999) {
    refuse(stream, 500, Error(ashlar::errors::internal, "Something went wrong here."));
    return false;
  }
  const ResponseFraming framing = framing_of_response(stream);
  const bool streams = stream.response.stream && framing != ResponseFraming::none;
  if (!makes_room_for(streams ? stream.response.stream_held_bytes : stream.response.body.size())) {
    refuse(stream, 503, Error(errors::unread_responses, "This connection has too many unread responses."));
    return false;
  }
  if (streams) {
    stream.send_pieces();
    stream.response_body.begin(framing, stream.response.stream_length.value_or(0));
    return true;
  }
  respond(stream);
  return false;
}

bool Http2Connection::makes_room_for(std::size_t bytes) {
  const std::size_t held = session_.unsent();
  if (held > 0 && held + bytes > loop_.limits().unsent_bytes_per_connection_max) return false;
  wire_.unsent.set(held + bytes);
  return true;
}

// Its head is sent with the first piece, or at the next sweep: until then a failing producer still causes a 500.
Task<> Http2Connection::produce(Http2Stream& stream) {
  bool whole = false;
  try {
    const Result<> produced = co_await stream.response.stream(stream.response_body);
    whole = produced.has_value();
  } catch (...) {
    whole = false;
  }
  if (!stream.closed) {
    whole = whole && stream.response_body.finish();
    if (!whole && !stream.answered) {
      refuse(stream, 500, Error(ashlar::errors::internal, "Something went wrong here."));
    } else {
      stream.finish(whole ? Http2Stream::Production::whole : Http2Stream::Production::failed);
      respond(stream);
      session_.resume(stream);
    }
  }
  stream.response.stream = nullptr;
  stream.let_go(stream.response.stream_held_bytes);
}

Task<> Http2Connection::run_tunnel(Http2Stream& stream) {
  auto production = Http2Stream::Production::whole;
  {
    Http2Tunnel tunnel(stream);
    TunnelUser use = std::move(stream.response.tunnel);
    try {
      co_await use(tunnel);
    } catch (...) {
      production = Http2Stream::Production::failed;
    }
  }
  if (stream.closed) co_return;
  stream.finish(production);
  session_.resume(stream);
}

void Http2Connection::refuse(Http2Stream& stream, int status, const Error& error) {
  Response& response = stream.response;
  response.reset();
  peer_.introduce(stream.request);
  try {
    loop_.shared().handler.reject(status, error, stream.request, response);
  } catch (...) {
    response.reset();
  }
  response.status = status;
  response.stream = nullptr;
  stream.send_whole();
  respond(stream);
}

void Http2Connection::respond(Http2Stream& stream) {
  session_.respond(stream, framing_of_response(stream), loop_.date());
}

ResponseFraming Http2Connection::framing_of_response(const Http2Stream& stream) const {
  return framing_of(stream.response, {Version::http_2, stream.request.method, Persistence::keep_alive, loop_.date()});
}

void Http2Connection::send() {
  std::size_t sent = 0;
  while (!writing_ && !over_ && !closing_) {
    session_.gather(wire_.output, gathered_bytes_max);
    if (wire_.output.empty()) break;
    sent += wire_.output.size();
    if (wire_.transport().secure() || sent > sent_at_once_max) {
      start_write();
      break;
    }
    const Wire::Flushed flushed = wire_.try_flush();
    if (flushed == Wire::Flushed::failed) give_up();
    if (flushed == Wire::Flushed::blocked) start_write();
  }
  if (closing_) return;
  if (!over_) wire_.unsent.set(session_.unsent());
  set_due();
  if (reading_ && !writing_ && session_.finished()) wire_.cancel();
}

void Http2Connection::start_write() {
  writing_ = true;
  write_since_ = loop_.now();
  const std::string_view left = std::string_view(wire_.output).substr(written_);
  wire_.transport().write_some(
      asio::buffer(left.data(), left.size()),
      [this, owner = owner_.lock()](error_code failed, std::size_t size) { written(failed, size); });
}

void Http2Connection::written(error_code failed, std::size_t size) {
  writing_ = false;
  written_ += size;
  if (failed) {
    give_up();
  } else if (written_ < wire_.output.size()) {
    if (!over_) start_write();
    return;
  }
  wire_.output.clear();
  written_ = 0;
  changed_.cancel();
  send();
}

void Http2Connection::give_up() {
  over_ = true;
  wire_.unsent.set(0);
  wire_.cancel();
  changed_.cancel();
}

void Http2Connection::set_due() {
  const bool idle = session_.streams().empty() && !writing_ && !over_ && drain_ == Drain::no && session_.greeted() &&
                    !session_.in_head();
  if (idle == idle_) return;  // frames that are not requests do not postpone its end
  idle_ = idle;
  if (idle) {
    wire_.due_idle();
  } else {
    wire_.due_swept();
  }
}

void Http2Connection::expire() {
  if (closing_) {
    wire_.expire();
    return;
  }
  session_.terminate(NGHTTP2_NO_ERROR);
  send();
}

void Http2Connection::end_at_once() {
  if (closing_ || over_) return;
  session_.terminate(NGHTTP2_NO_ERROR);
  if (!writing_ && !wire_.transport().secure()) {
    session_.gather(wire_.output, gathered_bytes_max);
    (void)wire_.try_flush();
  }
  give_up();
}

void Http2Connection::rest() {
  if (idle_ && !closing_) session_.forget_streams();
}

void Http2Connection::release_memory() {
  if (!reading_ || !idle_ || closing_) return;
  releasing_ = true;
  session_.release_memory();
  if (wire_.output.capacity() > idle_memory_kept_max) std::string{}.swap(wire_.output);
  wire_.cancel();
}

void Http2Connection::drain() {
  if (drain_ != Drain::no || closing_) return;
  drain_ = Drain::announced;
  drain_since_ = loop_.now();
  session_.announce_shutdown();
  if (!in_batch_) send();
}

void Http2Connection::abort() {
  over_ = closing_ = true;
  for (const auto& stream : session_.streams()) {
    stream->closed = true;
    stream->notify();
    if (stream->task) stream->task->cancel();
  }
}

}  // namespace ashlar::http::detail
