// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/core/ip_address.hpp"
#include "ashlar/http/detail/address_counts.hpp"
#include "ashlar/http/detail/input_buffer.hpp"
#include "ashlar/http/limits.hpp"
#include "ashlar/http/message.hpp"
#include "ashlar/http/protocols.hpp"

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl/context.hpp>

#include <poll.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ashlar::http::detail {

class Connection;
struct Exchange;

[[nodiscard]] IpAddress address_of(const boost::asio::ip::address& address);

// Who begins with a header of the PROXY protocol, and what it may cost.
struct ProxyProtocol {
  IpNetworks networks;
  std::size_t header_bytes_max = 0;
  std::chrono::milliseconds header_time_max{0};
};

// What all loops of a server share.
struct ServerShared {
  ServerShared(const Limits& server_limits, Handler& server_handler,
               std::shared_ptr<boost::asio::ssl::context> server_tls, ProxyProtocol proxies, Protocols server_protocols)
      : limits(server_limits),
        handler(server_handler),
        tls(std::move(server_tls)),
        proxy_protocol(std::move(proxies)),
        protocols(server_protocols) {}

  const Limits limits;
  Handler& handler;
  const std::shared_ptr<boost::asio::ssl::context> tls;  // what loops begin with; null: plain
  const ProxyProtocol proxy_protocol;
  const Protocols protocols;
  std::atomic<std::size_t> connections{0};
  AddressCounts addresses;
  std::mutex mutex;
  std::condition_variable none_left;  // connections fell to zero

  void connection_ended();
};

// A place among Limits::connections_max and connections_per_address_max, held by a connection as long as it lives.
class ConnectionPermit {
 public:
  // Empty when there is none left.
  static ConnectionPermit take(ServerShared& shared);
  ConnectionPermit(ConnectionPermit&& other) noexcept
      : shared_(std::exchange(other.shared_, nullptr)), address_(std::exchange(other.address_, std::nullopt)) {}
  ConnectionPermit& operator=(ConnectionPermit&&) = delete;
  ~ConnectionPermit();
  explicit operator bool() const { return shared_ != nullptr; }
  // Once: counts it for the client's address. false: that has as many as it may, and this one is to end.
  [[nodiscard]] bool count_for(const boost::asio::ip::address& address);

 private:
  explicit ConnectionPermit(ServerShared* shared) : shared_(shared) {}
  ServerShared* shared_;
  std::optional<IpAddress> address_;
};

// What is due when on one connection. A request sets it several times, so it is a plain store: there is no timer a
// connection, but one sweep a loop that looks at all of them.
struct Due {
  enum class Kind : std::uint8_t {
    nothing,
    deadline,  // expire() at `at`
    idle,      // the same, and the next sweep lets it rest()
    resting,   // the same, and after a while it is to release_memory()
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
  void set_idle(std::size_t place, std::chrono::milliseconds within) { set(place, within, Due::Kind::idle); }

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
