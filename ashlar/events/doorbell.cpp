// SPDX-License-Identifier: Apache-2.0
#include "ashlar/events/doorbell.hpp"

#include "ashlar/async/caught.hpp"
#include "ashlar/async/deadline.hpp"
#include "ashlar/async/task_scope.hpp"
#include "ashlar/async/wakeup.hpp"
#include "ashlar/redis/clients.hpp"
#include "ashlar/sql/postgres/subscriber.hpp"

#include <boost/asio/io_context.hpp>

#include <atomic>
#include <utility>

namespace ashlar::events {

struct Doorbell::State {
  struct OnLoop {
    explicit OnLoop(boost::asio::io_context& its_loop) : loop(its_loop), tasks(its_loop) {}
    boost::asio::io_context& loop;
    async::TaskScope tasks;
  };
  Send send;
  const DoorbellOptions options;
  std::unique_ptr<OnLoop> on_loop;  // null: not started, or closed
  async::Wakeup wakeup;
  std::atomic<bool> rung = false;
  std::atomic<std::uint64_t> sent = 0;
};

Doorbell::Doorbell(Send send, DoorbellOptions options)
    : state_(new State{.send = std::move(send), .options = options, .on_loop = nullptr, .wakeup = {}}) {}

Doorbell::~Doorbell() = default;

void Doorbell::start(boost::asio::io_context& loop) {
  state_->wakeup.open(loop);
  state_->on_loop = std::make_unique<State::OnLoop>(loop);
  state_->on_loop->tasks.start(run());
}

void Doorbell::close() {
  if (!state_->on_loop) return;
  state_->on_loop->tasks.cancel();
  async::run_to_end(state_->on_loop->loop, state_->on_loop->tasks.join());
  state_->wakeup.close();
  state_->on_loop.reset();
}

void Doorbell::ring() {
  if (!state_->rung.exchange(true)) state_->wakeup.wake();
}

std::uint64_t Doorbell::sent() const { return state_->sent; }

Task<> Doorbell::run() {
  constexpr std::chrono::milliseconds forever = std::chrono::hours(1);
  while (true) {
    if (!state_->rung.exchange(false)) {
      co_await state_->wakeup.wait(forever);
      continue;
    }
    ++state_->sent;
    (void)co_await async::caught(state_->send());  // a lost message delays the reader only
    co_await async::sleep_for(state_->options.interval_min);
  }
}

namespace {

Task<Result<>> publish(redis::Clients* clients, std::string channel) {
  co_await unwrap(clients->command({"PUBLISH", std::move(channel), ""}));
  co_return Result<>{};
}

}  // namespace

Doorbell::Send publish_on(redis::Clients& clients, std::string channel) {
  return [clients = &clients, channel = std::move(channel)] { return publish(clients, channel); };
}

Doorbell::Send notify_on(sql::Database& database, std::string channel) {
  return [database = &database, channel = std::move(channel)] { return sql::postgres::notify(*database, channel, ""); };
}

}  // namespace ashlar::events
