// SPDX-License-Identifier: Apache-2.0
#include "ashlar/instances/revocation_sync.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <string>
#include <utility>

namespace ashlar::instances {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

constexpr std::chrono::minutes recent{3};

using Timer =
    asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>, LoopExecutor>;

}  // namespace

struct RevocationSync::OnLoop {
  explicit OnLoop(asio::io_context& its_loop) : loop(its_loop), tasks(its_loop), timer(its_loop.get_executor()) {}
  asio::io_context& loop;
  async::TaskScope tasks;
  Timer timer;  // until the next read
};

RevocationSync::RevocationSync(sql::Database& database, auth::MemoryRevocations& revocations, const Clock& clock,
                               log::Logger& logger, RevocationSyncOptions options)
    : database_(database), revocations_(revocations), clock_(clock), logger_(logger), options_(options) {}

RevocationSync::~RevocationSync() = default;

// A row's expires_at is at least the time of its insertion and the lifetime of access tokens.
sql::Statement RevocationSync::statement(Extent extent) {
  const Timestamp now = clock_.now();
  const Timestamp after =
      extent == Extent::whole ? now : std::max(now, now + std::chrono::milliseconds(options_.access_lifetime - recent));
  return {.sql = std::string(revoked_sessions_after.text()),
          .parameters = {after},
          .mode = sql::Mode::read,
          .on_row = [this](const sql::Row& row) { revocations_.revoke_session(row.uuid(0), row.timestamp(1)); }};
}

Result<> RevocationSync::load_blocking() { return database_.query_blocking(statement(Extent::whole)); }

void RevocationSync::start(asio::io_context& loop) {
  on_loop_ = std::make_unique<OnLoop>(loop);
  on_loop_->tasks.start(run());
}

void RevocationSync::close() {
  if (!on_loop_) return;
  on_loop_->tasks.cancel();
  async::run_to_end(on_loop_->loop, on_loop_->tasks.join());
  on_loop_.reset();
}

void RevocationSync::wake() {
  woken_ = true;
  if (on_loop_) on_loop_->timer.cancel();
}

Task<> RevocationSync::run() {
  auto whole_at = std::chrono::steady_clock::now();
  while (true) {
    const auto began = std::chrono::steady_clock::now();
    const bool whole = std::exchange(woken_, false) || failing_ || began >= whole_at;
    auto loaded = co_await database_.execute(statement(whole ? Extent::whole : Extent::recent));
    if (whole && loaded) whole_at = began + options_.whole_interval;
    report(loaded ? Result<>() : std::unexpected(std::move(loaded.error())));
    if (woken_) continue;
    on_loop_->timer.expires_after(options_.delay_max);
    boost::system::error_code ignored;
    co_await on_loop_->timer.async_wait(asio::redirect_error(asio::use_awaitable_t<LoopExecutor>{}, ignored));
  }
}

void RevocationSync::report(const Result<>& loaded) {
  if (!loaded && !failing_) {
    logger_.warn("sessions ended by other instances cannot be read",
                 {{"error", loaded.error().code().name}, {"cause", loaded.error().cause()}});
  } else if (loaded && failing_) {
    logger_.info("sessions ended by other instances can be read again");
  }
  failing_ = !loaded;
}

}  // namespace ashlar::instances
