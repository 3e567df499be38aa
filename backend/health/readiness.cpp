// SPDX-License-Identifier: Apache-2.0
#include "backend/health/readiness.hpp"

#include "ashlar/async/shielded.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

namespace ashlar::backend {
namespace asio = boost::asio;

// A caller on its own loop. It waits no longer than a probe takes, in case the loop that probes ends.
struct Readiness::Waiter {
  explicit Waiter(const LoopExecutor& executor) : timer(executor) { timer.expires_after(2 * database_time_max); }
  asio::steady_timer timer;
};

// Ends the probe also where it throws.
class Readiness::Probing {
 public:
  explicit Probing(Readiness& readiness) : readiness_(readiness) {}
  Probing(const Probing&) = delete;
  Probing& operator=(const Probing&) = delete;
  ~Probing() { readiness_.end_probing(result); }

  std::optional<Probed> result;

 private:
  Readiness& readiness_;
};

std::optional<Readiness::Probed> Readiness::kept_or_begin(const std::shared_ptr<Waiter>& waiter, bool& begins) {
  const std::scoped_lock lock(mutex_);
  if (last_ && clock_.steady() - probed_at_ < kept_for) return last_;
  begins = !std::exchange(probing_, true);
  if (!begins) waiters_.push_back(waiter);
  return std::nullopt;
}

void Readiness::end_probing(std::optional<Probed> result) {
  std::vector<std::weak_ptr<Waiter>> waiters;
  {
    const std::scoped_lock lock(mutex_);
    probing_ = false;
    last_ = result;
    probed_at_ = clock_.steady();
    waiters.swap(waiters_);
  }
  for (const auto& each : waiters) {
    auto waiter = each.lock();
    if (waiter == nullptr) continue;  // its request was cancelled
    auto executor = waiter->timer.get_executor();
    asio::post(executor, [waiter = std::move(waiter)] { waiter->timer.cancel(); });
  }
}

Task<Readiness::Probed> Readiness::probe() {
  Probing probing(*this);
  Probed out;
  const bool answers = (co_await database_.ping(database_time_max)).has_value();
  out.database = answers ? Check::Outcome::passed : Check::Outcome::failed;
  if (redis_ != nullptr) {
    const bool redis_answers = (co_await redis_->command({"PING"})).has_value();
    out.redis = redis_answers ? Check::Outcome::passed : Check::Outcome::degraded;
  }
  probing.result = out;
  co_return out;
}

Task<Readiness::Probed> Readiness::probed() {
  const LoopExecutor executor = co_await asio::this_coro::executor;
  const auto waiter = std::make_shared<Waiter>(executor);
  bool begins = false;
  if (const auto kept = kept_or_begin(waiter, begins)) co_return *kept;
  // Others wait for it, so it runs to its end even if this request is cancelled.
  if (begins) co_return co_await async::shielded(probe());
  boost::system::error_code ignored;
  co_await waiter->timer.async_wait(asio::redirect_error(asio::use_awaitable_t<LoopExecutor>{}, ignored));
  const std::scoped_lock lock(mutex_);
  co_return last_.value_or(Probed{.database = Check::Outcome::failed});
}

Task<std::vector<Readiness::Check>> Readiness::checks() {
  const Probed probed = co_await this->probed();
  std::vector<Check> out;
  out.push_back({"draining", draining_ ? Check::Outcome::failed : Check::Outcome::passed});
  out.push_back({"database", probed.database});
  for (std::size_t i = 0; i < replicas_.size(); ++i) {
    const bool used = replicas_.figures(i).state == sql::Replicas::Figures::State::in_use;
    out.push_back({"replica " + replicas_.name(i), used ? Check::Outcome::passed : Check::Outcome::degraded});
  }
  if (probed.redis) out.push_back({"redis", *probed.redis});
  co_return out;
}

}  // namespace ashlar::backend
