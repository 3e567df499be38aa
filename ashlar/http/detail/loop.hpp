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

// What is due when on one connection. A request sets it several times, so it is a plain store: there is no timer a
// connection, but one sweep a loop that looks at all of them.
struct Due {
  enum class Kind : std::uint8_t {
    nothing,
    deadline,  // expire() at `at`
    head,      // the same; no request has begun, so the connection may make room for a new one
    idle,      // the same, and the next sweep lets it rest()
    resting,   // the same, and after a while it is to release_memory()
    released,  // the same, after that
    watched,   // a handler runs: see whether the client is still there, and whether the handler is late
    swept,     // HTTP/2: it looks after its streams itself, tick()
  };
  std::int64_t at = 0;  // milliseconds of the steady clock; of what is watched: since when
  Connection* connection = nullptr;
  Kind kind = Kind::nothing;
};

// How late the sweeps came, in nanoseconds. Written by the loop, read and taken from any thread.
struct LoopLag {
  std::atomic<std::int64_t> total = 0;
  std::atomic<std::int64_t> longest = 0;
  std::atomic<std::uint64_t> timers = 0;

  void add(std::chrono::nanoseconds late);
};

// The part of a loop that HTTP needs: its connections and what is due on them, the time as of the last sweep, buffers.
// Used from the loop's thread alone.
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
  [[nodiscard]] boost::asio::ssl::context* tls() { return tls_.get(); }  // of new connections; null: plain
  void use_tls(std::shared_ptr<boost::asio::ssl::context> tls) { tls_ = std::move(tls); }

  // The place is the index in the table; it changes when another connection ends: Connection::moved_to says so.
  std::size_t add(Connection& connection);
  void remove(std::size_t place);

  void set_nothing(std::size_t place) { due_[place].kind = Due::Kind::nothing; }
  void set_watched(std::size_t place) { set(place, {}, Due::Kind::watched); }
  void set_swept(std::size_t place) { due_[place].kind = Due::Kind::swept; }
  void set_deadline(std::size_t place, std::chrono::milliseconds within) { set(place, within, Due::Kind::deadline); }
  void set_head(std::size_t place, std::chrono::milliseconds within) { set(place, within, Due::Kind::head); }
  void set_idle(std::size_t place, std::chrono::milliseconds within) { set(place, within, Due::Kind::idle); }

  // Ends the connection that has been idle for the longest, when that is at least `idle_min`; without an idle one, the
  // one that has been sending its TLS handshake or the head of a request for the longest. false: there is none.
  bool end_longest_waiting(std::chrono::milliseconds idle_min);

  // A busy loop sends the answers of one turn together, at its end: a client that serves many of the connections is
  // woken once for them and not once each. One that is not busy lets each go at once.
  [[nodiscard]] bool gathers() const { return gathers_; }
  void count_answer() { ++answers_; }
  void flush_with_turn(Connection& connection);  // calls its send_gathered() when it waits for its next request
  void forget_flush(Connection& connection);

  void drain();      // idle connections end now, the others after their answer
  void abort_all();  // all end now; handlers are cancelled

 private:
  using Timer = boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                                  boost::asio::wait_traits<std::chrono::steady_clock>, LoopExecutor>;

  // Never earlier than asked for: the time is as old as the last sweep.
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
  std::vector<std::unique_ptr<Exchange>> exchanges_;  // that nobody uses: the last one is still in the cache
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
  boost::asio::io_context context_;  // after what its unfinished coroutines use while they are destroyed
  Timer timer_;
};

}  // namespace ashlar::http::detail
