// SPDX-License-Identifier: Apache-2.0
#include "ashlar/http/client/client.hpp"

#include "ashlar/async/deadline.hpp"
#include "ashlar/http/client/detail/client_connection.hpp"
#include "ashlar/http/client/detail/client_dial.hpp"
#include "ashlar/http/client/detail/client_pool.hpp"
#include "ashlar/http/client/detail/client_tls.hpp"
#include "ashlar/http/client/detail/redirect.hpp"

#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <mutex>
#include <shared_mutex>
#include <stdexcept>
#include <utility>

namespace ashlar::http {
namespace {

using detail::ClientConnection;
using detail::ClientPool;

// RFC 9110 section 9.2.2.
bool is_idempotent(Method method) {
  return method == Method::get || method == Method::head || method == Method::options || method == Method::put ||
         method == Method::remove;
}

bool can_be_sent(Method method) { return is_idempotent(method) || method == Method::post || method == Method::patch; }

bool may_be_repeated(const ClientRequest& request) {
  return request.repeat == Repeat::allowed || is_idempotent(request.method);
}

// Counts a request against ClientOptions::requests_max.
class Pending {
 public:
  explicit Pending(ClientPool& pool) : pool_(pool) { ++pool_.requests; }
  Pending(const Pending&) = delete;
  Pending& operator=(const Pending&) = delete;
  ~Pending() { --pool_.requests; }

 private:
  ClientPool& pool_;
};

constexpr std::chrono::milliseconds time_max_max = std::chrono::hours{24};  // so that no sum of times overflows

std::chrono::milliseconds time_until(Clock::Steady deadline, Clock::Steady now) {
  if (deadline <= now) return std::chrono::milliseconds{0};
  return std::min(std::chrono::ceil<std::chrono::milliseconds>(deadline - now), time_max_max);
}

void count(std::atomic<std::uint64_t>& figure) { figure.fetch_add(1, std::memory_order_relaxed); }

}  // namespace

struct Client::State {
  enum class Loops : std::uint8_t { given, join };
  State(ClientOptions given, Loops how)
      : options(std::move(given)),
        loops(how),
        tls(detail::make_client_tls_context(options.ca_file, detail::Alpn::http1)) {
    if (options.resolver == nullptr) own_resolver = std::make_unique<SystemResolver>();
  }

  [[nodiscard]] const Clock& clock() const { return options.clock != nullptr ? *options.clock : own_clock; }
  [[nodiscard]] Resolver& resolver() const { return options.resolver != nullptr ? *options.resolver : *own_resolver; }
  [[nodiscard]] std::shared_ptr<ClientPool> pool_of(boost::asio::io_context& loop) {
    const auto is_of_loop = [&](const auto& pool) { return &pool->loop() == &loop; };
    {
      const std::shared_lock lock(mutex);
      const auto found = std::ranges::find_if(pools, is_of_loop);
      if (found != pools.end()) return *found;
    }
    if (loops == Loops::given) throw std::logic_error("an HTTP client is used on a loop that it does not know");
    const std::scoped_lock lock(mutex);  // only the loop's own thread adds its pool
    return pools.emplace_back(std::make_shared<ClientPool>(loop, options, clock()));
  }

  const ClientOptions options;
  const Loops loops;
  const SystemClock own_clock;
  std::unique_ptr<SystemResolver> own_resolver;
  std::shared_ptr<boost::asio::ssl::context> tls;
  mutable std::shared_mutex mutex;                 // guards the list
  std::vector<std::shared_ptr<ClientPool>> pools;  // one per loop
};

namespace {

// One send(): its hops and attempts. Lives in the frame of send(), which outlives all its tasks.
struct Call {
  const ClientOptions& options;
  ClientPool& pool;
  detail::Dialer dialer;
  ClientRequest request;
  std::string_view phase;  // the operation that a deadline interrupts

