// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/async/task_scope.hpp"
#include "ashlar/auth/revocations.hpp"
#include "ashlar/core/clock.hpp"
#include "ashlar/log/logger.hpp"
#include "ashlar/sql/database.hpp"

#include <chrono>
#include <memory>
#include <optional>

namespace ashlar::backend {

struct RevocationSyncOptions {
  std::chrono::milliseconds delay_max{2'000};        // between two looks at the database
  std::chrono::milliseconds whole_interval{60'000};  // between two at all of it
  std::chrono::seconds access_lifetime{15 * 60};     // of tokens
};

// Reads from the database which sessions others have ended: other instances, and commands of `ashlar`. It looks at the
// last three minutes, and once a minute, after a failure and when it is woken at all that counts: so clocks that are
// apart, or instances with other lifetimes of tokens, cost a minute and no more.
class RevocationSync {
 public:
  RevocationSync(sql::Database& database, auth::MemoryRevocations& revocations, const Clock& clock, log::Logger& logger,
                 RevocationSyncOptions options);
  ~RevocationSync();  // it was closed, or never started
  RevocationSync(const RevocationSync&) = delete;
  RevocationSync& operator=(const RevocationSync&) = delete;

  // Reads all. Blocks: for start-up.
  [[nodiscard]] Result<> load_blocking();

  // Before the loop has a thread.
  void start(boost::asio::io_context& loop);
  // When the loop's thread is joined, and before the database is closed. The second time it does nothing.
  void close();
  // On that loop: looks at once, at all of it.
  void wake();

 private:
  enum class Extent : std::uint8_t { recent, whole };
  [[nodiscard]] sql::Statement statement(Extent extent);
  Task<> run();
  void report(const Result<>& loaded);

  sql::Database& database_;
  auth::MemoryRevocations& revocations_;
  const Clock& clock_;
  log::Logger& logger_;
  const RevocationSyncOptions options_;
  struct OnLoop;
  std::unique_ptr<OnLoop> on_loop_;  // null: not started, or closed
  bool woken_ = false;
  bool failing_ = false;
};

}  // namespace ashlar::backend
