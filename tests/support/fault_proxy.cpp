// SPDX-License-Identifier: Apache-2.0
#include "tests/support/fault_proxy.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <future>
#include <limits>
#include <memory>
#include <thread>
#include <vector>

namespace ashlar::tests {
namespace {

namespace asio = boost::asio;
using asio::use_awaitable;
using asio::ip::tcp;
constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();

struct Pair {
  explicit Pair(tcp::socket accepted) : client(std::move(accepted)), server(client.get_executor()) {}
  void close() {
    boost::system::error_code ignored;
    client.close(ignored);
    server.close(ignored);
  }
  tcp::socket client, server;
};

struct Settings {
  std::atomic<std::chrono::milliseconds> delay{std::chrono::milliseconds(0)};
  std::atomic<std::int64_t> server_bytes = never, client_bytes = never;
  std::atomic<bool> swallowing = false, refusing = false;
};
using Pairs = std::vector<std::weak_ptr<Pair>>;  // of the proxy's thread

asio::awaitable<void> wait(std::chrono::milliseconds time) {
  asio::steady_timer timer(co_await asio::this_coro::executor, time);
  co_await timer.async_wait(use_awaitable);
}

asio::awaitable<void> pass_on(std::shared_ptr<Pair> pair, tcp::socket& from, tcp::socket& to, Settings& settings,
                              std::atomic<std::int64_t>& left) {
  try {
    std::array<char, 16384> buffer{};
    while (true) {
      std::size_t length = co_await from.async_read_some(asio::buffer(buffer), use_awaitable);
      if (const auto delay = settings.delay.load(); delay.count() > 0) co_await wait(delay);
      while (settings.swallowing) co_await wait(std::chrono::milliseconds(2));
      const std::int64_t allowed = left;  // the test may change it while this is written
      const bool cut = allowed <= static_cast<std::int64_t>(length);
      if (cut) length = static_cast<std::size_t>(allowed);
      co_await asio::async_write(to, asio::buffer(buffer.data(), length), use_awaitable);
      if (cut) break;
      if (allowed != never) left -= static_cast<std::int64_t>(length);
    }
    left = never;
  } catch (const boost::system::system_error&) {  // one side has closed
  }
  pair->close();
}

asio::awaitable<void> serve(std::shared_ptr<Pair> pair, int port, Settings& settings) {
  boost::system::error_code refused;
  co_await pair->server.async_connect({asio::ip::address_v4::loopback(), static_cast<unsigned short>(port)},
                                      asio::redirect_error(use_awaitable, refused));
  if (refused) co_return pair->close();
  pair->client.set_option(tcp::no_delay(true));
  pair->server.set_option(tcp::no_delay(true));
  const auto executor = co_await asio::this_coro::executor;
  asio::co_spawn(executor, pass_on(pair, pair->client, pair->server, settings, settings.client_bytes), asio::detached);
  co_await pass_on(pair, pair->server, pair->client, settings, settings.server_bytes);
}

asio::awaitable<void> accept_all(tcp::acceptor& acceptor, int port, Settings& settings, Pairs& pairs) {
  while (true) {
    auto pair = std::make_shared<Pair>(co_await acceptor.async_accept(use_awaitable));
    if (settings.refusing) {
      pair->close();
      continue;
    }
    std::erase_if(pairs, [](const auto& other) { return other.expired(); });
    pairs.push_back(pair);
    asio::co_spawn(acceptor.get_executor(), serve(std::move(pair), port, settings), asio::detached);
  }
}

}  // namespace

struct FaultProxy::State {
  // Runs `work` on the proxy's thread, and waits for it.
  template <class Work>
  auto on_thread(Work work) {
    std::packaged_task<decltype(work())()> task(std::move(work));
    auto done = task.get_future();
    asio::post(loop, std::move(task));
    return done.get();
  }

  Settings settings;
  Pairs pairs;
  asio::io_context loop{1};
  tcp::acceptor acceptor{loop, tcp::endpoint(asio::ip::address_v4::loopback(), 0)};
  std::thread thread;
};

FaultProxy::FaultProxy(int server_port) : state_(std::make_unique<State>()) {
  asio::co_spawn(state_->loop, accept_all(state_->acceptor, server_port, state_->settings, state_->pairs),
                 asio::detached);
  state_->thread = std::thread([state = state_.get()] { state->loop.run(); });
}

FaultProxy::~FaultProxy() {
  state_->loop.stop();
  state_->thread.join();
}

int FaultProxy::port() const { return state_->acceptor.local_endpoint().port(); }
void FaultProxy::delay(std::chrono::milliseconds by) { state_->settings.delay = by; }
void FaultProxy::cut_after_bytes_of_server(std::int64_t bytes) { state_->settings.server_bytes = bytes; }
void FaultProxy::cut_after_bytes_of_client(std::int64_t bytes) { state_->settings.client_bytes = bytes; }
void FaultProxy::swallow() { state_->settings.swallowing = true; }
void FaultProxy::cut() {
  state_->on_thread([&pairs = state_->pairs] {
    for (const auto& known : pairs) {
      if (const auto pair = known.lock()) pair->close();
    }
  });
}
void FaultProxy::refuse() {
  state_->settings.refusing = true;
  cut();
}
int FaultProxy::connections() const {
  return state_->on_thread([&pairs = state_->pairs] {
    return static_cast<int>(std::ranges::count_if(pairs, [](const auto& known) {
      const auto pair = known.lock();
      return pair != nullptr && pair->client.is_open();
    }));
  });
}
void FaultProxy::restore() {
  state_->settings.refusing = false;
  state_->settings.swallowing = false;
  state_->settings.server_bytes = never;
  state_->settings.client_bytes = never;
}

}  // namespace ashlar::tests
