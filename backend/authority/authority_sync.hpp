// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/core/clock.hpp"
#include "ashlar/log/logger.hpp"
#include "ashlar/sql/database.hpp"
#include "backend/authority/authorities.hpp"

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>

namespace ashlar::backend {

struct AuthoritySyncOptions {
  std::chrono::milliseconds delay_max{2'000};  // between two looks at the database
};

// Reads from the database what was changed in the rights of accounts by others: other instances, commands of `ashlar`,
// SQL by hand. A look reads one row while nothing has changed. Each one renews the lease of what Authorities keeps, so
// an instance without the database refuses callers after the lease instead of using what may be outdated.
class AuthoritySync {
 public:
  AuthoritySync(sql::Database& database, Authorities& authorities, const Clock& clock, log::Logger& logger,
                AuthoritySyncOptions options);
  ~AuthoritySync();  // it was closed, or never started
  AuthoritySync(const AuthoritySync&) = delete;
  AuthoritySync& operator=(const AuthoritySync&) = delete;

  // Runs after each look, on its loop. Before start().
  void also(std::function<Task<>()> work) { also_ = std::move(work); }

  // Before the loop has a thread.
  void start(boost::asio::io_context& loop);
  // When the loop's thread is joined, and before the database is closed. The second time it does nothing.
  void close();
  // On that loop: looks at once.
  void wake();

  // One look. For the loop of start(), and for tests.
  Task<Result<>> look();

 private:
  Task<> run();
  void report(const Result<>& looked);
  Task<Result<>> apply_changes(std::int64_t current);

  sql::Database& database_;
  Authorities& authorities_;
  const Clock& clock_;
  log::Logger& logger_;
  const AuthoritySyncOptions options_;
  std::function<Task<>()> also_;
  struct OnLoop;
  std::unique_ptr<OnLoop> on_loop_;  // null: not started, or closed
  std::int64_t known_ = -1;          // the last change that was applied; -1: none was read yet
  bool woken_ = false;
  bool failing_ = false;
};

}  // namespace ashlar::backend
