// SPDX-License-Identifier: Apache-2.0
#include "ashlar/instances/look_loop.hpp"

#include "ashlar/async/caught.hpp"
#include "ashlar/async/task_scope.hpp"

#include <string_view>
#include <utility>

namespace ashlar::instances {

namespace asio = boost::asio;

namespace {

Task<Result<>> result_of(Task<> work) {
  co_await std::move(work);
  co_return Result<>{};
}

}  // namespace

struct LookLoop::OnLoop {
  explicit OnLoop(asio::io_context& its_loop) : loop(its_loop), tasks(its_loop) {}
  asio::io_context& loop;
  async::TaskScope tasks;
  std::optional<sql::postgres::Subscriber> subscriber;
};

LookLoop::LookLoop(InstanceRegister& instances, const Clock& clock, log::Logger& logger, LookLoopOptions options)
    : instances_(instances), clock_(clock), logger_(logger), options_(options) {}

LookLoop::~LookLoop() = default;

void LookLoop::start(asio::io_context& loop, std::optional<sql::postgres::SubscriberOptions> subscriber) {
  wakeup_.open(loop);
  on_loop_ = std::make_unique<OnLoop>(loop);
  if (subscriber) {
    // Requests that were sent while it was not connected were missed.
    on_loop_->subscriber.emplace(loop, std::move(*subscriber), std::vector<std::string>{InstanceRegister::channel},
                                 sql::postgres::Subscriber::Handlers{
                                     .on_message = [this](std::string_view, std::string_view) { wakeup_.wake(); },
                                     .on_subscribed = [this] { wakeup_.wake(); }});
    on_loop_->tasks.start(on_loop_->subscriber->run());
  }
  for (const auto& listener : lease_listeners_) listener(clock_.steady());
  on_loop_->tasks.start(run());
}

void LookLoop::close() {
  if (!on_loop_) return;
  on_loop_->tasks.cancel();
  async::run_to_end(on_loop_->loop, on_loop_->tasks.join());
  wakeup_.close();
  // Without it, changes would wait for the lease of an instance that has stopped.
  if (const auto left = async::run_to_end(on_loop_->loop, instances_.leave()); !left)
    logger_.warn("the instance stays registered until its lease is over", {{"cause", left.error().cause()}});
  on_loop_.reset();
}

Task<Result<>> LookLoop::look() {
  const Clock::Steady began = clock_.steady();
  const std::int64_t number = co_await unwrap(instances_.begin_look());
  for (const Source& source : sources_) co_await unwrap(source());
  const Clock::Steady until = began + instances_.lease();
  for (const auto& listener : lease_listeners_) listener(until);
  co_await unwrap(instances_.end_look(number));
  co_return Result<>{};
}

Task<> LookLoop::run() {
  while (true) {
    report(co_await async::caught(look()));
    if (also_) {
      if (const auto done = co_await async::caught(result_of(also_())); !done)
        logger_.warn("the work after a look failed", {{"cause", done.error().cause()}});
    }
    co_await wakeup_.wait(options_.delay_max);
  }
}

void LookLoop::report(const Result<>& looked) {
  if (!looked && !failing_) {
    logger_.warn("changes by other instances cannot be read",
                 {{"error", looked.error().code().name}, {"cause", looked.error().cause()}});
  } else if (looked && failing_) {
    logger_.info("changes by other instances can be read again");
  }
  failing_ = !looked;
}

}  // namespace ashlar::instances
