// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/error.hpp"
#include "ashlar/core/timestamp.hpp"
#include "ashlar/core/uuid.hpp"
#include "ashlar/schema/constraints.hpp"

#include <string>
#include <vector>

namespace ashlar::backend {

namespace errors {
inline constexpr ErrorCode api_key_not_found{ErrorKind::not_found, "api_key.not_found"};
inline constexpr ErrorCode too_many_api_keys{ErrorKind::conflict, "api_key.too_many"};
}  // namespace errors

// A key as shown to its account. The key itself is shown once, when it is created.
struct ApiKey {
  Uuid id;
  std::string name;
  std::string prefix;  // the first 26 characters of the key
  std::vector<std::string> permissions;
  Timestamp created_at;
  Nullable<Timestamp> expires_at;    // null: without end
  Nullable<Timestamp> last_used_at;  // to the minute; null: never used

  static ApiKey example();
};
ASHLAR_DESCRIBE(ApiKey, id, name, prefix, permissions, created_at, expires_at, last_used_at)

struct NewApiKey {
  Uuid id;
  std::string name;
  std::string prefix;
  std::vector<std::string> permissions;
  Nullable<Timestamp> expires_at;
  std::string key;  // shown once

  static NewApiKey example();
};
ASHLAR_DESCRIBE(NewApiKey, id, name, prefix, permissions, expires_at, key)

}  // namespace ashlar::backend
