// SPDX-License-Identifier: Apache-2.0
#include "backend/api_keys/list_api_keys.hpp"

#include "backend/api_keys/api_key_repository.hpp"

namespace ashlar::backend {

Task<Result<api::Page<ApiKey>>> list_api_keys(api::UserCall& call, ListApiKeys in, sql::Database& database) {
  co_return co_await ApiKeyRepository(database).list(call.user().id, in);
}

}  // namespace ashlar::backend
