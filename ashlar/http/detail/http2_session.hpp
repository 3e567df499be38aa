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

// What a session tells the connection. The first three come out of receive() and gather(), and may not call the session
// but to release a stream; the others come out of a handler.
class Http2SessionEvents {
 public:
  Http2SessionEvents() = default;
  Http2SessionEvents(const Http2SessionEvents&) = delete;
  Http2SessionEvents& operator=(const Http2SessionEvents&) = delete;
  virtual ~Http2SessionEvents() = default;

  virtual bool starts_before_body(const Http2Stream& stream) = 0;
  virtual void request_ready(Http2Stream& stream) = 0;  // to be started, or refused
  virtual void stream_closed(Http2Stream& stream) = 0;  // answered, or reset; to be released when nobody uses it
  virtual void head_due(Http2Stream& stream) = 0;       // a streamed response has its first piece: respond()
  virtual void output_waits() = 0;                      // gather() has something, though nothing was received
};

// HTTP/2 (RFC 9113) without I/O: bytes in, requests and pieces of bodies out; responses in, bytes out. Frames, HPACK,
// flow control and the rules of HTTP/2 are nghttp2's; limits, floods and streams are ours.
class Http2Session {
 public:
  // Both outlive it.
  Http2Session(const Limits& limits, Http2SessionEvents& events);
  ~Http2Session();
  Http2Session(const Http2Session&) = delete;
  Http2Session& operator=(const Http2Session&) = delete;

  // What came, from the preface on. `now`: milliseconds of a steady clock. false: the client has broken a rule or gone
  // over a limit, and gets GOAWAY; nothing is to be received any more.
  [[nodiscard]] bool receive(std::string_view bytes, std::int64_t now);
  // Appends what is to be sent, until `out` has `bytes_max` or there is no more.
  void gather(std::string& out, std::size_t bytes_max);
  [[nodiscard]] bool finished() const;  // nothing is to be sent or received any more
  [[nodiscard]] bool wants_output() const;
  [[nodiscard]] std::size_t outbound_frames() const;  // that wait to be gathered
  [[nodiscard]] bool in_head() const { return in_head_; }
  [[nodiscard]] bool greeted() const { return greeted_; }  // the client's SETTINGS have come

  // The response's head, and that its body (if `framing` has one) is to be pulled from the stream.
  void respond(Http2Stream& stream, ResponseFraming framing, std::string_view date);
  void ask_for_body(Http2Stream& stream);  // 100 Continue
  void resume(Http2Stream& stream);        // there is more to pull, or the end
  // `bytes` of its body were read: the client may send as many. `credited`: of them, those that the connection's window
  // has got back already.
  void take(Http2Stream& stream, std::size_t bytes, std::size_t credited);
  void reset(Http2Stream& stream, std::uint32_t code);  // RST_STREAM

  void announce_shutdown();            // GOAWAY that still lets streams begin
  void shut_down();                    // GOAWAY with the last stream that will be answered
  void terminate(std::uint32_t code);  // GOAWAY, and nothing after it

  [[nodiscard]] std::span<const std::unique_ptr<Http2Stream>> streams() const { return streams_; }
  // Of responses, in memory for the client.
  [[nodiscard]] std::size_t unsent() const { return unsent_; }
  void add_unsent(std::size_t bytes) { unsent_ += bytes; }
  void remove_unsent(std::size_t bytes) { unsent_ -= bytes; }
  [[nodiscard]] std::uint64_t body_bytes_sent() const { return body_bytes_sent_; }
  [[nodiscard]] std::size_t requests() const { return requests_; }  // so far
  [[nodiscard]] const Limits& limits() const { return limits_; }
  [[nodiscard]] Http2SessionEvents& events() { return events_; }
  void release(Http2Stream& stream);
  // While it is idle: the memory of streams that have ended; that, and nghttp2's.
  void forget_streams() { free_.clear(); }
  void release_memory();

 private:
  struct Callbacks;
  Http2Stream* open(std::int32_t id);
  [[nodiscard]] bool counts(std::uint8_t type, std::size_t length, std::uint8_t flags);
  [[nodiscard]] std::uint32_t fault_of(std::uint8_t type, std::int32_t id, std::uint8_t flags);
  void submit_settings();
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
  std::size_t window_updates_due_ = 0;  // that our DATA frames have given reason for
  std::int64_t now_ = 0;
  std::size_t requests_ = 0;
  std::size_t unsent_ = 0;
  std::uint64_t body_bytes_sent_ = 0;
  std::string* out_ = nullptr;
  std::size_t out_max_ = 0;
  std::int32_t last_stream_ = 0;
  std::array<std::int32_t, 128> reset_by_us_{};  // the newest
  std::size_t resets_by_us_ = 0;
  std::size_t buffered_body_max_;  // Limits::body_bytes_buffered_max; a client may leave a part of its window unused
  std::uint32_t fault_ = 0;
  bool in_head_ = false;
  bool greeted_ = false;
  bool over_budget_ = false;
  bool terminated_ = false;
};

}  // namespace ashlar::http::detail
