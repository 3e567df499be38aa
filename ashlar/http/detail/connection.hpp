// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/http/detail/exchange.hpp"
#include "ashlar/http/detail/http1_request.hpp"
#include "ashlar/http/detail/http1_response.hpp"
#include "ashlar/http/detail/http2_connection.hpp"
#include "ashlar/http/detail/loop.hpp"
#include "ashlar/http/detail/peer.hpp"
#include "ashlar/http/detail/wire.hpp"

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <memory>
#include <string>

namespace ashlar::http::detail {

// The bytes that precede HTTP and TLS.
enum class Preface : std::uint8_t { none, proxy_header };

// One accepted connection: a coroutine that reads, calls the handler and writes until either side ends it. It speaks
// HTTP/1, and is replaced by an Http2Connection when ALPN or the first bytes select HTTP/2. The memory of its requests
// and responses belongs to the loop, which reuses it, so that a request allocates nothing and an idle connection holds
// little. Owned by its coroutine; registered in its loop's table while it lives.
class Connection final : public std::enable_shared_from_this<Connection> {
 public:
  static void start(Loop& loop, Socket socket, const boost::asio::ip::tcp::endpoint& peer, ConnectionPermit permit,
                    Preface preface);

  Connection(Loop& loop, Socket socket, const boost::asio::ip::tcp::endpoint& peer, ConnectionPermit permit);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Called by the loop.
  void moved_to(std::size_t place) { wire_.moved_to(place); }
  [[nodiscard]] int descriptor() { return wire_.transport().socket().native_handle(); }
  void expire();
  void end_at_once();  // without a TLS close_notify, to which the peer would have to respond
  void tick() { http2_->tick(); }
  void rest();
  void release_memory();
  void client_gone();
  // Whether a handler that has run for this long has exceeded its time.
  [[nodiscard]] bool is_late(std::chrono::milliseconds running) const {
    if (exchange_ == nullptr) return false;
    const Request& request = exchange_->request;
    return request.time_max.count() > 0 && running >= request.time_max && !request.late;
  }
  void cancel_handler();
  void send_what_waits();
  void send_gathered();
  void drain();
  void abort();

 private:
  enum class Next : std::uint8_t {
    request,  // continue
    flush,    // send the gathered output, then continue
    rest,     // the response is not complete: a stream, a large body, an unread request body
    close,    // send the gathered output, then end
    lingering_close,
    http2,  // the received bytes begin its preface
    gone,   // the peer has disconnected
  };
  enum class Failure : std::uint8_t { none, thrown };

  Task<> run(std::shared_ptr<Connection> self, Preface preface);
  Task<bool> take_proxy_header();
  Task<bool> shake_hands();
  [[nodiscard]] bool begins_with_http2();
  Task<> serve_http2();
  Task<Next> serve();
  [[nodiscard]] bool leaves_to_turn();
  void before_read();
  Next head_not_read();
  void take_exchange();
  void give_back_memory();
  void begin_request();
  Next conclude(Failure failure);
  Task<Next> conclude_rest();
  Task<bool> send_stream(ResponseFraming framing, Persistence persistence);
  Task<Next> run_tunnel();
  Next refuse_head(const Refusal& refusal);
  Next refuse(const Refusal& refusal);
  Next after_answer(Persistence persistence);
  void append_response(ResponseFraming framing, Persistence persistence);
  void shape_refusal(int status, const Error& error);
  [[nodiscard]] ResponseContext context(Persistence persistence) const;
  [[nodiscard]] Persistence persistence(ResponseFraming framing) const;

  ConnectionPermit permit_;
  Loop& loop_;
  Wire wire_;
  Http1RequestDecoder decoder_;
  std::unique_ptr<Exchange> exchange_;  // null while the connection rests
  std::string peer_address_;
  std::string client_certificate_;
  Peer peer_;
  boost::asio::cancellation_signal cancel_;
  std::unique_ptr<Http2Connection> http2_;
  std::size_t requests_ = 0;
  std::size_t gathered_ = 0;  // responses in the output that were not sent
  bool reading_ = false;      // reading the next head
  bool waiting_ = false;      // for a request's first byte
  bool releasing_ = false;    // memory, while waiting
  bool gathering_ = false;    // the loop is going to send the output
  bool blocked_ = false;      // it tried, and the socket accepted a part
  bool head_begun_ = false;   // its time limit runs
  bool broken_off_ = false;   // the handler failed: this response is the last
  bool gone_ = false;
};

}  // namespace ashlar::http::detail
