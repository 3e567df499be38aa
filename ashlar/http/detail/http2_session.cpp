// SPDX-License-Identifier: Apache-2.0
#include "ashlar/http/detail/http2_session.hpp"

#include "ashlar/http/detail/characters.hpp"
#include "ashlar/http/errors.hpp"

#include <nghttp2/nghttp2.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <new>
#include <utility>

namespace ashlar::http::detail {
namespace {

constexpr std::size_t free_streams_max = 32;
constexpr std::size_t frame_head_bytes = 9;
constexpr std::size_t window_updates_per_data_frame = 4;  // the connection's and the stream's, and some extra
constexpr std::size_t window_updates_due_max = 100'000;
constexpr std::uint64_t never = 1'000'000'000;    // nghttp2's own limit of resets: ours is reached first
constexpr std::size_t header_list_overhead = 32;  // RFC 9113 section 6.5.2

std::string_view view(const std::uint8_t* bytes, std::size_t size) {
  return {reinterpret_cast<const char*>(bytes), size};
}

nghttp2_nv field(std::string_view name, std::string_view value) {
  // nghttp2 copies both, and sends the name in lower case. It does not write to them.
  auto* const name_bytes = const_cast<std::uint8_t*>(reinterpret_cast<const std::uint8_t*>(name.data()));
  auto* const value_bytes = const_cast<std::uint8_t*>(reinterpret_cast<const std::uint8_t*>(value.data()));
  return {name_bytes, value_bytes, name.size(), value.size(), NGHTTP2_NV_FLAG_NONE};
}

void check(int failed) {
  if (failed == NGHTTP2_ERR_NOMEM) throw std::bad_alloc();
}

// RFC 9113 section 8.2.2: connection-specific fields of HTTP/1, which must not be sent.
bool is_connection_field(std::string_view name) {
  return equal_without_case(name, "keep-alive") || equal_without_case(name, "proxy-connection") ||
         equal_without_case(name, "upgrade");
}

}  // namespace

// nghttp2's callbacks, in the order in which a stream sees them.
struct Http2Session::Callbacks {
  static Http2Session& of(void* user) { return *static_cast<Http2Session*>(user); }
  static Http2Stream* stream_of(nghttp2_session* session, std::int32_t id) {
    return static_cast<Http2Stream*>(nghttp2_session_get_stream_user_data(session, id));
  }

  static int begin_frame(nghttp2_session*, const nghttp2_frame_hd* head, void* user) {
    Http2Session& self = of(user);
    if (!self.counts(head->type, head->length, head->flags)) self.over_budget_ = true;
    self.fault_ = self.fault_of(head->type, head->stream_id, head->flags);
    return self.over_budget_ || self.fault_ != NGHTTP2_NO_ERROR ? NGHTTP2_ERR_CALLBACK_FAILURE : 0;
  }

  static int begin_headers(nghttp2_session* session, const nghttp2_frame* frame, void* user) {
    Http2Session& self = of(user);
    self.in_head_ = true;
    if (frame->headers.cat != NGHTTP2_HCAT_REQUEST) return 0;
    self.last_stream_ = frame->hd.stream_id;
    Http2Stream* const stream = self.open(frame->hd.stream_id);
    if (stream != nullptr) return nghttp2_session_set_stream_user_data(session, frame->hd.stream_id, stream);
    return nghttp2_submit_rst_stream(session, NGHTTP2_FLAG_NONE, frame->hd.stream_id, NGHTTP2_REFUSED_STREAM);
  }

  static int header(nghttp2_session* session, const nghttp2_frame* frame, const std::uint8_t* name,
                    std::size_t name_size, const std::uint8_t* value, std::size_t value_size, std::uint8_t, void*) {
    Http2Stream* const stream = stream_of(session, frame->hd.stream_id);
    if (stream == nullptr) return 0;
    if (frame->headers.cat == NGHTTP2_HCAT_REQUEST) {
      stream->decoder.add(view(name, name_size), view(value, value_size));
    } else if (!stream->decoder.add_trailer(view(name, name_size), view(value, value_size))) {
      stream->request_body.refuse(413, errors::body_too_large, "The body is too large.");
    }
    return 0;
  }

  // By default nghttp2 would drop the field silently.
  static int invalid_header(nghttp2_session*, const nghttp2_frame*, const std::uint8_t*, std::size_t,
                            const std::uint8_t*, std::size_t, std::uint8_t, void*) {
    return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
  }

