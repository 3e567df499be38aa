// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/http/detail/http2_session.hpp"
#include "ashlar/http/detail/loop.hpp"
#include "ashlar/http/detail/peer.hpp"
#include "ashlar/http/detail/wire.hpp"

#include <boost/asio/basic_waitable_timer.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace ashlar::http::detail {

// A connection that speaks HTTP/2: one coroutine reads, each request has its own, and their output is gathered and
// written together. It belongs to a Connection, which the requests keep alive.
class Http2Connection final : private Http2SessionEvents {
 public:
  // `owner` owns this object, the wire, the peer's address and the permit.
  Http2Connection(Loop& loop, Wire& wire, Peer peer, ConnectionPermit& permit, std::weak_ptr<void> owner);

  // Starts with the bytes that the wire has read already; returns after the last byte that can be sent. Handlers may
  // still be ending then.
  Task<> run();

  // Called by the loop, like those of Connection.
  void tick();
  void expire();
  void end_at_once();
  void rest();
  void release_memory();
  void drain();
  void abort();

 private:
  enum class Failure : std::uint8_t { none, thrown };
  enum class Drain : std::uint8_t { no, announced, last };
  using Timer = boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                                  boost::asio::wait_traits<std::chrono::steady_clock>, LoopExecutor>;

  bool starts_before_body(const Http2Stream& stream) override;
  void request_ready(Http2Stream& stream) override;
  void stream_closed(Http2Stream& stream) override;
  void head_due(Http2Stream& stream) override;
  void output_waits() override;

  Task<> read_on();
  void take_input();
  void start_ready();
  void start(Http2Stream& stream);
  void ended(Http2Stream& stream);
  Task<> serve(Http2Stream& stream);
  [[nodiscard]] bool conclude(Http2Stream& stream, Failure failure);
  Task<> produce(Http2Stream& stream);
  Task<> run_tunnel(Http2Stream& stream);
  void refuse(Http2Stream& stream, int status, const Error& error);
  void release(Http2Stream& stream);
  void respond(Http2Stream& stream);
  [[nodiscard]] ResponseFraming framing_of_response(const Http2Stream& stream) const;

  void send();
  void start_write();
  void written(error_code failed, std::size_t size);
  void give_up();
  void set_due();
  void look_at(Http2Stream& stream);
  void look_at_body(Http2Stream& stream);
  void end_waiting(Http2Stream& stream);
  enum class Reader : std::uint8_t { has_none, has_output };
  void look_at_reader(Reader reader);
  [[nodiscard]] bool makes_room_for(std::size_t bytes);
  void refuse_body(Http2Stream& stream, int status, ErrorCode code, const char* message);
  [[nodiscard]] bool over_time(std::int64_t since, std::chrono::milliseconds most) const;

  Loop& loop_;
  Wire& wire_;
  Peer peer_;
  ConnectionPermit& permit_;
  std::weak_ptr<void> owner_;
  Http2Session session_;
  Timer changed_;  // the reading coroutine waits for a write to end
  std::vector<Http2Stream*> ready_;
  std::size_t written_ = 0;  // of the wire's output
  std::int64_t write_since_ = 0;
  std::int64_t head_since_ = 0;
  std::int64_t drain_since_ = 0;
  TransferPace reader_pace_;            // while output is waiting for the client
  std::int64_t reader_awaited_at_ = 0;  // the last sweep that found such output; 0: there was none
  std::uint64_t reader_sent_before_ = 0;
  Drain drain_ = Drain::no;
  bool in_batch_ = false;  // the output will be sent at the end of the batch
  bool send_posted_ = false;
  bool reading_ = false;
  bool writing_ = false;
  bool idle_ = false;
  bool releasing_ = false;  // memory, while idle
  bool over_ = false;       // nothing can be sent or received any more
  bool closing_ = false;    // run() is ending, or has ended
};

}  // namespace ashlar::http::detail
