// SPDX-License-Identifier: Apache-2.0
#include "ashlar/http/client/resolver.hpp"

#include "ashlar/http/client/client_errors.hpp"

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <resolv.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>

namespace ashlar::http {
namespace asio = boost::asio;

namespace {

using Addresses = Result<std::vector<IpAddress>>;
using Posted = std::move_only_function<void(std::exception_ptr)>;

// Shared by its caller, on a loop, and a thread. The one that ends it first takes `post`.
struct Lookup {
  std::string host;
  Addresses found{};
  Posted post;
  // Locked while posting: the caller may destroy its loop as soon as it resumes, so the thread must have left it by
  // then.
  std::mutex mutex;
};

void end(Lookup& lookup, Addresses found, std::exception_ptr failure) {
  const std::scoped_lock lock(lookup.mutex);
  if (!lookup.post) return;
  lookup.found = std::move(found);
  std::exchange(lookup.post, nullptr)(std::move(failure));
}

std::optional<IpAddress> address_of(const sockaddr* address) {
  if (address->sa_family == AF_INET) {
    sockaddr_in ipv4{};
    std::memcpy(&ipv4, address, sizeof ipv4);
    std::array<std::uint8_t, 4> bytes{};
    std::memcpy(bytes.data(), &ipv4.sin_addr, bytes.size());
    return IpAddress::of_ipv4(bytes);
  }
  if (address->sa_family != AF_INET6) return std::nullopt;
  sockaddr_in6 ipv6{};
  std::memcpy(&ipv6, address, sizeof ipv6);
  std::array<std::uint8_t, 16> bytes{};
  std::memcpy(bytes.data(), &ipv6.sin6_addr, bytes.size());
  return IpAddress(bytes);
}

Addresses look_up(const std::string& host) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* first = nullptr;
  const int failed = ::getaddrinfo(host.c_str(), nullptr, &hints, &first);
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owned(first, ::freeaddrinfo);
  std::vector<IpAddress> out;
  for (const addrinfo* each = first; failed == 0 && each != nullptr; each = each->ai_next) {
    const auto address = address_of(each->ai_addr);
    if (address && std::ranges::find(out, *address) == out.end()) out.push_back(*address);
  }
  if (!out.empty()) return out;
  return std::unexpected(Error(client_errors::unresolved, "The host has no address.")
                             .with_cause(host + ": " + (failed != 0 ? ::gai_strerror(failed) : "no address")));
}

std::unexpected<Error> too_many_lookups() {
  return fail(client_errors::overloaded, "Too many hosts are being looked up. Try again shortly.");
}

}  // namespace

struct SystemResolver::State {
  void serve(std::chrono::seconds name_server_time_max);
  bool push(const std::shared_ptr<Lookup>& lookup);
  void abandon(const std::shared_ptr<Lookup>& lookup);

  std::mutex mutex;
  std::condition_variable lookup_came;
  std::deque<std::shared_ptr<Lookup>> queue;
  std::size_t running = 0;
  std::size_t lookups_max = 0;
  bool stopping = false;
  std::vector<std::thread> threads;
};

void SystemResolver::State::serve(std::chrono::seconds name_server_time_max) {
  if (::res_ninit(&_res) == 0) {  // the thread's own settings
    _res.retrans = static_cast<int>(name_server_time_max.count());
    _res.retry = 2;
  }
  std::unique_lock lock(mutex);
  while (true) {
    lookup_came.wait(lock, [this] { return stopping || !queue.empty(); });
    if (stopping) return;
    const std::shared_ptr<Lookup> next = std::move(queue.front());
    queue.pop_front();
    ++running;
    lock.unlock();
    end(*next, look_up(next->host), nullptr);
    lock.lock();
    --running;
  }
}

bool SystemResolver::State::push(const std::shared_ptr<Lookup>& lookup) {
  {
    const std::scoped_lock lock(mutex);
    if (queue.size() + running >= lookups_max) return false;
    queue.push_back(lookup);
  }
  lookup_came.notify_one();
  return true;
}

void SystemResolver::State::abandon(const std::shared_ptr<Lookup>& lookup) {
  {
    const std::scoped_lock lock(mutex);
    std::erase(queue, lookup);
  }
  end(*lookup, {}, std::make_exception_ptr(boost::system::system_error(asio::error::operation_aborted)));
}

SystemResolver::SystemResolver(SystemResolverOptions options) : state_(std::make_unique<State>()) {
  state_->lookups_max = options.lookups_max;
  for (std::size_t i = 0; i < std::max<std::size_t>(options.threads, 1); ++i) {
    state_->threads.emplace_back([state = state_.get(), options] { state->serve(options.name_server_time_max); });
    pthread_setname_np(state_->threads.back().native_handle(), "resolver");
  }
}

SystemResolver::~SystemResolver() {
  {
    const std::scoped_lock lock(state_->mutex);
    state_->stopping = true;
  }
  state_->lookup_came.notify_all();
  for (std::thread& thread : state_->threads) thread.join();
}

Task<Addresses> SystemResolver::resolve(std::string host) {
  const LoopExecutor loop = co_await asio::this_coro::executor;
  const auto lookup = std::make_shared<Lookup>();
  lookup->host = std::move(host);
  const auto start = [state = state_.get(), &lookup, &loop](auto handler) {
    auto slot = asio::get_associated_cancellation_slot(handler);
    // The frame that contains `lookup` may resume as soon as the look-up is queued, and destroy it.
    const auto own = lookup;  // NOLINT(performance-unnecessary-copy-initialization): it keeps the lookup alive
    own->post = [handler = std::move(handler), slot, work = asio::make_work_guard(loop),
                 weak = std::weak_ptr(own)](std::exception_ptr failure) mutable {
      const LoopExecutor executor = work.get_executor();
      asio::post(executor, [handler = std::move(handler), slot, work = std::move(work), self = weak.lock(),
                            failure = std::move(failure)]() mutable {
        {
          const std::scoped_lock lock(self->mutex);
        }
        slot.clear();
        std::move(handler)(std::move(failure));
      });
    };
    if (slot.is_connected()) {
      slot.assign([state, weak = std::weak_ptr(own)](asio::cancellation_type) {
        if (const auto still = weak.lock()) state->abandon(still);
      });
    }
    if (!state->push(own)) end(*own, too_many_lookups(), nullptr);
  };
  co_await asio::async_initiate<const asio::use_awaitable_t<LoopExecutor>, void(std::exception_ptr)>(
      start, asio::use_awaitable_t<LoopExecutor>{});
  co_return std::move(lookup->found);
}

}  // namespace ashlar::http
