// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backend/users/account_hooks.hpp"

namespace ashlar::backend {

class Products;
class Sessions;

// Another role ends the account's sessions, so that no token carries the old one. A removal ends them, too, cancels the
// account's pending orders and returns their pieces to the stock.
class AccountCascade final : public AccountHooks {
 public:
  // Both outlive it.
  AccountCascade(Sessions& sessions, Products& products) : sessions_(sessions), products_(products) {}

  Task<Result<>> before_role_change(api::UnitOfWork& unit, Uuid account) override;
  Task<Result<>> before_removal(api::UnitOfWork& unit, Uuid account) override;

 private:
  Sessions& sessions_;
  Products& products_;
};

}  // namespace ashlar::backend
