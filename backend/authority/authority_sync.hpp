// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/sql/database.hpp"
#include "backend/authority/authorities.hpp"

#include <cstdint>

namespace ashlar::backend {

// Reads from the database what was changed in the rights of accounts by others: other instances, commands of `ashlar`,
// SQL by hand. A look reads one row while nothing has changed. Belongs to one loop. What it is given outlives it.
class AuthoritySync {
 public:
  AuthoritySync(sql::Database& database, Authorities& authorities) : database_(database), authorities_(authorities) {}
  AuthoritySync(const AuthoritySync&) = delete;
  AuthoritySync& operator=(const AuthoritySync&) = delete;

  // For instances::LookLoop.
  Task<Result<>> look();

 private:
  Task<Result<>> apply_changes(std::int64_t current);

  sql::Database& database_;
  Authorities& authorities_;
  std::int64_t known_ = -1;  // the last change that was applied; -1: none was read yet
};

}  // namespace ashlar::backend
