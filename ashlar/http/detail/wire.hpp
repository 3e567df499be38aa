// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/http/detail/input_buffer.hpp"
#include "ashlar/http/detail/loop.hpp"
#include "ashlar/http/detail/transport.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace ashlar::http::detail {

// A connection's bytes: received and not consumed, to be sent, and the current deadline.
class Wire {
 public:
  Wire(Loop& loop, Socket socket, Connection& owner)
      : input(loop.buffers()), unsent(loop.unsent(), owner), loop_(loop), transport_(std::move(socket), loop.tls()) {}

  InputBuffer input;
  std::string output;
  UnsentBytes unsent;
  std::size_t held_by_producer = 0;  // Response::stream_held_bytes, while it runs

  [[nodiscard]] Loop& loop() { return loop_; }
  [[nodiscard]] Transport& transport() { return transport_; }
  [[nodiscard]] bool broken() const { return broken_; }    // nothing can be sent or received any more
  [[nodiscard]] bool expired() const { return expired_; }  // the last operation exceeded its time

  // The current deadline. Each call replaces the previous one.
  void due_idle() { loop_.set_idle(place_, loop_.limits().idle_time_max); }
  void due_in(std::chrono::milliseconds time) { loop_.set_deadline(place_, time); }
  void due_head(std::chrono::milliseconds time) { loop_.set_head(place_, time); }
  void due_never() { loop_.set_nothing(place_); }
  void due_swept() { loop_.set_swept(place_); }
  void watch_client() { loop_.set_watched(place_); }

  // One read, in two halves, so that the most frequent operation of a connection needs no coroutine of its own:
  // `auto [failed, size] = co_await wire.read(); if (wire.has_read(failed, size)) ...`
  [[nodiscard]] Task<IoResult> read() {
    expired_ = false;
    const std::span<char> room = input.room();
    return transport_.read_some(boost::asio::buffer(room.data(), room.size()));
  }
  bool has_read(error_code failed, std::size_t size);
  // Below TLS: whether something has arrived that read() would return.
  [[nodiscard]] bool has_unread();
  // Reads more of a body into the prepared room, within `time`.
  Task<bool> read_body(std::chrono::milliseconds time);

  // The number of sends: earlier output may be withdrawn while this is unchanged.
  [[nodiscard]] std::uint64_t sends() const { return sends_; }
  enum class Flushed : std::uint8_t { all, blocked, failed };
  // Sends as much of `output` as the socket accepts at once.
  Flushed try_flush();
  // Sends all of `output`, then `piece`, then `ending`, waiting for a slow reader within Limits::write_time_max and
  // response_bytes_per_second_min. false: it was too slow, has disconnected, or had to make room (unsent).
  Task<bool> flush(std::string_view piece = {}, std::string_view ending = {});

  // Closes a connection: tells the peer that nothing follows. `lingering` first lets the peer finish sending, and so
  // does `at_once` when received bytes are unread: closing would send a reset after the last response, which can
  // destroy it before it is read (RFC 9112 section 9.6).
  enum class Goodbye : std::uint8_t { at_once, lingering };
  Task<> close(Goodbye goodbye);

  void break_off() { broken_ = true; }  // nothing further is sent
  void expire();                        // called by the sweep: ends the waiting operation
  void cancel();                        // the same without a reason
  void moved_to(std::size_t place) { place_ = place; }
  [[nodiscard]] std::size_t place() const { return place_; }

 private:
  Loop& loop_;
  Transport transport_;
  std::size_t place_ = 0;         // in the loop's table
  std::size_t sent_at_once_ = 0;  // bytes since the coroutine last waited
  std::uint64_t sends_ = 0;
  bool expired_ = false;
  bool broken_ = false;
};

}  // namespace ashlar::http::detail
