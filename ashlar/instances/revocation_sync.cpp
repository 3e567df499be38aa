// SPDX-License-Identifier: Apache-2.0
#include "ashlar/instances/revocation_sync.hpp"

#include <string>
#include <utility>

namespace ashlar::instances {

sql::Statement RevocationSync::statement(std::int64_t known) {
  const auto& text =
      database_.dialect() == sql::Dialect::postgres ? new_revocations_on_postgres : new_revocations_on_sqlite;
  return {.sql = std::string(text.text()),
          .parameters = {known, clock_.now()},
          .mode = sql::Mode::read,
          .on_row = [this](const sql::Row& row) {
            next_ = row.integer(0);
            if (!row.is_null(1)) revocations_.revoke_session(row.uuid(1), row.timestamp(2));
          }};
}

Result<> RevocationSync::load_blocking() { return database_.query_blocking(statement(0)); }

Task<Result<>> RevocationSync::look() {
  const Clock::Steady began = clock_.steady();
  const bool whole = began >= whole_at_;
  co_await unwrap(database_.execute(statement(whole ? 0 : known_)));
  known_ = next_;
  if (whole) whole_at_ = began + options_.whole_interval;
  co_return Result<>{};
}

}  // namespace ashlar::instances
