// SPDX-License-Identifier: Apache-2.0
// The work of an HTTP/2 connection during its loop's sweep: limits on times and transfer rates.
#include "ashlar/http/detail/http2_connection.hpp"
#include "ashlar/http/errors.hpp"

#include <nghttp2/nghttp2.h>

#include <utility>

namespace ashlar::http::detail {

bool Http2Connection::over_time(std::int64_t since, std::chrono::milliseconds most) const {
  return loop_.now() - since > most.count();
}

void Http2Connection::tick() {
  if (closing_ || over_) return;
  const Limits& limits = loop_.limits();
  if (writing_ && over_time(write_since_, limits.write_time_max)) {
    give_up();
    return;
  }
  in_batch_ = true;
  if ((session_.in_head() || !session_.greeted()) && over_time(head_since_, limits.header_time_max)) {
    session_.terminate(NGHTTP2_ENHANCE_YOUR_CALM);
  }
  if (drain_ == Drain::announced && over_time(drain_since_, limits.drain_notice_time)) {
    drain_ = Drain::last;
    session_.shut_down();
  }
  bool reader_waits = writing_;
  for (const auto& stream : session_.streams()) {
    look_at(*stream);
    reader_waits = reader_waits || (stream->answered && !stream->output().empty());
  }
  look_at_reader(reader_waits ? Reader::has_output : Reader::has_none);
  in_batch_ = false;
  send();
}

void Http2Connection::look_at(Http2Stream& stream) {
  if (stream.closed) return;
  const std::int64_t now = loop_.now();
  look_at_body(stream);
  if (stream.handling_since != 0) {
    const std::chrono::milliseconds most = stream.request.time_max;
    if (stream.request_body.waits()) stream.handling_since = loop_.next();
    if (most.count() > 0 && !stream.request.late && now - stream.handling_since >= most.count()) {
      stream.request.late = true;
      stream.task->cancel();
    }
  }
  if (stream.production() == Http2Stream::Production::going_on && !stream.answered) respond(stream);
  const bool goes_on = stream.bytes_sent() != std::exchange(stream.bytes_sent_before, stream.bytes_sent());
  if (goes_on || !stream.answered || stream.output().empty()) {
    stream.output_stalled_since = 0;
  } else if (stream.output_stalled_since == 0) {
    stream.output_stalled_since = now;
  } else if (over_time(stream.output_stalled_since, loop_.limits().write_time_max)) {
    session_.reset(stream, NGHTTP2_CANCEL);
  }
}

void Http2Connection::look_at_body(Http2Stream& stream) {
  const Http2RequestBody& body = stream.request_body;
  if (stream.tunnels || (!stream.arriving && !body.waits())) {
    stream.body_stalled_since = stream.body_awaited_at = 0;
    end_waiting(stream);
    return;
  }
  const Limits& limits = loop_.limits();
  const std::int64_t now = loop_.now();
  if (!stream.body_counted) stream.body_counted = permit_.begin_body();
  if (!stream.body_counted) {
    refuse_body(stream, 429, errors::too_many_bodies, "Too many requests of this address have not sent their bodies.");
    return;
  }
  if (stream.body_stalled_since == 0) stream.body_stalled_since = now;
  if (stream.body_awaited_at != 0) stream.body_pace.add_wait(now - stream.body_awaited_at);
  stream.body_awaited_at = now;
  const PaceRule rule{limits.body_grace_time, limits.body_bytes_per_second_min, limits.body_time_max};
  if (over_time(stream.body_stalled_since, limits.body_idle_time_max) ||
      stream.body_pace.time_left(body.received(), rule).count() < 0) {
    refuse_body(stream, 408, errors::body_timeout, "The body did not arrive in time.");
  }
}

// A client may close the window of one stream and read others: the rate applies to the connection.
void Http2Connection::look_at_reader(Reader reader) {
  const std::int64_t now = loop_.now();
  if (reader == Reader::has_none) {
    reader_awaited_at_ = 0;
    return;
  }
  if (reader_awaited_at_ == 0) {
    reader_pace_.reset();
    reader_sent_before_ = session_.body_bytes_sent();
  } else {
    reader_pace_.add_wait(now - reader_awaited_at_);
  }
  reader_awaited_at_ = now;
  const PaceRule rule{loop_.limits().write_time_max, loop_.limits().response_bytes_per_second_min};
  if (reader_pace_.time_left(session_.body_bytes_sent() - reader_sent_before_, rule).count() >= 0) return;
  if (writing_) return give_up();
  for (const auto& stream : session_.streams()) {
    if (stream->answered && !stream->output().empty()) session_.reset(*stream, NGHTTP2_CANCEL);
  }
}

void Http2Connection::end_waiting(Http2Stream& stream) {
  if (std::exchange(stream.body_counted, false)) permit_.end_body();
}

void Http2Connection::refuse_body(Http2Stream& stream, int status, ErrorCode code, const char* message) {
  stream.request_body.refuse(status, code, message);
  if (std::exchange(stream.arriving, false)) {
    refuse(stream, status, Error(code, message));
  } else {
    stream.notify();
  }
}

}  // namespace ashlar::http::detail
