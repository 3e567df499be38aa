// SPDX-License-Identifier: Apache-2.0
#include "backend/authority/authority_sync.hpp"

#include "ashlar/async/task_scope.hpp"
#include "backend/authority/authority_repository.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

namespace ashlar::backend {

namespace asio = boost::asio;

namespace {

using Timer =
    asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>, LoopExecutor>;

}  // namespace

struct AuthoritySync::OnLoop {
  explicit OnLoop(asio::io_context& its_loop) : loop(its_loop), tasks(its_loop), timer(its_loop.get_executor()) {}
  asio::io_context& loop;
  async::TaskScope tasks;
  Timer timer;  // until the next look
};

AuthoritySync::AuthoritySync(sql::Database& database, Authorities& authorities, const Clock& clock, log::Logger& logger,
                             AuthoritySyncOptions options)
    : database_(database), authorities_(authorities), clock_(clock), logger_(logger), options_(options) {}

AuthoritySync::~AuthoritySync() = default;

void AuthoritySync::start(asio::io_context& loop) {
  on_loop_ = std::make_unique<OnLoop>(loop);
  on_loop_->tasks.start(run());
}

void AuthoritySync::close() {
  if (!on_loop_) return;
  on_loop_->tasks.cancel();
  async::run_to_end(on_loop_->loop, on_loop_->tasks.join());
  on_loop_.reset();
}

void AuthoritySync::wake() {
  woken_ = true;
  if (on_loop_) on_loop_->timer.cancel();
}

// The first look knows nothing of what is kept: all of it may have been read before.
Task<Result<>> AuthoritySync::look() {
  const Clock::Steady began = clock_.steady();
  const std::int64_t current = co_await unwrap(AuthorityRepository(database_).version());
  if (known_ >= 0 && current > known_) {
    co_await unwrap(apply_changes(current));
  } else if (current != known_) {  // the first look, or an older database was restored
    authorities_.invalidate(std::nullopt);
    known_ = current;
  }
  authorities_.renew_lease(began);
  co_return Result<>{};
}

Task<Result<>> AuthoritySync::apply_changes(std::int64_t current) {
  while (known_ < current) {
    const auto changes = co_await unwrap(AuthorityRepository(database_).changes_after(known_));
    if (changes.empty() || changes.front().version != known_ + 1) {  // some were removed as old
      authorities_.invalidate(std::nullopt);
      known_ = current;
      break;
    }
    for (const AuthorityChangeRow& change : changes) {
      authorities_.invalidate(change.user_id ? std::optional(*change.user_id) : std::nullopt);
      known_ = change.version;
    }
  }
  co_return Result<>{};
}

Task<> AuthoritySync::run() {
  while (true) {
    woken_ = false;
    report(co_await look());
    if (also_) co_await also_();
    if (woken_) continue;
    on_loop_->timer.expires_after(options_.delay_max);
    boost::system::error_code ignored;
    co_await on_loop_->timer.async_wait(asio::redirect_error(asio::use_awaitable_t<LoopExecutor>{}, ignored));
  }
}

void AuthoritySync::report(const Result<>& looked) {
  if (!looked && !failing_) {
    logger_.warn("changes in the rights of accounts cannot be read",
                 {{"error", looked.error().code().name}, {"cause", looked.error().cause()}});
  } else if (looked && failing_) {
    logger_.info("changes in the rights of accounts are read again");
  }
  failing_ = !looked;
}

}  // namespace ashlar::backend
