// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/async/task_scope.hpp"
#include "ashlar/auth/revocations.hpp"
#include "ashlar/core/clock.hpp"
#include "ashlar/log/logger.hpp"
#include "ashlar/sql/database.hpp"
#include "ashlar/sql/raw_statement.hpp"
#include "ashlar/sql/table_rules.hpp"

#include <chrono>
#include <memory>
#include <optional>

namespace ashlar::instances {

struct RevocationSyncOptions {
  std::chrono::milliseconds delay_max{2'000};        // between two reads
  std::chrono::milliseconds whole_interval{60'000};  // between two reads of all rows
  std::chrono::seconds access_lifetime{15 * 60};     // of tokens
};

// A session that was ended before its tokens expired. The transaction that ends it writes the row. An application that
// uses RevocationSync has this table in its migrations and models.
struct RevokedSessionRow {
  Uuid session_id;
  Timestamp expires_at;         // when the last of its access tokens expires; the row is unused afterwards
  std::int64_t written_by = 0;  // set by the database: the number of the transaction, or of the insert on SQLite
};
ASHLAR_DESCRIBE(RevokedSessionRow, session_id, expires_at, written_by)
ASHLAR_TABLE(RevokedSessionRow, "revoked_sessions", sql::primary_key<&RevokedSessionRow::session_id>(),
             sql::without_rowid(), sql::index<&RevokedSessionRow::expires_at>("revoked_sessions_expires_at"),
             sql::index<&RevokedSessionRow::written_by>("revoked_sessions_written_by"),
             sql::default_value<&RevokedSessionRow::written_by>("0"))

inline constexpr sql::RawStatement<RevokedSessionRow(Timestamp)> revoked_sessions_after(
    "select session_id, expires_at, written_by from revoked_sessions where expires_at > $1");

// Reads from the database which sessions other instances, and commands of `ashlar`, have ended. It reads the rows of
// the last three minutes, and all rows once a minute, after a failure and after wake(). Clocks that differ, and
// instances with other token lifetimes, therefore delay a revocation by at most a minute.
class RevocationSync {
 public:
  RevocationSync(sql::Database& database, auth::MemoryRevocations& revocations, const Clock& clock, log::Logger& logger,
                 RevocationSyncOptions options);
  ~RevocationSync();  // after close(), or without start()
  RevocationSync(const RevocationSync&) = delete;
  RevocationSync& operator=(const RevocationSync&) = delete;

  // Reads all rows. Blocks: for start-up.
  [[nodiscard]] Result<> load_blocking();

  // Call before the loop has a thread.
  void start(boost::asio::io_context& loop);
  // Call after the loop's thread is joined and before the database is closed. Idempotent.
  void close();
  // On that loop: reads all rows immediately.
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

}  // namespace ashlar::instances
