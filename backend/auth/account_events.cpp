// SPDX-License-Identifier: Apache-2.0
#include "backend/auth/account_events.hpp"

namespace ashlar::backend {

namespace {

// The call outlives it: a unit awaits what follows its commit.
Task<> log_event(const api::Call* call, std::string_view message, Uuid account) {
  call->log().security(log::Level::info, message,
                       {{"userId", account.to_string()}, {"address", call->client_address()}});
  co_return;
}

}  // namespace

void log_account_event(api::UnitOfWork& unit, std::string_view message, const Uuid& account) {
  unit.after_commit([call = &unit.call(), message, account] { return log_event(call, message, account); });
}

}  // namespace ashlar::backend
