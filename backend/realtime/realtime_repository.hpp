// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/unit_of_work.hpp"
#include "ashlar/async/task.hpp"
#include "backend/realtime/realtime_rows.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace ashlar::backend {

// Reads go to the executor that it is made for; writes take a unit of work.
class RealtimeRepository {
 public:
  explicit RealtimeRepository(sql::Executor& in) : in_(in) {}

  // The positions' epoch. Error database.failed when the row of the migration is missing.
  Task<Result<std::uint64_t>> epoch();
  // Removes and returns the ticket: of two callers at once, on any instances, one gets it.
  Task<Result<std::optional<RealtimeTicketRow>>> take(std::string token_hash);
  // Removes expired ones, too.
  static Task<Result<>> add(api::UnitOfWork& unit, RealtimeTicketRow ticket);

 private:
  sql::Executor& in_;
};

}  // namespace ashlar::backend
