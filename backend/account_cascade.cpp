// SPDX-License-Identifier: Apache-2.0
#include "backend/account_cascade.hpp"

#include "backend/auth/sessions.hpp"
#include "backend/orders/order_repository.hpp"
#include "backend/products/products.hpp"

namespace ashlar::backend {

Task<Result<>> AccountCascade::before_role_change(api::UnitOfWork& unit, Uuid account) {
  return sessions_.end_all(unit, account);
}

Task<Result<>> AccountCascade::before_removal(api::UnitOfWork& unit, Uuid account) {
  co_await unwrap(sessions_.end_all(unit, account));
  const auto cancelled = co_await unwrap(OrderRepository::cancel_pending_of(unit, account));
  products_.forget_after(unit, products_of(cancelled));
  co_return Result<>{};
}

}  // namespace ashlar::backend
