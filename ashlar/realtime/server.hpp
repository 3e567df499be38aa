// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/api.hpp"
#include "ashlar/async/task.hpp"
#include "ashlar/auth/token.hpp"
#include "ashlar/core/clock.hpp"
#include "ashlar/core/random.hpp"
#include "ashlar/http/message.hpp"
#include "ashlar/realtime/channels.hpp"
#include "ashlar/realtime/hub.hpp"
#include "ashlar/realtime/sockets.hpp"
#include "ashlar/web/routes.hpp"
#include "ashlar/web/trusted_proxies.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The subprotocol ashlar.v1 over WebSockets, and the same channels as server-sent events (event_stream.hpp), over an
// Api:
//
//   realtime::Server realtime({}, {clock, random, channels, &revocations, redeem_ticket});
//   realtime::mount(routes, realtime, "/api/realtime");
//   web::App app({.more_endpoints = channels.endpoints()}, ..., std::move(routes));
//   realtime.serve(app.api());
//   realtime.start(loops, {.epoch = epoch, .offset = offset});
//
// A client signs in with its first request: `Authorization: Bearer`, X-Access-Token, the access cookie (from a page of
// this origin only), the subprotocol "bearer.<token>", or `?ticket=`. Without valid credentials the socket is accepted
// and closed with 1008, since a browser shows a page nothing of a refused handshake.
//
// A client is checked again when its authority may have changed, not when a token is decoded: account_changed() and
// session_ended() close its sockets, or end the subscriptions that its guards refuse now.
namespace ashlar::realtime {

namespace errors {
inline constexpr ErrorCode channel_not_found{ErrorKind::not_found, "realtime.channel_not_found"};
inline constexpr ErrorCode not_subscribed{ErrorKind::conflict, "realtime.not_subscribed"};
inline constexpr ErrorCode subscription_ended{ErrorKind::forbidden, "realtime.subscription_ended"};
inline constexpr ErrorCode events_lost{ErrorKind::unavailable, "realtime.events_lost"};
inline constexpr ErrorCode too_many_channels{ErrorKind::too_many_requests, "realtime.too_many_channels"};
inline constexpr ErrorCode too_many_clients{ErrorKind::too_many_requests, "realtime.too_many_clients"};
inline constexpr ErrorCode token_in_query{ErrorKind::unauthenticated, "realtime.token_in_query"};
inline constexpr ErrorCode restarting{ErrorKind::unavailable, "realtime.restarting"};
}  // namespace errors

struct ServerOptions {
  SocketOptions socket{};
  HubOptions hub{};
  HistoryLimits history{};
  std::size_t channels_per_client_max = 100;  // that one socket or event stream follows
  std::size_t clients_per_account_max = 100;  // sockets and event streams on this instance
  std::size_t stream_queue_bytes_max =
      256 * 1024;  // of an event stream whose reader is slow; beyond it the stream ends
  std::chrono::milliseconds reconnect_spread{10'000};  // drain() asks clients to come back within this time
  std::chrono::milliseconds feed_wait_max{1'000};      // for the event that a client has seen on another instance
  std::vector<std::string> trusted_origins = {};       // of pages whose cookies count, besides this server's own
  web::TrustedProxyOptions trusted_proxies = {};       // that say which host the client requested
};

// The last event of the feed that was read before start().
struct FeedStart {
  std::uint64_t epoch = 0;
  std::uint64_t offset = 0;
};

using RedeemedTicket = Result<std::shared_ptr<const auth::Principal>>;

struct ServerServices {  // what it refers to outlives the server
  const Clock& clock;
  Random& random;
  const Channels& channels;
  const auth::Revocations* revocations = nullptr;                           // null: no session ends early
  std::function<Task<RedeemedTicket>(std::string ticket)> redeem_ticket{};  // empty: there are no tickets
};

namespace detail {
class Loop;
class ServerState;
}  // namespace detail

class Server {
 public:
  // Throws std::invalid_argument for unusable proxies.
  Server(ServerOptions options, ServerServices services);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Once, before start(). The Api outlives it.
  void serve(const api::Api& api);
  // Before the loops have threads.
  void start(const std::vector<boost::asio::io_context*>& loops, FeedStart feed);
  // After the loops' threads are joined. Idempotent.
  void close();
  // Closes every socket with 1012 and the reason "reconnect after N ms", and ends every event stream with `retry: N`,
  // where N is random within ServerOptions::reconnect_spread, so that the clients do not come back all at once. Later
  // clients are refused. Before http::Server::stop(), from any thread.
  void drain();

  // From any thread. Without an account: of any account.
  void account_changed(const std::optional<Uuid>& account);
  void session_ended(const Uuid& session);

  [[nodiscard]] Hub* hub();  // null before start() and after close()
  struct Statistics {
    std::size_t clients = 0;
    Hub::Statistics hub{};
  };
  [[nodiscard]] Statistics statistics() const;

  [[nodiscard]] detail::ServerState& state() { return *state_; }  // for this module

 private:
  std::unique_ptr<detail::ServerState> state_;
};

// Adds GET `path`, which is an upgrade, and with HTTP/2 an extended CONNECT. The server outlives the routes.
void mount(web::Routes& routes, Server& server, std::string_view path);

}  // namespace ashlar::realtime
