// SPDX-License-Identifier: Apache-2.0
#include "ashlar/http/server.hpp"

#include "ashlar/http/detail/connection.hpp"
#include "ashlar/http/detail/loop.hpp"
#include "ashlar/http/detail/tls.hpp"

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <cassert>
#include <system_error>
#include <thread>
#include <vector>

namespace ashlar::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using detail::error_code;
using ReusePort = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;

constexpr std::chrono::milliseconds accept_pause{100};
constexpr std::chrono::milliseconds abort_time_max{1'000};

enum class Sharing : std::uint8_t { alone, with_other_loops };

// An event loop with the acceptor that feeds it. Its thread is the server's.
class AcceptingLoop {
 public:
  explicit AcceptingLoop(detail::ServerShared& shared)
      : loop_(shared), acceptor_(loop_.context()), pause_(loop_.context()), work_(loop_.context().get_executor()) {}

  [[nodiscard]] detail::Loop& loop() { return loop_; }
  [[nodiscard]] std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

  void listen(const tcp::endpoint& endpoint, Sharing sharing) {
    acceptor_.open(endpoint.protocol());
    acceptor_.set_option(tcp::acceptor::reuse_address(true));
    if (sharing == Sharing::with_other_loops) acceptor_.set_option(ReusePort(true));
    if (endpoint.address().is_v6()) acceptor_.set_option(asio::ip::v6_only(false));
    acceptor_.set_option(tcp::no_delay(true));  // accepted sockets inherit it
    acceptor_.bind(endpoint);
    if (sharing == Sharing::with_other_loops) acceptor_.listen(asio::socket_base::max_listen_connections);
  }

  void start() {
    asio::co_spawn(loop_.context(), accept(), [](std::exception_ptr) {});
    thread_ = std::thread([this] { loop_.context().run(); });
  }

  void drain() {
    asio::post(loop_.context(), [this] {
      stop_accepting();
      loop_.drain();
    });
  }
  void abort() {
    asio::post(loop_.context(), [this] {
      stop_accepting();
      loop_.abort_all();
    });
  }
  void use_tls(std::shared_ptr<detail::TlsContext> tls) {
    asio::post(loop_.context(), [this, tls = std::move(tls)]() mutable { loop_.use_tls(std::move(tls)); });
  }
  void join() {
    work_.reset();
    loop_.context().stop();
    if (thread_.joinable()) thread_.join();
    stop_accepting();
  }

 private:
  using Acceptor = asio::basic_socket_acceptor<tcp, LoopExecutor>;
  using Timer =
      asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>, LoopExecutor>;

  void stop_accepting() {
    error_code ignored;
    acceptor_.close(ignored);
    pause_.cancel();
  }

  Task<> accept() {
    detail::ServerShared& shared = loop_.shared();
    while (acceptor_.is_open()) {
      tcp::endpoint peer;
      auto [failed, socket] = co_await acceptor_.async_accept(peer, detail::with_error);
      if (!acceptor_.is_open()) co_return;
      if (failed) {
        if (failed == asio::error::connection_aborted) continue;
        // Out of descriptors or memory: what waits in the backlog stays there until some have been given back.
        pause_.expires_after(accept_pause);
        co_await pause_.async_wait(detail::with_error);
        continue;
      }
      auto permit = detail::ConnectionPermit::take(shared);
      if (!permit) continue;
      const bool behind_proxy = !shared.proxy_protocol.networks.empty() &&
                                shared.proxy_protocol.networks.contains(detail::address_of(peer.address()));
      if (!behind_proxy && !permit.count_for(peer.address())) continue;
      try {
        socket.non_blocking(true);
        detail::Connection::start(loop_, std::move(socket), peer, std::move(permit),
                                  behind_proxy ? detail::Preface::proxy_header : detail::Preface::none);
      } catch (const std::exception&) {
        continue;  // no memory for it: this one is closed, the next may find some
      }
    }
  }

  detail::Loop loop_;
  Acceptor acceptor_;
  Timer pause_;
  asio::executor_work_guard<LoopExecutor> work_;
  std::thread thread_;
};

tcp::endpoint endpoint_of(const ServerOptions& options) {
  error_code failed;
  const asio::ip::address address = asio::ip::make_address(options.host, failed);
  if (failed) {
    throw std::system_error(std::make_error_code(std::errc::invalid_argument),
                            "the address \"" + options.host + "\" is not a numeric IP address");
  }
  return {address, options.port};
}

std::string text_of(const tcp::endpoint& endpoint) {
  const std::string address = endpoint.address().to_string();
  return (endpoint.address().is_v6() ? "[" + address + "]" : address) + ":" + std::to_string(endpoint.port());
}

std::shared_ptr<detail::TlsContext> tls_or_throw(const TlsOptions& options, detail::TicketKeys& tickets) {
  auto made = detail::make_tls_context(options, tickets);
  if (!made) throw std::runtime_error(made.error().message());
  return std::move(*made);
}

detail::ProxyProtocol proxies_or_throw(const ProxyProtocolOptions& options) {
  auto networks = IpNetworks::parse(options.networks);
  if (!networks) throw std::runtime_error("PROXY protocol: " + networks.error().message());
  return {std::move(*networks), options.header_bytes_max, options.header_time_max};
}

}  // namespace

