// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/schema/constraints.hpp"
#include "ashlar/sql/query.hpp"
#include "ashlar/web/reply.hpp"

#include <utility>

// What every list of the API takes: ?page=2&limit=50&sort=-createdAt. The sort is an sql::Sort over the list's own
// rows.
namespace ashlar::backend {

using PageNumber = Defaulted<Int<1, 1'000'000>, 1>;
using PageLimit = Defaulted<Int<1, 100>, 20>;

// The rows that were read for a page that was asked for.
template <class T>
web::Page<T> page_of(sql::Page<T> rows, const PageNumber& page, const PageLimit& limit) {
  return {.items = std::move(rows.rows), .page = page.value(), .limit = limit.value(), .total = rows.total};
}

}  // namespace ashlar::backend
