// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/auth/keys.hpp"
#include "ashlar/auth/secret_box.hpp"
#include "ashlar/core/random.hpp"
#include "ashlar/sql/database.hpp"

#include <cstdint>
#include <optional>

namespace ashlar::backend {

namespace errors {
inline constexpr ErrorCode jwt_keys_unusable{ErrorKind::internal, "auth.jwt_keys_unusable"};
}  // namespace errors

// A set of signing keys and the number of its last change.
struct StoredKeySet {
  auth::KeySet keys;
  std::int64_t version = 0;
};

// The keys that sign access tokens, as all instances of the application share them: one row, sealed with SECRET_KEYS.
// Every function reads from the primary. Errors: those of the database, auth.sealed_secret_unreadable, and
// auth.jwt_keys_unusable for a row that is not a key set.
//
// Safe from every loop. What it is given outlives it.
class JwtKeyStore {
 public:
  JwtKeyStore(sql::Database& database, const auth::SecretBox& box) : database_(database), box_(box) {}

  // The stored set; when there is none, a new one with one key of this algorithm. Of several processes that make one at
  // once, all get the same. A set that is sealed with another than the first key of the box is sealed again. Blocks:
  // for start-up and commands.
  [[nodiscard]] Result<StoredKeySet> load_or_make_blocking(auth::SignatureAlgorithm algorithm, Random& random);

  // The set when its version is not `known`; else nullopt, as when there is none.
  Task<Result<std::optional<StoredKeySet>>> read_newer(std::int64_t known);

  // Stores `keys` in place of the set of this version. False: another change was quicker. Blocks.
  [[nodiscard]] Result<bool> replace_blocking(const auth::KeySet& keys, std::int64_t version);

 private:
  struct Sealed;
  [[nodiscard]] Result<std::optional<Sealed>> read_blocking();
  [[nodiscard]] Result<StoredKeySet> open(const Sealed& sealed) const;

  sql::Database& database_;
  const auth::SecretBox& box_;
};

}  // namespace ashlar::backend
