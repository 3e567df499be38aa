// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/unit_of_work.hpp"
#include "ashlar/async/task.hpp"

namespace ashlar::backend {

// What other features do when an account changes, as part of the unit of work that changes it. An error ends the unit.
// The application implements it (backend/account_cascade.hpp), so that users includes no other feature.
class AccountHooks {
 public:
  AccountHooks() = default;
  AccountHooks(const AccountHooks&) = delete;
  AccountHooks& operator=(const AccountHooks&) = delete;
  virtual ~AccountHooks() = default;

  // Before the account gets another role.
  virtual Task<Result<>> before_role_change(api::UnitOfWork& unit, Uuid account) = 0;
  // Before the account is removed. Its row is locked: see UserRepository::lock.
  virtual Task<Result<>> before_removal(api::UnitOfWork& unit, Uuid account) = 0;
};

}  // namespace ashlar::backend
