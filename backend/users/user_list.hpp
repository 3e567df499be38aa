// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/listing.hpp"
#include "ashlar/sql/sort.hpp"
#include "backend/users/user_row.hpp"

#include <optional>

namespace ashlar::backend {

// Which users a list selects, and in which order.
struct ListUsers {
  api::PageNumber page;
  api::PageLimit limit;
  sql::Sort<UserRow, &UserRow::created_at, &UserRow::updated_at, &UserRow::name, &UserRow::email, &UserRow::age> sort;
  std::optional<api::PageCursor> cursor;
  std::optional<Text<1, 200>> search;  // in the name or the e-mail address, without case
  std::optional<Age> min_age;
  std::optional<Age> max_age;

  void refine(schema::Refinement& out) const;
};
ASHLAR_DESCRIBE(ListUsers, page, limit, sort, cursor, search, min_age, max_age)

}  // namespace ashlar::backend
