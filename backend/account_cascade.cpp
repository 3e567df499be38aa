// SPDX-License-Identifier: Apache-2.0
#include "backend/account_cascade.hpp"

#include "backend/auth/changed_address.hpp"
#include "backend/auth/sessions.hpp"
#include "backend/authority/giving.hpp"
#include "backend/authority/set_user_role.hpp"
#include "backend/oauth/identity_repository.hpp"
#include "backend/orders/order_repository.hpp"
#include "backend/products/products.hpp"

namespace ashlar::backend {

Task<Result<>> AccountCascade::require_not_above(api::UnitOfWork& unit, User account) {
  return backend::require_not_above(unit, std::move(account));
}

Task<Result<>> AccountCascade::require_may_give_role(api::UnitOfWork& unit, std::string role) {
  return backend::require_may_give_role(unit, std::move(role));
}

Task<Result<>> AccountCascade::change_role(api::UnitOfWork& unit, User before, std::string role) {
  return backend::change_role(unit, std::move(before), std::move(role), &authorities_);
}

Task<Result<>> AccountCascade::after_address_change(api::UnitOfWork& unit, User before, User now) {
  return mail_changed_address(unit, std::move(before), std::move(now), &challenges_, &mails_);
}

Task<Result<>> AccountCascade::after_address_confirmed(api::UnitOfWork& unit, Uuid account, std::string address) {
  return IdentityRepository::follow_address(unit, account, std::move(address));
}

Task<Result<>> AccountCascade::require_sign_in_method(api::UnitOfWork& unit, Uuid account) {
  return backend::require_sign_in_method(unit, account, passkeys_);
}

Task<Result<>> AccountCascade::before_disabling(api::UnitOfWork& unit, Uuid account) {
  co_await unwrap(sessions_.end_all(unit, account));
  authorities_.changed_after(unit, account);  // its API keys end
  co_return Result<>{};
}

Task<Result<>> AccountCascade::before_removal(api::UnitOfWork& unit, Uuid account) {
  co_await unwrap(sessions_.end_all(unit, account));
  const auto cancelled = co_await unwrap(OrderRepository::cancel_pending_of(unit, account));
  products_.forget_after(unit, products_of(cancelled));
  authorities_.changed_after(unit, account);
  co_return Result<>{};
}

}  // namespace ashlar::backend
