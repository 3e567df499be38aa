// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "ashlar/api/reply.hpp"
#include "ashlar/api/units.hpp"
#include "ashlar/async/task.hpp"
#include "ashlar/auth/principal.hpp"

#include <chrono>
#include <memory>
#include <string>

namespace ashlar::backend {

struct RealtimeTicket {
  std::string ticket;
  Timestamp expires_at;

  static RealtimeTicket example();
};
ASHLAR_DESCRIBE(RealtimeTicket, ticket, expires_at)

inline constexpr std::chrono::seconds realtime_ticket_lifetime{30};

// A ticket opens one WebSocket as this caller, on any instance: for browsers, whose WebSockets set no header field, and
// for pages of other origins. It is in a URL, which proxies log, so it works once, and for 30 s.
Task<Result<api::Created<RealtimeTicket>>> create_realtime_ticket(api::UserCall& call, api::Units& units);

// The caller of the ticket, which is used with that. Error auth.token_invalid for one that is unknown, used or expired.
Task<Result<std::shared_ptr<const auth::Principal>>> redeem_realtime_ticket(std::string ticket, sql::Database& database,
                                                                            const Clock& clock);

}  // namespace ashlar::backend
