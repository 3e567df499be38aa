// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/auth/revocations.hpp"
#include "ashlar/core/clock.hpp"
#include "ashlar/sql/database.hpp"
#include "ashlar/sql/raw_statement.hpp"
#include "ashlar/sql/table_rules.hpp"

#include <chrono>
#include <cstdint>

namespace ashlar::instances {

struct RevocationSyncOptions {
  std::chrono::milliseconds whole_interval{60'000};  // between two reads of all rows
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

// A row that is new since `known`, if any, and from which number on later rows are new.
struct NewRevocation {
  std::int64_t next = 0;
  Nullable<Uuid> session_id;
  Nullable<Timestamp> expires_at;
};
ASHLAR_DESCRIBE(NewRevocation, next, session_id, expires_at)

// $1 known, $2 now. One row at least. On PostgreSQL `next` is the oldest transaction that may still write: what cannot
// be seen yet has this number or a later one.
using NewRevocations = sql::RawStatement<NewRevocation(std::int64_t, Timestamp)>;
inline constexpr NewRevocations new_revocations_on_postgres(
    "select seen.next, r.session_id, r.expires_at "
    "from (select pg_snapshot_xmin(pg_current_snapshot())::text::bigint as next) seen "
    "left join revoked_sessions r on r.written_by >= $1 and r.expires_at > $2");
inline constexpr NewRevocations new_revocations_on_sqlite(
    "select v.version + 1 as next, r.session_id, r.expires_at from authority_versions v "
    "left join revoked_sessions r on r.written_by >= $1 and r.expires_at > $2 where v.name = 'revoked_sessions'");

// Reads from the database which sessions other instances, and commands of `ashlar`, have ended: at each look the rows
// that were not visible at the look before, and now and then all of them, in case an older database was restored.
//
// Belongs to one loop. What it is given outlives it.
class RevocationSync {
 public:
  RevocationSync(sql::Database& database, auth::MemoryRevocations& revocations, const Clock& clock,
                 RevocationSyncOptions options)
      : database_(database), revocations_(revocations), clock_(clock), options_(options) {}
  RevocationSync(const RevocationSync&) = delete;
  RevocationSync& operator=(const RevocationSync&) = delete;

  // Reads all rows. Blocks: for start-up.
  [[nodiscard]] Result<> load_blocking();
  // For LookLoop.
  Task<Result<>> look();

 private:
  [[nodiscard]] sql::Statement statement(std::int64_t known);

  sql::Database& database_;
  auth::MemoryRevocations& revocations_;
  const Clock& clock_;
  const RevocationSyncOptions options_;
  std::int64_t known_ = 0;  // rows of this number, and later ones, may be new
  std::int64_t next_ = 0;   // the same after the read that runs
  Clock::Steady whole_at_{};
};

}  // namespace ashlar::instances
