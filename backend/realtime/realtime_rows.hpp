// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/table_rules.hpp"
#include "backend/users/user_row.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace ashlar::backend {

// The caller who asked for a ticket, as the access token said.
struct RealtimeTicketRow {
  std::string token_hash;  // auth::one_time_token_hash()
  Uuid user_id;
  Uuid session_id;
  std::string token_id;
  Timestamp token_expires_at;
  Nullable<Timestamp> auth_time;
  std::vector<std::string> amr;
  Timestamp expires_at;
};
ASHLAR_DESCRIBE(RealtimeTicketRow, token_hash, user_id, session_id, token_id, token_expires_at, auth_time, amr,
                expires_at)
ASHLAR_TABLE(RealtimeTicketRow, "realtime_tickets", sql::primary_key<&RealtimeTicketRow::token_hash>(),
             sql::without_rowid(), sql::type<&RealtimeTicketRow::amr>("text"),
             sql::references<&RealtimeTicketRow::user_id, &UserRow::id>(sql::OnDelete::cascade),
             sql::index<&RealtimeTicketRow::user_id>("realtime_tickets_user"),
             sql::index<&RealtimeTicketRow::expires_at>("realtime_tickets_expires_at"))

// The epoch of positions, made with the table.
struct RealtimeEpochRow {
  std::string name;  // of the feed: "outbox"
  std::int64_t epoch = 0;
};
ASHLAR_DESCRIBE(RealtimeEpochRow, name, epoch)
ASHLAR_TABLE(RealtimeEpochRow, "realtime_epochs", sql::primary_key<&RealtimeEpochRow::name>(), sql::without_rowid())

}  // namespace ashlar::backend
