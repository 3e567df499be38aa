// SPDX-License-Identifier: Apache-2.0
#include "backend/products/list_products.hpp"

#include "ashlar/schema/fault_codes.hpp"
#include "backend/products/products.hpp"

namespace ashlar::backend {

bool is_heavy(const ListProducts& in) { return in.search.has_value() || api::is_deep(in.page, in.limit); }

void ListProducts::refine(schema::Refinement& out) const {
  if (min_price && max_price && *min_price > *max_price) {
    out.fault("max_price", schema::codes::too_small, "must not be less than minPrice");
  }
}

Task<Result<api::SharedPage<Product>>> list_products(api::Call&, ListProducts in, Products& products) {
  co_return co_await products.list(std::move(in));
}

}  // namespace ashlar::backend
