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

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <functional>
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
// When out of descriptors, a connection that was idle for less is kept: others end soon by themselves.
constexpr std::chrono::milliseconds idle_without_descriptors_min{1'000};
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
    acceptor_.non_blocking(true);
    if (sharing == Sharing::with_other_loops) acceptor_.listen(asio::socket_base::max_listen_connections);
  }
  // Accepts from a socket that is listening already, together with other loops. The caller keeps the descriptor.
  void adopt(int listening) {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    const int own = ::fcntl(listening, F_DUPFD_CLOEXEC, 0);
    if (own < 0 || ::getsockname(own, reinterpret_cast<sockaddr*>(&address), &size) != 0)
      throw std::system_error(errno, std::generic_category(), "cannot use the passed socket");
    acceptor_.assign(address.ss_family == AF_INET6 ? tcp::v6() : tcp::v4(), own);
    acceptor_.non_blocking(true);
    acceptor_.set_option(tcp::no_delay(true));
    inherited_ = true;
  }

  void start() {
    asio::co_spawn(loop_.context(), accept(), [](std::exception_ptr) {});
    thread_ = std::thread([this] { loop_.context().run(); });
  }

  // `drained` is called from the loop.
  void drain(std::function<void()> drained) {
    in_turns({[this] {
                if (!inherited_) accept_what_waits();  // closing would reset it
                stop_accepting();
              },
              [] {},  // those that were just accepted start reading: what they find is in flight
              [this] { loop_.drain(); }, std::move(drained)});
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

  // Runs the steps one after another, and the loop's ready handlers between them.
  void in_turns(std::vector<std::function<void()>> steps, std::size_t next = 0) {
    asio::post(loop_.context(), [this, steps = std::move(steps), next]() mutable {
      steps[next]();
      if (next + 1 < steps.size()) in_turns(std::move(steps), next + 1);
    });
  }

  void accept_what_waits() {
    while (true) {
      tcp::endpoint peer;
      error_code failed;
      detail::Socket socket(loop_.context());
      acceptor_.accept(socket, peer, failed);
      if (failed) return;
      take_in(std::move(socket), peer);
    }
  }

  void stop_accepting() {
    error_code ignored;
    acceptor_.close(ignored);
    pause_.cancel();
  }

  // Other sockets are closed.
  void take_in(detail::Socket socket, const tcp::endpoint& peer) {
    const detail::ProxyProtocol& proxies = loop_.shared().proxy_protocol;
    detail::ConnectionPermit permit(loop_.shared());
    const bool behind_proxy =
        !proxies.networks.empty() && proxies.networks.contains(detail::address_of(peer.address()));
    if (!behind_proxy && !permit.count_for(peer.address())) return;
    if (permit.beyond_limit() && !loop_.end_longest_waiting(std::chrono::milliseconds{0})) return;
    try {
      socket.non_blocking(true);
      detail::Connection::start(loop_, std::move(socket), peer, std::move(permit),
                                behind_proxy ? detail::Preface::proxy_header : detail::Preface::none);
    } catch (const std::exception&) {
      return;  // out of memory: this one is closed, the next may succeed
    }
  }

  Task<> accept() {
    while (acceptor_.is_open()) {
      tcp::endpoint peer;
      auto [failed, socket] = co_await acceptor_.async_accept(peer, detail::with_error);
      if (!acceptor_.is_open()) co_return;
      if (failed) {
        if (failed == asio::error::connection_aborted) continue;
        // Out of descriptors or memory: the backlog waits until some have been released.
        (void)loop_.end_longest_waiting(idle_without_descriptors_min);
        pause_.expires_after(accept_pause);
        co_await pause_.async_wait(detail::with_error);
        continue;
      }
      take_in(std::move(socket), peer);
    }
  }

  detail::Loop loop_;
  Acceptor acceptor_;
  Timer pause_;
  asio::executor_work_guard<LoopExecutor> work_;
  std::thread thread_;
  bool inherited_ = false;
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

std::shared_ptr<detail::TlsContext> tls_or_throw(const ServerOptions& options, detail::TicketKeys& tickets) {
  auto made = detail::make_tls_context(*options.tls, tickets, options.protocols);
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
        shared(options.limits, handler, options.tls ? tls_or_throw(options, tickets) : nullptr,
               proxies_or_throw(options.proxy_protocol), options.protocols) {
    const std::size_t count =
        options.loops > 0 ? options.loops : std::max<std::size_t>(1, std::thread::hardware_concurrency());
    shared.loops = count;
    for (std::size_t i = 0; i < count; ++i) loops.push_back(std::make_unique<AcceptingLoop>(shared));
    if (options.listening_socket) {
      adopt(*options.listening_socket);
    } else {
      listen(options);
    }
  }

  void listen(const ServerOptions& options) {
    tcp::endpoint endpoint = endpoint_of(options);
    try {
      // SO_REUSEPORT would silently let a second server of the same user share the port.
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

  void adopt(int listening) {
    for (const auto& loop : loops) loop->adopt(listening);
    ::close(listening);
    port = loops.front()->port();
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

Server::~Server() { (void)stop(std::chrono::milliseconds{0}); }

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
  auto made = detail::make_tls_context(options, state_->tickets, state_->shared.protocols);
  if (!made) return std::unexpected(std::move(made.error()));
  for (const auto& loop : state_->loops) loop->use_tls(*made);
  return detail::certificate_of(**made);
}

std::size_t Server::stop(std::chrono::milliseconds within) {
  State& state = *state_;
  if (std::exchange(state.stopped, true)) return 0;
  std::size_t ended = 0;
  if (state.started) {
    std::size_t draining = state.loops.size();  // under the mutex
    const auto all_done = [&] { return draining == 0 && state.shared.connections.load() == 0; };
    for (const auto& loop : state.loops) {
      loop->drain([&] {
        const std::scoped_lock lock(state.shared.mutex);
        --draining;
        state.shared.none_left.notify_all();
      });
    }
    std::unique_lock lock(state.shared.mutex);
    if (!state.shared.none_left.wait_for(lock, within, all_done)) {
      ended = state.shared.connections.load();
      for (const auto& loop : state.loops) loop->abort();
      (void)state.shared.none_left.wait_for(lock, abort_time_max, all_done);
    }
  }
  for (const auto& loop : state.loops) loop->join();
  return ended;
}

}  // namespace ashlar::http
