// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "ashlar/api/listing.hpp"
#include "ashlar/async/task.hpp"
#include "backend/products/product.hpp"

namespace ashlar::backend {

class Products;

Task<Result<>> delete_product(api::Call& call, api::ById in, Products& products);

}  // namespace ashlar::backend
