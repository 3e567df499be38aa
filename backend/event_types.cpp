// SPDX-License-Identifier: Apache-2.0
#include "backend/event_types.hpp"

#include "backend/orders/order_events.hpp"
#include "backend/posts/post_events.hpp"
#include "backend/products/product_events.hpp"
#include "backend/users/user_events.hpp"

namespace ashlar::backend {

std::vector<std::string> event_types() {
  std::vector<std::string> out;
  for (const std::string_view name :
       {user_registered.name(), user_updated.name(), user_deleted.name(), post_published.name(), product_created.name(),
        product_updated.name(), product_deleted.name(), order_created.name(), order_paid.name(), order_cancelled.name(),
        order_refunded.name()})
    out.emplace_back(name);
  return out;
}

}  // namespace ashlar::backend
