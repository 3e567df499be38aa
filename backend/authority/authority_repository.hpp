// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/auth/authority_cache.hpp"
#include "ashlar/sql/database.hpp"
#include "backend/authority/authority_rows.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace ashlar::backend {

// Reads what an account may do, and what has changed in it. The executor is the primary: a replica may be behind.
class AuthorityRepository {
 public:
  explicit AuthorityRepository(sql::Executor& in) : in_(in) {}

  // nullopt: there is no such account. The role is shared through `cache`. Four statements, which a change may come
  // between: the change invalidates what was read.
  Task<Result<std::optional<auth::Authority>>> load(Uuid account, auth::AuthorityCache& cache);

  // The number of the last change.
  Task<Result<std::int64_t>> version();
  // The changes after it, the first 1,000. The numbers have no gaps but where old ones were removed.
  Task<Result<std::vector<AuthorityChangeRow>>> changes_after(std::int64_t version);

 private:
  sql::Executor& in_;
};

[[nodiscard]] auth::Grant grant_of(const GrantRow& row);

}  // namespace ashlar::backend
