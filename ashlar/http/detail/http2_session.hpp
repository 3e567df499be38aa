// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/http/detail/frame_budget.hpp"
#include "ashlar/http/detail/http1_response.hpp"
#include "ashlar/http/detail/http2_memory.hpp"
#include "ashlar/http/detail/http2_stream.hpp"
#include "ashlar/http/limits.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

struct nghttp2_session;
struct nghttp2_session_callbacks;
struct nghttp2_option;

namespace ashlar::http::detail {

// The session's callbacks to the connection. The first three are called by receive() and gather(), and must not call
// the session except to release a stream; the others are called by a handler.
class Http2SessionEvents {
 public:
  Http2SessionEvents() = default;
  Http2SessionEvents(const Http2SessionEvents&) = delete;
  Http2SessionEvents& operator=(const Http2SessionEvents&) = delete;
  virtual ~Http2SessionEvents() = default;

  virtual bool starts_before_body(const Http2Stream& stream) = 0;
  virtual void request_ready(Http2Stream& stream) = 0;  // to be started, or refused
  virtual void stream_closed(Http2Stream& stream) = 0;  // answered, or reset; to be released once unused
  virtual void head_due(Http2Stream& stream) = 0;       // a streamed response has its first piece: respond()
  virtual void output_waits() = 0;                      // gather() has output, though nothing was received
};

// HTTP/2 (RFC 9113) without I/O: takes received bytes and responses, produces requests, pieces of bodies, and bytes to
// send. Frames, HPACK, flow control and the rules of HTTP/2 are left to nghttp2; limits, flood protection and streams
// are implemented here.
class Http2Session {
 public:
  // Both outlive it.
  Http2Session(const Limits& limits, Http2SessionEvents& events);
  ~Http2Session();
  Http2Session(const Http2Session&) = delete;
  Http2Session& operator=(const Http2Session&) = delete;

  // Received bytes, starting with the preface. `now`: milliseconds of a steady clock. false: the client has violated a
  // rule or a limit, and gets GOAWAY; nothing further may be received.
  [[nodiscard]] bool receive(std::string_view bytes, std::int64_t now);
  // Appends output until `out` has `bytes_max` or there is no more.
  void gather(std::string& out, std::size_t bytes_max);
  [[nodiscard]] bool finished() const;  // nothing remains to be sent or received
  [[nodiscard]] bool wants_output() const;
  [[nodiscard]] std::size_t outbound_frames() const;  // that wait to be gathered
  [[nodiscard]] bool in_head() const { return in_head_; }
  [[nodiscard]] bool greeted() const { return greeted_; }  // the client's SETTINGS have arrived

  // Sends the response's head; its body (if `framing` has one) is pulled from the stream.
  void respond(Http2Stream& stream, ResponseFraming framing, std::string_view date);
  void ask_for_body(Http2Stream& stream);  // 100 Continue
  void resume(Http2Stream& stream);        // there is more to pull, or the end
  // `bytes` of its body were read: the client may send as many. `credited`: those of them that were already returned to
  // the connection's window.
  void take(Http2Stream& stream, std::size_t bytes, std::size_t credited);
  void reset(Http2Stream& stream, std::uint32_t code);  // RST_STREAM

  void announce_shutdown();            // GOAWAY that still allows new streams
  void shut_down();                    // GOAWAY with the last stream that will be answered
  void terminate(std::uint32_t code);  // GOAWAY, and nothing after it

  [[nodiscard]] std::span<const std::unique_ptr<Http2Stream>> streams() const { return streams_; }
  // Of responses, held in memory for the client.
  [[nodiscard]] std::size_t unsent() const { return unsent_; }
  void add_unsent(std::size_t bytes) { unsent_ += bytes; }
  void remove_unsent(std::size_t bytes) { unsent_ -= bytes; }
  [[nodiscard]] std::uint64_t body_bytes_sent() const { return body_bytes_sent_; }
  [[nodiscard]] std::size_t requests() const { return requests_; }  // total so far
  [[nodiscard]] const Limits& limits() const { return limits_; }
  [[nodiscard]] Http2SessionEvents& events() { return events_; }
  void release(Http2Stream& stream);
  // While idle: releases the memory of ended streams; the second also nghttp2's.
  void forget_streams() { free_.clear(); }
  void release_memory();

 private:
  struct Callbacks;
  Http2Stream* open(std::int32_t id);
  [[nodiscard]] bool counts(std::uint8_t type, std::size_t length, std::uint8_t flags);
  [[nodiscard]] std::uint32_t fault_of(std::uint8_t type, std::int32_t id, std::uint8_t flags);
  void submit_settings();
  void submit_trailers(const Http2Stream& stream);
  enum class Start : std::uint8_t { when_ready, now };
  void start(Http2Stream& stream, Start start);

  const Limits& limits_;
  Http2SessionEvents& events_;
  Http2Memory memory_;
  nghttp2_session* session_ = nullptr;
  std::vector<std::unique_ptr<Http2Stream>> streams_;
  std::vector<std::unique_ptr<Http2Stream>> free_;
  FrameBudget resets_;
  FrameBudget control_frames_;
  std::size_t window_updates_due_ = 0;  // caused by our DATA frames
  std::int64_t now_ = 0;
  std::size_t continuations_ = 0;  // behind the last HEADERS frame
  std::size_t requests_ = 0;
  std::size_t unsent_ = 0;
  std::uint64_t body_bytes_sent_ = 0;
  std::string* out_ = nullptr;
  std::size_t out_max_ = 0;
  std::int32_t last_stream_ = 0;
  std::array<std::int32_t, 128> reset_by_us_{};  // the most recent ones
  std::size_t resets_by_us_ = 0;
  std::size_t buffered_body_max_;  // Limits::body_bytes_buffered_max; a client may leave a part of its window unused
  std::uint32_t fault_ = 0;
  bool in_head_ = false;
  bool greeted_ = false;
  bool client_leaves_ = false;  // it has sent GOAWAY
  bool over_budget_ = false;
  bool terminated_ = false;
};

}  // namespace ashlar::http::detail