  static int frame_received(nghttp2_session* session, const nghttp2_frame* frame, void* user) {
    Http2Session& self = of(user);
    if (frame->hd.type == NGHTTP2_SETTINGS) self.greeted_ = true;
    // RFC 9113 section 6.8: GOAWAY before the connection ends, which it does when the last stream is answered.
    if (frame->hd.type == NGHTTP2_GOAWAY && !std::exchange(self.client_leaves_, true)) self.shut_down();
    if (frame->hd.type != NGHTTP2_HEADERS && frame->hd.type != NGHTTP2_DATA) return 0;
    const bool is_head = frame->hd.type == NGHTTP2_HEADERS;
    if (is_head) self.in_head_ = false;
    Http2Stream* const stream = stream_of(session, frame->hd.stream_id);
    if (stream == nullptr) return 0;
    const bool last = (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
    if (is_head && frame->headers.cat == NGHTTP2_HCAT_REQUEST) {
      using Body = Http2RequestDecoder::Body;
      stream->refused = !stream->decoder.finish(last ? Body::none : Body::follows, stream->request);
      stream->request_body.begin(stream->decoder.content_length(),
                                 last ? Http2RequestBody::Ended::yes : Http2RequestBody::Ended::no,
                                 stream->decoder.expects_continue());
      ++self.requests_;
      stream->arriving = true;
      self.start(*stream, self.events_.starts_before_body(*stream) ? Start::now : Start::when_ready);
    } else if (last) {
      stream->request_body.end();
      self.start(*stream, Start::when_ready);
      stream->notify();
    }
    return 0;
  }

  static int data(nghttp2_session* session, std::uint8_t, std::int32_t id, const std::uint8_t* bytes, std::size_t size,
                  void* user) {
    Http2Stream* const stream = stream_of(session, id);
    if (stream == nullptr) return nghttp2_session_consume_connection(session, size);
    Http2Session& self = of(user);
    stream->body_stalled_since = 0;
    stream->notify();
    const std::uint64_t most =
        stream->tunnels ? std::numeric_limits<std::uint64_t>::max() : self.limits_.body_bytes_max;
    const bool kept = stream->request_body.arrived(view(bytes, size), most);
    if (kept && !stream->arriving) return 0;
    // Unread bodies must not block each other: the streams' windows bound them.
    if (kept) stream->request_body.credit(size);
    self.start(*stream, Start::when_ready);
    return nghttp2_session_consume_connection(session, size);
  }

  static int stream_close(nghttp2_session* session, std::int32_t id, std::uint32_t, void* user) {
    Http2Stream* const stream = stream_of(session, id);
    if (stream == nullptr) return 0;
    stream->closed = true;
    stream->let_go(stream->held());
    (void)nghttp2_session_consume_connection(session, stream->request_body.uncredited());
    stream->notify();
    of(user).events_.stream_closed(*stream);
    return 0;
  }

  static ssize_t pull(nghttp2_session*, std::int32_t, std::uint8_t*, std::size_t most, std::uint32_t* flags,
                      nghttp2_data_source* source, void*) {
    Http2Stream& stream = *static_cast<Http2Stream*>(source->ptr);
    const std::size_t size = std::min(stream.output().size(), most);
    const bool last = stream.production() == Http2Stream::Production::whole && size == stream.output().size();
    if (last) *flags |= NGHTTP2_DATA_FLAG_EOF;
    if (last && stream.response.trailers) {
      *flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
      stream.session().submit_trailers(stream);
    }
    if (size > 0 || last) {
      *flags |= NGHTTP2_DATA_FLAG_NO_COPY;
      return static_cast<ssize_t>(size);
    }
    if (stream.production() == Http2Stream::Production::failed) return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    stream.deferred = true;
    return NGHTTP2_ERR_DEFERRED;
  }

  static int send_data(nghttp2_session*, nghttp2_frame*, const std::uint8_t* head, std::size_t size,
                       nghttp2_data_source* source, void* user) {
    Http2Session& self = of(user);
    if (self.out_->size() >= self.out_max_) return NGHTTP2_ERR_WOULDBLOCK;
    Http2Stream& stream = *static_cast<Http2Stream*>(source->ptr);
    self.out_->append(view(head, frame_head_bytes)).append(stream.output().substr(0, size));
    stream.sent(size);
    self.body_bytes_sent_ += size;
    self.window_updates_due_ =
        std::min(self.window_updates_due_ + window_updates_per_data_frame, window_updates_due_max);
    return 0;
  }

  static int frame_sent(nghttp2_session* session, const nghttp2_frame* frame, void* user) {
    Http2Session& self = of(user);
    if (frame->hd.type == NGHTTP2_RST_STREAM) {
      self.reset_by_us_[self.resets_by_us_++ % self.reset_by_us_.size()] = frame->hd.stream_id;
      // A client that makes the server reset its streams costs as much as one that resets them itself.
      const std::uint32_t code = frame->rst_stream.error_code;
      const bool provoked = code == NGHTTP2_PROTOCOL_ERROR || code == NGHTTP2_FLOW_CONTROL_ERROR ||
                            code == NGHTTP2_STREAM_CLOSED || code == NGHTTP2_FRAME_SIZE_ERROR;
      if (provoked && !self.resets_.take(self.now_)) self.over_budget_ = true;
      return 0;
    }
    if (frame->hd.type != NGHTTP2_HEADERS && frame->hd.type != NGHTTP2_DATA) return 0;
    if ((frame->hd.flags & NGHTTP2_FLAG_END_STREAM) == 0) return 0;
    const Http2Stream* const stream = stream_of(session, frame->hd.stream_id);
    if (stream == nullptr || stream->request_body.ended()) return 0;
    // RFC 9113 section 8.1: answered before the request has ended; its rest is not needed.
    return nghttp2_submit_rst_stream(session, NGHTTP2_FLAG_NONE, frame->hd.stream_id, NGHTTP2_NO_ERROR);
  }
};

Http2Session::Http2Session(const Limits& limits, Http2SessionEvents& events)
    : limits_(limits),
      events_(events),
      resets_(limits.http2_resets_max, limits.http2_rate_time),
      control_frames_(limits.http2_control_frames_max, limits.http2_rate_time),
      buffered_body_max_(std::min(limits.body_bytes_buffered_max, limits.http2_stream_window_bytes / 2)) {
  nghttp2_session_callbacks* callbacks = nullptr;
  nghttp2_option* option = nullptr;
  check(nghttp2_session_callbacks_new(&callbacks));
  const std::unique_ptr<nghttp2_session_callbacks, void (*)(nghttp2_session_callbacks*)> callbacks_owner(
      callbacks, nghttp2_session_callbacks_del);
  check(nghttp2_option_new(&option));
  const std::unique_ptr<nghttp2_option, void (*)(nghttp2_option*)> option_owner(option, nghttp2_option_del);
  nghttp2_session_callbacks_set_on_begin_frame_callback(callbacks, Callbacks::begin_frame);
  nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, Callbacks::begin_headers);
  nghttp2_session_callbacks_set_on_header_callback(callbacks, Callbacks::header);
  nghttp2_session_callbacks_set_on_invalid_header_callback(callbacks, Callbacks::invalid_header);
  nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, Callbacks::frame_received);
  nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, Callbacks::data);
  nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, Callbacks::stream_close);
  nghttp2_session_callbacks_set_send_data_callback(callbacks, Callbacks::send_data);
  nghttp2_session_callbacks_set_on_frame_send_callback(callbacks, Callbacks::frame_sent);
  nghttp2_option_set_no_auto_window_update(option, 1);
  // nghttp2 counts each read of a CONTINUATION frame's head, not each frame; begin_frame counts frames. nghttp2's limit
  // remains for header blocks of closed streams, for which it calls nothing of ours.
  nghttp2_option_set_max_continuations(option, frame_head_bytes * limits.http2_continuations_max);
  nghttp2_option_set_stream_reset_rate_limit(option, never, never);
  check(nghttp2_session_server_new3(&session_, callbacks, this, option, memory_.functions()));
  submit_settings();
}

