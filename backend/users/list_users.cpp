// SPDX-License-Identifier: Apache-2.0
#include "backend/users/list_users.hpp"

#include "ashlar/schema/fault_codes.hpp"
#include "backend/users/user_repository.hpp"

namespace ashlar::backend {

bool is_heavy(const ListUsers& in) { return in.search.has_value() || api::is_deep(in.page, in.limit); }

void ListUsers::refine(schema::Refinement& out) const {
  if (min_age && max_age && min_age->value() > max_age->value()) {
    out.fault("max_age", schema::codes::too_small, "must not be less than minAge");
  }
}

Task<Result<api::Page<User>>> list_users(api::Call&, ListUsers in, sql::Database& database,
                                         const sql::Cursors& cursors) {
  if (in.cursor) co_return co_await UserRepository(database).list_from(std::move(in), cursors);
  co_return co_await UserRepository(database).list(std::move(in));
}

}  // namespace ashlar::backend
