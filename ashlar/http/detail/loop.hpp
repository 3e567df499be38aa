// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/http/detail/input_buffer.hpp"
#include "ashlar/http/detail/server_shared.hpp"
#include "ashlar/http/detail/unsent_bytes.hpp"
#include "ashlar/http/limits.hpp"

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/ssl/context.hpp>

#include <poll.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ashlar::http::detail {

class Connection;
struct Exchange;

// The next deadline of a connection. A request sets it several times, so setting it is a plain store: there are no
// timers per connection, but one sweep per loop that examines all of them.
struct Due {
  enum class Kind : std::uint8_t {
    nothing,
    deadline,  // expire() at `at`
    head,      // the same; no request has begun, so the connection may be closed for a new one
    idle,      // the same, and the next sweep calls rest()
    resting,   // the same, and after a while release_memory() is called
    released,  // the same, after that
    watched,   // a handler runs: checks whether the client is connected and whether the handler is late
    swept,     // HTTP/2: it examines its own streams in tick()
  };
  std::int64_t at = 0;  // milliseconds of the steady clock; for `watched`: since when
  Connection* connection = nullptr;
  Kind kind = Kind::nothing;
};

// How late the sweeps ran, in nanoseconds. Written by the loop, read and reset from any thread.
struct LoopLag {
  std::atomic<std::int64_t> total = 0;
  std::atomic<std::int64_t> longest = 0;
  std::atomic<std::uint64_t> timers = 0;

  void add(std::chrono::nanoseconds late);
};

// The HTTP state of a loop: its connections with their deadlines, the time of the last sweep, buffers. Used from the
// loop's thread only.
class Loop {
 public:
  explicit Loop(ServerShared& shared);
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  [[nodiscard]] boost::asio::io_context& context() { return context_; }
  [[nodiscard]] ServerShared& shared() { return shared_; }
  [[nodiscard]] const Limits& limits() const { return shared_.limits; }
  [[nodiscard]] BufferPool& buffers() { return buffers_; }
  [[nodiscard]] UnsentTotal& unsent() { return unsent_; }
  [[nodiscard]] std::unique_ptr<Exchange> take_exchange();
  void give_back(std::unique_ptr<Exchange> exchange);
  [[nodiscard]] std::string_view date() const { return date_; }
  [[nodiscard]] std::int64_t now() const { return now_; }  // milliseconds of the steady clock at the last sweep
  [[nodiscard]] std::int64_t next() const {
    return now_ + interval_.count();
  }  // at the next one: not before this moment
  [[nodiscard]] bool draining() const { return draining_; }
  [[nodiscard]] LoopLag& lag() { return lag_; }
  [[nodiscard]] boost::asio::ssl::context* tls() { return tls_.get(); }  // for new connections; null: no TLS
  void use_tls(std::shared_ptr<boost::asio::ssl::context> tls) { tls_ = std::move(tls); }

  // The place is the index in the table; it changes when another connection ends: see Connection::moved_to.
  std::size_t add(Connection& connection);
  void remove(std::size_t place);

  void set_nothing(std::size_t place) { due_[place].kind = Due::Kind::nothing; }
  void set_watched(std::size_t place) { set(place, {}, Due::Kind::watched); }
  void set_swept(std::size_t place) { due_[place].kind = Due::Kind::swept; }
  void set_deadline(std::size_t place, std::chrono::milliseconds within) { set(place, within, Due::Kind::deadline); }
  void set_head(std::size_t place, std::chrono::milliseconds within) { set(place, within, Due::Kind::head); }
  void set_idle(std::size_t place, std::chrono::milliseconds within) { set(place, within, Due::Kind::idle); }

  // Ends the connection that has been idle longest, if for at least `idle_min`; without an idle one, the one that has
  // been sending its TLS handshake or the head of a request longest. false: there is none.
  bool end_longest_waiting(std::chrono::milliseconds idle_min);

  // A busy loop sends the responses of one turn together, at its end, so that a client with many of the connections is
  // woken once for all of them. Otherwise each response is sent immediately.
  [[nodiscard]] bool gathers() const { return gathers_; }
  void count_answer() { ++answers_; }
  void flush_with_turn(Connection& connection);  // calls its send_gathered() when it waits for its next request
  void forget_flush(Connection& connection);

  void drain();      // ends idle connections now, the others after their response
  void abort_all();  // ends all now; handlers are cancelled

 private:
  using Timer = boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                                  boost::asio::wait_traits<std::chrono::steady_clock>, LoopExecutor>;

  // Never earlier than requested: the time is as old as the last sweep.
  void set(std::size_t place, std::chrono::milliseconds within, Due::Kind kind) {
    due_[place].at = now_ + within.count() + interval_.count();
    due_[place].kind = kind;
  }
  void schedule();
  void sweep();
  void read_clocks();
  void flush_gathered();
  void look_for_closed_clients();
  void cancel_late_handlers();

  ServerShared& shared_;
  std::shared_ptr<boost::asio::ssl::context> tls_;
  BufferPool buffers_;
  UnsentTotal unsent_;
  std::vector<std::unique_ptr<Exchange>> exchanges_;  // unused; the last one is still in the CPU cache
  std::vector<Due> due_;
  std::vector<pollfd> polled_;
  std::vector<std::shared_ptr<Connection>> polled_connections_;
  std::vector<std::shared_ptr<Connection>> late_connections_;
  std::vector<Connection*> gathered_;
  std::size_t answers_ = 0;  // since the last sweep
  std::chrono::milliseconds interval_;
  LoopLag lag_;
  std::int64_t now_ = 0;
  std::int64_t date_second_ = -1;
  std::string date_;
  bool draining_ = false;
  bool sweeping_ = false;
  bool gathers_ = false;
  bool flush_posted_ = false;
  boost::asio::io_context context_;  // declared after what its unfinished coroutines use while they are destroyed
  Timer timer_;
};

}  // namespace ashlar::http::detail
