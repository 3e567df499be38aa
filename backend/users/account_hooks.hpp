// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/unit_of_work.hpp"
#include "ashlar/async/task.hpp"
#include "backend/users/user.hpp"

#include <string>

namespace ashlar::backend {

namespace errors {
inline constexpr ErrorCode last_sign_in_method{ErrorKind::conflict, "auth.last_sign_in_method"};
}  // namespace errors

// The effects of an account's change on other features, as part of the unit of work that changes it. An error ends the
// unit. Implemented by the application (backend/account_cascade.hpp), so that users includes no other feature.
class AccountHooks {
 public:
  AccountHooks() = default;
  AccountHooks(const AccountHooks&) = delete;
  AccountHooks& operator=(const AccountHooks&) = delete;
  virtual ~AccountHooks() = default;

  // auth.forbidden when the account holds something that the caller may not give. Called before a change or a removal.
  virtual Task<Result<>> require_not_above(api::UnitOfWork& unit, User account) = 0;
  // auth.forbidden when the role holds something that the caller may not give; request.invalid when there is no such
  // role.
  virtual Task<Result<>> require_may_give_role(api::UnitOfWork& unit, std::string role) = 0;
  // Changes the role of the account, as read in this unit. Errors: those of require_may_give_role(); user.last_admin.
  virtual Task<Result<>> change_role(api::UnitOfWork& unit, User before, std::string role) = 0;
  // After the account got a new, unverified e-mail address.
  virtual Task<Result<>> after_address_change(api::UnitOfWork& unit, User before, User now) = 0;
  // After the account's owner has confirmed a new address at both addresses.
  virtual Task<Result<>> after_address_confirmed(api::UnitOfWork& unit, Uuid account, std::string address) = 0;
  // After a way to sign in was removed. The account's row is locked (UserRepository::lock). Error
  // auth.last_sign_in_method when no password, identity or passkey is left.
  virtual Task<Result<>> require_sign_in_method(api::UnitOfWork& unit, Uuid account) = 0;
  // Before the account is disabled. Its row is locked (UserRepository::lock).
  virtual Task<Result<>> before_disabling(api::UnitOfWork& unit, Uuid account) = 0;
  // Before the account is removed. Its row is locked: see UserRepository::lock.
  virtual Task<Result<>> before_removal(api::UnitOfWork& unit, Uuid account) = 0;
};

}  // namespace ashlar::backend
