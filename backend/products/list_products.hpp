// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "ashlar/api/listing.hpp"
#include "ashlar/api/reply.hpp"
#include "ashlar/async/task.hpp"
#include "backend/products/product_list.hpp"

namespace ashlar::backend {

class Products;

[[nodiscard]] bool is_heavy(const ListProducts& in);  // see web::RouteBuilder::heavy

Task<Result<api::SharedPage<Product>>> list_products(api::Call& call, ListProducts in, Products& products);

}  // namespace ashlar::backend
