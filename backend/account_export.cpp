// SPDX-License-Identifier: Apache-2.0
#include "backend/account_export.hpp"

#include "ashlar/auth/token.hpp"
#include "backend/auth/session_repository.hpp"
#include "backend/orders/order_repository.hpp"
#include "backend/posts/post_repository.hpp"
#include "backend/users/user_repository.hpp"

#include <chrono>
#include <utility>

namespace ashlar::backend {

namespace {

constexpr std::size_t row_bytes = 400;  // of ids, moments and numbers as JSON, at least

std::size_t bytes_of(const Post& post) { return row_bytes + post.title.size() + post.content.size(); }
std::size_t bytes_of(const Order& order) {
  std::size_t out = row_bytes;
  for (const OrderItem& item : order.items) out += row_bytes + item.name.size();
  return out;
}

// Moves a batch into `out`, and takes its size off what may still come.
template <class T>
Result<> add(std::vector<T> batch, std::size_t& bytes_left, std::vector<T>& out) {
  for (T& row : batch) {
    const std::size_t bytes = bytes_of(row);
    if (bytes > bytes_left)
      return fail(errors::export_too_large, "The account has too much for one export: read its lists page by page.");
    bytes_left -= bytes;
    out.push_back(std::move(row));
  }
  return {};
}

template <class T>
Uuid last_id(const std::vector<T>& rows) {
  return rows.empty() ? Uuid{} : rows.back().id;
}

}  // namespace

Task<Result<AccountExport>> export_me(api::UserCall& call, sql::Database& database,
                                      const AccountExportOptions& options) {
  const Uuid id = call.user().id;
  AccountExport out;
  out.account = co_await unwrap(required(co_await UserRepository(database).find(id), auth::errors::token_revoked,
                                         "This account does not exist any more."));
  out.sessions = co_await unwrap(SessionRepository(database).all_of(id, call.now(), options.session_limits));
  for (Session& session : out.sessions) session.current = session.id == call.user().session;

  std::size_t bytes_left = options.bytes_max;
  const auto is_last = [&](std::size_t rows) { return static_cast<std::int64_t>(rows) < options.rows_per_read; };
  for (bool more = true; more;) {
    auto batch =
        co_await unwrap(PostRepository(database).of_author_after(id, last_id(out.posts), options.rows_per_read));
    more = !is_last(batch.size());
    co_await unwrap(add(std::move(batch), bytes_left, out.posts));
  }
  for (bool more = true; more;) {
    auto batch =
        co_await unwrap(OrderRepository(database).of_user_after(id, last_id(out.orders), options.rows_per_read));
    more = !is_last(batch.size());
    co_await unwrap(add(std::move(batch), bytes_left, out.orders));
  }
  co_return out;
}

// clang-format off
void mount_account_export(web::Routes& routes, sql::Database& database, const AccountExportOptions& options) {
  routes.get("/api/users/me/export", export_me, database, options).signed_in().limit({.requests = 5, .window = std::chrono::minutes{1}, .by = api::RateLimit::By::account})
      .name("exportMe").tag("Users").summary("Everything that is kept of my account").fails_with(errors::export_too_large);
}
// clang-format on

}  // namespace ashlar::backend
