// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "ashlar/async/task.hpp"
#include "ashlar/sql/database.hpp"
#include "ashlar/web/routes.hpp"
#include "backend/auth/session.hpp"
#include "backend/auth/session_limits.hpp"
#include "backend/orders/order.hpp"
#include "backend/posts/post.hpp"
#include "backend/users/user.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace ashlar::backend {

namespace errors {
inline constexpr ErrorCode export_too_large{ErrorKind::conflict, "user.export_too_large"};
}  // namespace errors

struct AccountExportOptions {
  std::size_t bytes_max = 32 * 1024 * 1024;  // of texts in memory; an account with more reads its lists page by page
  std::int64_t rows_per_read = 20;           // posts or orders at a time
  SessionLimits session_limits = {};         // of the sessions that are shown
};

// All data of an account except its password.
struct AccountExport {
  User account;
  std::vector<Session> sessions;
  std::vector<Post> posts;    // drafts as well
  std::vector<Order> orders;  // oldest first, like posts
};
ASHLAR_DESCRIBE(AccountExport, account, sessions, posts, orders)

// The caller's own data. The parts are read one after the other: a change in between is in the later ones only. Error
// user.export_too_large.
Task<Result<AccountExport>> export_me(api::UserCall& call, sql::Database& database,
                                      const AccountExportOptions& options);

void mount_account_export(web::Routes& routes, sql::Database& database, const AccountExportOptions& options);

}  // namespace ashlar::backend
