// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/database.hpp"
#include "ashlar/sql/postgres/detail/dialer.hpp"

#include <chrono>
#include <memory>
#include <span>
#include <string_view>

// What migrations and checks ask of a server: each on a connection of its own, blocking. database.hpp says what they
// promise.
namespace ashlar::sql::postgres::detail {

Result<std::unique_ptr<MigrationLock>> lock_migrations(const Dialer& dialer, std::chrono::milliseconds wait_max);
Result<> dry_run(const Dialer& dialer, std::string_view script, std::span<const Statement> reads);
Result<StatementShape> describe(const Dialer& dialer, std::string_view sql);

}  // namespace ashlar::sql::postgres::detail
