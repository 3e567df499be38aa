// SPDX-License-Identifier: Apache-2.0
#include "backend/orders/list_orders.hpp"

#include "backend/orders/order_repository.hpp"

namespace ashlar::backend {

namespace {

// By the rule that guards take for one order: one's own, and those that `read:order` reaches.
VisibleOrders visible_to(const api::UserCall& call) {
  static const auth::Permission read_order = *auth::Permission::parse("read:order");
  const auth::Reach reach = call.reach(read_order);
  if (reach.everything) return {};
  VisibleOrders out{.user = call.user().id, .others = {}};
  for (const std::string_view text : reach.ids) {
    if (const auto id = Uuid::parse(text)) out.others.push_back(*id);
  }
  return out;
}

}  // namespace

bool is_heavy(const ListOrders& in) { return api::is_deep(in.page, in.limit); }

Task<Result<api::Page<Order>>> list_orders(api::UserCall& call, ListOrders in, sql::Database& database,
                                           const sql::Cursors& cursors) {
  const VisibleOrders visible = visible_to(call);
  OrderRepository orders(database);
  if (in.cursor) co_return co_await orders.list_from(std::move(in), visible, cursors);
  co_return co_await orders.list(std::move(in), visible);
}

}  // namespace ashlar::backend
