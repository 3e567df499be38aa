// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task_handle.hpp"
#include "ashlar/http/detail/http2_body.hpp"
#include "ashlar/http/detail/http2_request.hpp"
#include "ashlar/http/detail/transfer_pace.hpp"
#include "ashlar/http/message.hpp"

#include <boost/asio/basic_waitable_timer.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ashlar::http::detail {

class Http2Session;

// One stream: a request, its handler, and the part of the response that the client has not accepted. Owned by its
// session, which reuses it for later streams; it exists until both the client's side and the handler have finished.
class Http2Stream {
 public:
  Http2Stream(Http2Session& session, const Limits& limits) : decoder(limits), session_(session) {}
  Http2Stream(const Http2Stream&) = delete;
  Http2Stream& operator=(const Http2Stream&) = delete;

  void begin(std::int32_t id);
  void end();  // releases memory that an unusual request needed

  [[nodiscard]] std::int32_t id() const { return id_; }
  [[nodiscard]] Http2Session& session() { return session_; }

  Http2RequestDecoder decoder;
  Http2RequestBody request_body{*this};
  Http2ResponseBody response_body{*this};
  Request request;
  Response response;
  std::optional<async::TaskHandle> task;  // the handler's, while it runs
  bool refused = false;                   // the decoder has the refusal
  bool closed = false;                    // nothing can be sent or received any more
  bool arriving = false;                  // its handler waits for the body
  bool starting = false;                  // about to be passed to its handler
  bool answered = false;                  // the response's head is being sent
  bool tunnels = false;   // the body and the response are a tunnel's bytes, without limits of size and time
  std::size_t place = 0;  // among the session's streams

  // The output for the client, pulled by the session.
  enum class Production : std::uint8_t { going_on, whole, failed };
  void send_whole();  // Response::body, without a copy
  void send_pieces();
  void append(std::string_view piece);
  void finish(Production production) { production_ = production; }
  // Bytes of the response in memory, counted by the session. A whole body stays until the stream is closed.
  void hold(std::size_t bytes);
  void let_go(std::size_t bytes);
  [[nodiscard]] std::size_t held() const { return held_; }
  [[nodiscard]] Production production() const { return production_; }
  [[nodiscard]] std::string_view output() const;
  void sent(std::size_t bytes);
  [[nodiscard]] std::uint64_t bytes_sent() const { return bytes_sent_; }
  bool deferred = false;  // the session waits for resume()

  // For the connection's sweep: since when, by its clock, nothing has progressed; 0: not examined yet.
  std::int64_t handling_since = 0;  // the handler runs; 0: it does not
  std::int64_t body_stalled_since = 0;
  std::int64_t body_awaited_at = 0;  // the last sweep at which the body was being awaited
  TransferPace body_pace;
  bool body_counted = false;  // by the connection's permit
  std::int64_t output_stalled_since = 0;
  std::uint64_t bytes_sent_before = 0;

  // Waits for any change, on the loop. One coroutine for each side at a time: the reader of the request's body, and the
  // writer of the response's.
  enum class Side : std::uint8_t { reader, writer };
  Task<> changed(Side side);
  void notify() {
    for (auto& event : events_) {
      if (event) event->cancel();
    }
  }

 private:
  using Timer = boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                                  boost::asio::wait_traits<std::chrono::steady_clock>, LoopExecutor>;

  Http2Session& session_;
  std::int32_t id_ = 0;
  Production production_ = Production::whole;
  bool in_pieces_ = false;
  std::string pending_;
  std::size_t at_ = 0;  // in the response's body or in pending_: the bytes before it were sent
  std::uint64_t bytes_sent_ = 0;
  std::size_t held_ = 0;                        // of the session's unsent bytes
  std::array<std::optional<Timer>, 2> events_;  // of each side
};

}  // namespace ashlar::http::detail
