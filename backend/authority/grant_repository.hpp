// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/reply.hpp"
#include "ashlar/api/unit_of_work.hpp"
#include "ashlar/async/task.hpp"
#include "backend/authority/grant.hpp"
#include "backend/authority/grant_list.hpp"

#include <chrono>
#include <cstdint>
#include <optional>

namespace ashlar::backend {

// Ended grants are kept so long, for explanations and lists.
inline constexpr std::chrono::hours ended_grants_kept{90 * 24};

// The rows of grants. Reads go to the executor that it is made for; writes take a unit of work.
class GrantRepository {
 public:
  explicit GrantRepository(sql::Executor& in) : in_(in) {}

  Task<Result<api::Page<Grant>>> list(ListGrants wanted);
  Task<Result<std::optional<Grant>>> find(Uuid user, Uuid id);

  // Removes the account's grants that ended longer ago than ended_grants_kept. Errors: grant.too_many, when the account
  // has `per_user_max`, ended ones among them; user.not_found. The account's row is locked, so two at once are counted.
  static Task<Result<>> create(api::UnitOfWork& unit, Grant grant, std::int64_t per_user_max);
  static Task<Result<bool>> remove(api::UnitOfWork& unit, Uuid user, Uuid id);

 private:
  sql::Executor& in_;
};

}  // namespace ashlar::backend
