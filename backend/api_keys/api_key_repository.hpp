// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/reply.hpp"
#include "ashlar/api/unit_of_work.hpp"
#include "ashlar/async/task.hpp"
#include "backend/api_keys/api_key.hpp"
#include "backend/api_keys/api_key_list.hpp"
#include "backend/api_keys/api_key_row.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace ashlar::backend {

// The rows of API keys. Reads use the given executor; writes take a unit of work.
class ApiKeyRepository {
 public:
  explicit ApiKeyRepository(sql::Executor& in) : in_(in) {}

  Task<Result<api::Page<ApiKey>>> list(Uuid user, ListApiKeys wanted);
  Task<Result<std::optional<ApiKeyRow>>> find(Uuid id);
  Task<Result<bool>> is_of_enabled_account(const ApiKeyRow& key);
  // Skips keys with a later use, and removed keys.
  Task<Result<>> note_use(std::vector<Uuid> ids, Timestamp at);

  // Removes the account's expired keys. Error api_key.too_many when it has `per_user_max` others. Locks the account's
  // row, so that concurrent calls are counted.
  static Task<Result<>> create(api::UnitOfWork& unit, ApiKeyRow key, std::int64_t per_user_max);
  static Task<Result<bool>> remove(api::UnitOfWork& unit, Uuid user, Uuid id);

 private:
  sql::Executor& in_;
};

}  // namespace ashlar::backend