Http2Session::~Http2Session() { nghttp2_session_del(session_); }

void Http2Session::submit_settings() {
  const auto header_list = static_cast<std::uint32_t>(limits_.header_bytes_max + limits_.request_line_bytes_max +
                                                      limits_.header_count_max * header_list_overhead);
  const std::array<nghttp2_settings_entry, 4> entries{{
      {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, static_cast<std::uint32_t>(limits_.http2_streams_max)},
      {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, static_cast<std::uint32_t>(limits_.http2_stream_window_bytes)},
      {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, header_list},
      {NGHTTP2_SETTINGS_ENABLE_CONNECT_PROTOCOL, 1},  // RFC 8441
  }};
  check(nghttp2_submit_settings(session_, NGHTTP2_FLAG_NONE, entries.data(), entries.size()));
  check(nghttp2_session_set_local_window_size(session_, NGHTTP2_FLAG_NONE, 0,
                                              static_cast<std::int32_t>(limits_.http2_connection_window_bytes)));
}

bool Http2Session::receive(std::string_view bytes, std::int64_t now) {
  if (terminated_) return false;
  now_ = now;
  const ssize_t taken =
      nghttp2_session_mem_recv(session_, reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
  if (taken >= 0 && !over_budget_) return true;
  check(static_cast<int>(taken));
  const bool flood = over_budget_ || taken == NGHTTP2_ERR_FLOODED || taken == NGHTTP2_ERR_TOO_MANY_CONTINUATIONS;
  terminate(flood ? NGHTTP2_ENHANCE_YOUR_CALM : fault_ != NGHTTP2_NO_ERROR ? fault_ : NGHTTP2_PROTOCOL_ERROR);
  return false;
}

// RFC 9113 sections 5.1 and 5.1.1: frames that clients never send on a stream that they have ended or skipped, and that
// nghttp2 ignores. On a stream that we have reset, such a frame may have been in flight.
std::uint32_t Http2Session::fault_of(std::uint8_t type, std::int32_t id, std::uint8_t flags) {
  if (id > last_stream_ || id == 0) return NGHTTP2_NO_ERROR;
  if (type != NGHTTP2_HEADERS && type != NGHTTP2_DATA && type != NGHTTP2_RST_STREAM) return NGHTTP2_NO_ERROR;
  nghttp2_stream* const stream = nghttp2_session_find_stream(session_, id);
  if (stream != nullptr && nghttp2_stream_get_state(stream) != NGHTTP2_STREAM_STATE_CLOSED) return NGHTTP2_NO_ERROR;
  const auto excused = std::ranges::find(reset_by_us_, id);
  const bool was_excused = excused != reset_by_us_.end();
  if (was_excused && (type == NGHTTP2_RST_STREAM || (flags & NGHTTP2_FLAG_END_STREAM) != 0)) *excused = 0;
  if (was_excused || type == NGHTTP2_RST_STREAM) return NGHTTP2_NO_ERROR;
  return stream != nullptr || type == NGHTTP2_DATA ? NGHTTP2_STREAM_CLOSED : NGHTTP2_PROTOCOL_ERROR;
}

// false: more than a client has reason to send.
bool Http2Session::counts(std::uint8_t type, std::size_t length, std::uint8_t flags) {
  switch (type) {
    case NGHTTP2_HEADERS:
      continuations_ = 0;
      return true;
    case NGHTTP2_CONTINUATION:
      return ++continuations_ <= limits_.http2_continuations_max;
    case NGHTTP2_DATA:
      if (length > 0 || (flags & NGHTTP2_FLAG_END_STREAM) != 0) return true;
      break;
    case NGHTTP2_RST_STREAM:
      return resets_.take(now_);
    case NGHTTP2_WINDOW_UPDATE:
      if (window_updates_due_ == 0) break;
      --window_updates_due_;
      return true;
    default:
      break;
  }
  return control_frames_.take(now_);
}

void Http2Session::gather(std::string& out, std::size_t bytes_max) {
  out_ = &out;
  out_max_ = bytes_max;
  while (out.size() < bytes_max) {
    const std::uint8_t* bytes = nullptr;
    const ssize_t size = nghttp2_session_mem_send(session_, &bytes);
    check(static_cast<int>(size));
    if (size > 0) {
      out.append(view(bytes, static_cast<std::size_t>(size)));
      continue;
    }
    if (size < 0) terminate(NGHTTP2_INTERNAL_ERROR);
    if (!over_budget_ || terminated_) return;
    terminate(NGHTTP2_ENHANCE_YOUR_CALM);
  }
}

bool Http2Session::finished() const {
  return nghttp2_session_want_read(session_) == 0 && nghttp2_session_want_write(session_) == 0;
}

bool Http2Session::wants_output() const { return nghttp2_session_want_write(session_) != 0; }
std::size_t Http2Session::outbound_frames() const { return nghttp2_session_get_outbound_queue_size(session_); }

void Http2Session::respond(Http2Stream& stream, ResponseFraming framing, std::string_view date) {
  if (stream.closed || stream.answered) return;
  stream.answered = true;
  stream.request_body.answer_begins();
  const Response& response = stream.response;
  std::array<char, 4> status{};
  std::array<char, 24> length{};
  const auto status_end = std::to_chars(status.data(), status.data() + status.size(), response.status).ptr;
  std::vector<nghttp2_nv> fields;
  fields.reserve(response.headers.count() + 3);
  fields.push_back(field(":status", {status.data(), static_cast<std::size_t>(status_end - status.data())}));
  fields.push_back(field("date", date));
  for (std::size_t i = 0; i < response.headers.count(); ++i) {
    const Field& each = response.headers.at(i);
    if (!is_connection_field(each.name)) fields.push_back(field(each.name, each.value));
  }
  const bool length_known = !stream.tunnels && (!response.stream || response.stream_length);
  if (length_known && response.status != 204 && response.status != 304) {
    const std::uint64_t bytes = response.stream ? *response.stream_length : response.body.size();
    const auto end = std::to_chars(length.data(), length.data() + length.size(), bytes).ptr;
    fields.push_back(field("content-length", {length.data(), static_cast<std::size_t>(end - length.data())}));
  }
  const bool has_body = framing != ResponseFraming::none &&
                        (stream.tunnels || response.stream || !response.body.empty() || response.trailers);
  if (has_body && !response.stream && !stream.tunnels) stream.hold(response.body.size());
  const nghttp2_data_provider provider{{.ptr = &stream}, Callbacks::pull};
  check(nghttp2_submit_response(session_, stream.id(), fields.data(), fields.size(), has_body ? &provider : nullptr));
}

void Http2Session::submit_trailers(const Http2Stream& stream) {
  const ResponseHeaders& trailers = *stream.response.trailers;
  std::vector<nghttp2_nv> fields;
  fields.reserve(trailers.count());
  for (std::size_t i = 0; i < trailers.count(); ++i) {
    const Field& each = trailers.at(i);
    if (!is_connection_field(each.name)) fields.push_back(field(each.name, each.value));
  }
  check(nghttp2_submit_trailer(session_, stream.id(), fields.data(), fields.size()));
}

void Http2Session::ask_for_body(Http2Stream& stream) {
  const nghttp2_nv status = field(":status", "100");
  check(nghttp2_submit_headers(session_, NGHTTP2_FLAG_NONE, stream.id(), nullptr, &status, 1, nullptr));
  events_.output_waits();
}

void Http2Session::resume(Http2Stream& stream) {
  if (stream.closed || !stream.deferred) return;
  stream.deferred = false;
  check(nghttp2_session_resume_data(session_, stream.id()));
  events_.output_waits();
}

void Http2Session::start(Http2Stream& stream, Start start) {
  const bool ready = start == Start::now || stream.refused || stream.request_body.ready(buffered_body_max_);
  if (!stream.arriving || !ready) return;
  stream.arriving = false;
  events_.request_ready(stream);
}

void Http2Session::take(Http2Stream& stream, std::size_t bytes, std::size_t credited) {
  if (stream.closed || bytes == 0) return;
  check(nghttp2_session_consume_connection(session_, bytes - credited));
  // A client that has sent the whole body needs no window.
  if (!stream.request_body.ended()) check(nghttp2_session_consume_stream(session_, stream.id(), bytes));
  events_.output_waits();
}

void Http2Session::reset(Http2Stream& stream, std::uint32_t code) {
  if (stream.closed) return;
  check(nghttp2_submit_rst_stream(session_, NGHTTP2_FLAG_NONE, stream.id(), code));
  events_.output_waits();
}

void Http2Session::announce_shutdown() { check(nghttp2_submit_shutdown_notice(session_)); }

void Http2Session::shut_down() {
  check(nghttp2_submit_goaway(session_, NGHTTP2_FLAG_NONE, nghttp2_session_get_last_proc_stream_id(session_),
                              NGHTTP2_NO_ERROR, nullptr, 0));
}

void Http2Session::terminate(std::uint32_t code) {
  if (std::exchange(terminated_, true)) return;
  check(nghttp2_session_terminate_session(session_, code));
}

Http2Stream* Http2Session::open(std::int32_t id) {
  // Reset streams count as long as their handlers run.
  if (streams_.size() >= 2 * limits_.http2_streams_max) return nullptr;
  std::unique_ptr<Http2Stream> stream;
  if (free_.empty()) {
    stream = std::make_unique<Http2Stream>(*this, limits_);
  } else {
    stream = std::move(free_.back());
    free_.pop_back();
  }
  stream->begin(id);
  stream->place = streams_.size();
  streams_.push_back(std::move(stream));
  return streams_.back().get();
}

void Http2Session::release_memory() {
  forget_streams();
  if (!wants_output()) memory_.release();
}

void Http2Session::release(Http2Stream& stream) {
  const std::size_t place = stream.place;
  std::swap(streams_[place], streams_.back());
  streams_[place]->place = place;
  std::unique_ptr<Http2Stream> last = std::move(streams_.back());
  streams_.pop_back();
  last->end();
  if (free_.size() < free_streams_max) free_.push_back(std::move(last));
}

}  // namespace ashlar::http::detail
