// SPDX-License-Identifier: Apache-2.0
#include "backend/realtime/create_realtime_ticket.hpp"

#include "ashlar/auth/one_time_token.hpp"
#include "ashlar/auth/token.hpp"
#include "backend/realtime/realtime_repository.hpp"

#include <utility>

namespace ashlar::backend {

RealtimeTicket RealtimeTicket::example() {
  return {.ticket = "Zm9yIGV4YW1wbGUsIHRoaXMgaXMgbm8gdGlja2V0LiE",
          .expires_at = Timestamp::parse("2026-11-21T08:30:30.000Z").value_or(Timestamp{})};
}

Task<Result<api::Created<RealtimeTicket>>> create_realtime_ticket(api::UserCall& call, api::Units& units) {
  auth::OneTimeToken token = auth::new_one_time_token(call.random());
  const auth::Principal& caller = call.user();
  RealtimeTicketRow row{.token_hash = std::move(token.hash),
                        .user_id = caller.id,
                        .session_id = caller.session,
                        .token_id = caller.token_id,
                        .token_expires_at = caller.expires_at,
                        .auth_time = caller.auth_time,
                        .amr = caller.amr,
                        .expires_at = call.now() + realtime_ticket_lifetime};
  RealtimeTicket out{.ticket = std::move(token.text), .expires_at = row.expires_at};
  co_await unwrap(units.run(call, &RealtimeRepository::add, std::move(row)));
  co_return api::Created{std::move(out)};
}

Task<Result<std::shared_ptr<const auth::Principal>>> redeem_realtime_ticket(std::string ticket, sql::Database& database,
                                                                            const Clock& clock) {
  auto row = co_await unwrap(RealtimeRepository(database).take(auth::one_time_token_hash(ticket)));
  if (!row || clock.now() >= row->expires_at) co_return fail(auth::errors::token_invalid, "The ticket is not valid.");
  auto out = std::make_shared<auth::Principal>();
  out->id = row->user_id;
  out->session = row->session_id;
  out->token_id = std::move(row->token_id);
  out->expires_at = row->token_expires_at;
  out->auth_time = row->auth_time.as_optional();
  out->amr = std::move(row->amr);
  co_return out;
}

}  // namespace ashlar::backend