struct Server::State {
  State(ServerOptions options, Handler& handler)
      : tickets(options.tls ? options.tls->ticket_key_time : TlsOptions{}.ticket_key_time),
        shared(options.limits, handler, options.tls ? tls_or_throw(*options.tls, tickets) : nullptr,
               proxies_or_throw(options.proxy_protocol)) {
    const std::size_t count =
        options.loops > 0 ? options.loops : std::max<std::size_t>(1, std::thread::hardware_concurrency());
    for (std::size_t i = 0; i < count; ++i) loops.push_back(std::make_unique<AcceptingLoop>(shared));
    tcp::endpoint endpoint = endpoint_of(options);
    try {
      // SO_REUSEPORT would let a second server of the same user share the port in silence.
      if (endpoint.port() != 0) AcceptingLoop(shared).listen(endpoint, Sharing::alone);
      for (const auto& loop : loops) {
        loop->listen(endpoint, Sharing::with_other_loops);
        endpoint.port(loop->port());
      }
    } catch (const boost::system::system_error& failed) {
      throw std::system_error(failed.code(), "cannot listen on " + text_of(endpoint));
    }
    port = endpoint.port();
  }

  detail::TicketKeys tickets;
  detail::ServerShared shared;
  std::vector<std::unique_ptr<AcceptingLoop>> loops;
  std::uint16_t port = 0;
  bool started = false;
  bool stopped = false;
};

Server::Server(ServerOptions options, Handler& handler)
    : state_(std::make_unique<State>(std::move(options), handler)) {}

Server::~Server() { stop(std::chrono::milliseconds{0}); }

void Server::start() {
  assert(!state_->started);
  state_->started = true;
  for (const auto& loop : state_->loops) loop->start();
}

std::uint16_t Server::port() const { return state_->port; }
std::size_t Server::loops() const { return state_->loops.size(); }
boost::asio::io_context& Server::loop(std::size_t index) { return state_->loops[index]->loop().context(); }
Server::LoopLag Server::loop_lag(std::size_t index) const {
  const detail::LoopLag& lag = state_->loops[index]->loop().lag();
  return {std::chrono::nanoseconds(lag.total.load()), lag.timers.load()};
}
std::chrono::nanoseconds Server::take_loop_lag_max(std::size_t index) {
  return std::chrono::nanoseconds(state_->loops[index]->loop().lag().longest.exchange(0));
}
std::size_t Server::connections() const { return state_->shared.connections.load(); }

Result<TlsCertificate> Server::reload_tls(const TlsOptions& options) {
  assert(state_->shared.tls != nullptr);
  auto made = detail::make_tls_context(options, state_->tickets);
  if (!made) return std::unexpected(std::move(made.error()));
  for (const auto& loop : state_->loops) loop->use_tls(*made);
  return detail::certificate_of(**made);
}

void Server::stop(std::chrono::milliseconds within) {
  State& state = *state_;
  if (std::exchange(state.stopped, true)) return;
  const auto none_left = [&state] { return state.shared.connections.load() == 0; };
  if (state.started) {
    for (const auto& loop : state.loops) loop->drain();
    std::unique_lock lock(state.shared.mutex);
    if (!state.shared.none_left.wait_for(lock, within, none_left)) {
      for (const auto& loop : state.loops) loop->abort();
      (void)state.shared.none_left.wait_for(lock, abort_time_max, none_left);
    }
  }
  for (const auto& loop : state.loops) loop->join();
}

}  // namespace ashlar::http