  Task<Result<ClientResponse>> run(RequestUrl url);
  Task<Result<ClientResponse>> hop(RequestUrl url);
};

Task<Result<ClientResponse>> Call::run(RequestUrl url) {
  for (std::size_t followed = 0;; ++followed) {
    ClientResponse response = co_await unwrap(hop(url));
    response.url = url.to_string();
    if (request.redirects_max == 0) co_return response;
    auto next = co_await unwrap(detail::follow(request, url, response));
    if (!next) co_return response;
    if (followed == request.redirects_max)
      co_return fail(client_errors::redirect_refused, "There are too many redirects.");
    url = std::move(*next);
  }
}

Task<Result<ClientResponse>> Call::hop(RequestUrl url) {
  phase = "waiting for a connection";
  const ClientPool::Permit permit = co_await pool.acquire(detail::PoolKey(url.origin(), request.egress));
  const detail::WireRequest wire = detail::wire_request(request, url, options);
  std::unique_ptr<ClientConnection> connection = pool.take_idle(permit);
  const bool kept = connection != nullptr;
  while (true) {
    const bool first_on_it = connection == nullptr;
    if (first_on_it) {
      connection = co_await unwrap(detail::dial(dialer, url.origin(), request.egress, phase));
    }
    phase = "sending the request and receiving its response";
    auto response = co_await connection->exchange(wire);
    if (response) {
      if (!first_on_it) count(pool.figures.reused);
      pool.put_idle(permit, std::move(connection));
      co_return response;
    }
    // The server may close a kept connection while the request is in flight (RFC 9112 section 9.3.1).
    const bool stale = kept && !first_on_it && response.error().code() == client_errors::connection_lost &&
                       !connection->response_began();
    if (!stale || !may_be_repeated(request)) co_return response;
    count(pool.figures.retried);
    connection = nullptr;
  }
}

Error timed_out(std::string_view phase) {
  return Error(client_errors::timed_out, "The request took too long.").with_cause("while " + std::string(phase));
}

}  // namespace

Client::Client(std::vector<boost::asio::io_context*> loops, ClientOptions options)
    : state_(std::make_shared<State>(std::move(options), State::Loops::given)) {
  for (boost::asio::io_context* loop : loops)
    state_->pools.push_back(std::make_shared<ClientPool>(*loop, state_->options, state_->clock()));
}

Client::Client(ClientOptions options) : state_(std::make_shared<State>(std::move(options), State::Loops::join)) {}

Client::~Client() = default;

void Client::close() {
  const std::scoped_lock lock(state_->mutex);
  state_->pools.clear();
}

Task<Result<ClientResponse>> Client::send(ClientRequest request, Clock::Steady deadline) {
  const auto state = state_;  // of a frame that is destroyed with its loop, after the client
  const LoopExecutor executor = co_await boost::asio::this_coro::executor;
  const std::shared_ptr<ClientPool> pool = state->pool_of(executor.context());
  count(pool->figures.requests);
  const auto failed = [&pool](Error error) {
    count(pool->figures.failed);
    return std::unexpected(std::move(error));
  };
  if (!can_be_sent(request.method))
    co_return failed(Error(client_errors::invalid_request, "This method cannot be sent."));
  auto url = RequestUrl::parse(request.url);
  if (!url) co_return failed(std::move(url.error()));
  if (pool->requests >= state->options.requests_max)
    co_return failed(Error(client_errors::overloaded, "Too many requests are being sent. Try again shortly."));

  const Pending pending(*pool);
  Call call{.options = state->options,
            .pool = *pool,
            .dialer = {.options = state->options,
                       .resolver = state->resolver(),
                       .clock = state->clock(),
                       .tls = *state->tls,
                       .connects = pool->figures.connects},
            .request = std::move(request),
            .phase = "beginning"};
  const auto left = time_until(deadline, state->clock().steady());
  auto response = co_await async::with_deadline(call.run(std::move(*url)), left);
  if (response) co_return response;
  if (response.error().code() == ashlar::errors::deadline_exceeded) co_return failed(timed_out(call.phase));
  co_return failed(std::move(response.error()));
}

Task<Result<ClientResponse>> Client::send(ClientRequest request, std::chrono::milliseconds time_max) {
  return send(std::move(request), state_->clock().steady() + std::min(time_max, time_max_max));
}

Task<Result<ClientResponse>> Client::send(ClientRequest request) {
  return send(std::move(request), state_->options.request_time_max);
}

ClientFigures Client::figures() const {
  ClientFigures out;
  const std::shared_lock lock(state_->mutex);
  for (const auto& pool : state_->pools) {
    out.requests += pool->figures.requests.load(std::memory_order_relaxed);
    out.failed += pool->figures.failed.load(std::memory_order_relaxed);
    out.connects += pool->figures.connects.load(std::memory_order_relaxed);
    out.reused += pool->figures.reused.load(std::memory_order_relaxed);
    out.retried += pool->figures.retried.load(std::memory_order_relaxed);
    out.idle_connections += pool->figures.idle.load(std::memory_order_relaxed);
  }
  return out;
}

}  // namespace ashlar::http
