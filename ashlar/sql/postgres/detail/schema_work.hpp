// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/database.hpp"
#include "ashlar/sql/postgres/detail/dialer.hpp"

#include <chrono>
#include <memory>
#include <span>
#include <string_view>

// The server's part of migrations and checks: each on its own connection, blocking. database.hpp describes them.
namespace ashlar::sql::postgres::detail {

Result<std::unique_ptr<MigrationLock>> lock_migrations(const Dialer& dialer, std::chrono::milliseconds wait_max);
Result<> dry_run(const Dialer& dialer, std::string_view script, std::span<const Statement> reads);
Result<StatementShape> describe(const Dialer& dialer, std::string_view sql);

}  // namespace ashlar::sql::postgres::detail
