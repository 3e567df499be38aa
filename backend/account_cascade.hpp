// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backend/users/account_hooks.hpp"

namespace ashlar::backend {

class Authorities;
class Products;
class Sessions;

// Another role counts when the call returns. A removal ends the account's sessions, cancels its pending orders and
// returns their pieces to the stock; its rights and API keys end when the call returns.
class AccountCascade final : public AccountHooks {
 public:
  // They outlive it.
  AccountCascade(Sessions& sessions, Products& products, Authorities& authorities)
      : sessions_(sessions), products_(products), authorities_(authorities) {}

  Task<Result<>> require_not_above(api::UnitOfWork& unit, User account) override;
  Task<Result<>> require_may_give_role(api::UnitOfWork& unit, std::string role) override;
  Task<Result<>> change_role(api::UnitOfWork& unit, User before, std::string role) override;
  Task<Result<>> before_removal(api::UnitOfWork& unit, Uuid account) override;

 private:
  Sessions& sessions_;
  Products& products_;
  Authorities& authorities_;
};

}  // namespace ashlar::backend
