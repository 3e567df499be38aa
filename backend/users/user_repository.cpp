// SPDX-License-Identifier: Apache-2.0
#include "backend/users/user_repository.hpp"

#include "ashlar/core/encoding.hpp"
#include "ashlar/schema/fault_codes.hpp"
#include "ashlar/sql/query.hpp"
#include "backend/raw_statements.hpp"
#include "backend/users/user_row.hpp"

namespace ashlar::backend {

using sql::asc;
using sql::col;
using sql::from;

namespace {

// What breaks a constraint of users is either somebody else's e-mail address or a role that does not exist.
Error explained(Error error) {
  if (error.code() == sql::errors::unique) return {errors::email_taken, "This e-mail address is taken."};
  if (error.code() == sql::errors::foreign_key) {
    return {ashlar::errors::invalid_input,
            "The input has a fault.",
            {{.path = "/role", .code = std::string(schema::codes::one_of), .message = "is not the name of a role"}}};
  }
  return error;
}

User user_of(UserRow row) {
  return {.id = row.id,
          .email = std::move(row.email),
          .name = std::move(row.name),
          .age = row.age,
          .role = std::move(row.role),
          .permissions = std::move(row.permissions),
          .email_verified = row.email_verified,
          .mfa_enabled = row.mfa_enabled,
          .created_at = row.created_at,
          .updated_at = row.updated_at};
}

}  // namespace

Task<Result<User>> UserRepository::create(NewUser user) {
  const UserRow row{.id = user.id,
                    .email = std::move(user.email),
                    .name = std::move(user.name),
                    .age = user.age,
                    .role = std::move(user.role),
                    .password_hash = std::move(user.password_hash),
                    .permissions = {},
                    .email_verified = false,
                    .mfa_enabled = false,
                    .created_at = user.created_at,
                    .updated_at = user.created_at};
  auto inserted = co_await sql::insert(row).run(in_);
  if (!inserted) co_return std::unexpected(explained(std::move(inserted.error())));
  auto created = co_await find(row.id);
  if (!created) co_return std::unexpected(std::move(created.error()));
  if (!*created) co_return fail(errors::user_not_found, "The account was removed at once.");
  co_return std::move(**created);
}

Task<Result<std::optional<User>>> UserRepository::find(Uuid id) { return sql::find<&UserRow::id, User>(id).one(in_); }

Task<Result<std::optional<Account>>> UserRepository::find_account(std::string email) {
  auto row = co_await account_by_lower_email(ascii_lower(email)).one(in_);
  if (!row) co_return std::unexpected(std::move(row.error()));
  if (!*row) co_return std::nullopt;
  Account out{.user = {}, .password_hash = std::move((*row)->password_hash)};
  out.user = user_of(std::move(**row));
  co_return out;
}

Task<Result<web::Page<User>>> UserRepository::list(ListUsers wanted) {
  auto rows = co_await sql::select<User>()
                  .from<UserRow>()
                  .where_if(wanted.search,
                            [](const auto& text) {
                              return contains_ignoring_case(col<&UserRow::name>, text) ||
                                     contains_ignoring_case(col<&UserRow::email>, text);
                            })
                  .where_if(wanted.min_age, [](Age age) { return col<&UserRow::age> >= age; })
                  .where_if(wanted.max_age, [](Age age) { return col<&UserRow::age> <= age; })
                  .order_by(wanted.sort, asc<&UserRow::id>)
                  .page(wanted.page, wanted.limit)
                  .all_and_count(in_);
  if (!rows) co_return std::unexpected(std::move(rows.error()));
  co_return page_of(std::move(*rows), wanted.page, wanted.limit);
}

Task<Result<std::optional<User>>> UserRepository::update(Uuid id, UserChanges changes, Timestamp now) {
  auto before = co_await find(id);
  if (!before || !*before || changes.empty()) co_return before;
  std::optional<bool> verified;
  if (changes.email && changes.email->view() != (*before)->email) verified = false;

  auto updated = co_await sql::update<UserRow>()
                     .set(col<&UserRow::updated_at> = now)
                     .set_if(col<&UserRow::name>, changes.name)
                     .set_if(col<&UserRow::email>, changes.email)
                     .set_if(col<&UserRow::email_verified>, verified)
                     .set_if(col<&UserRow::age>, changes.age)
                     .set_if(col<&UserRow::role>, changes.role)
                     .set_if(col<&UserRow::password_hash>, changes.password_hash)
                     .where(col<&UserRow::id> == id)
                     .run(in_);
  if (!updated) co_return std::unexpected(explained(std::move(updated.error())));
  co_return co_await find(id);
}

Task<Result<bool>> UserRepository::remove(Uuid id) {
  auto removed = co_await sql::erase<UserRow>().where(col<&UserRow::id> == id).run(in_);
  if (!removed) co_return std::unexpected(std::move(removed.error()));
  co_return removed->rows_affected > 0;
}

Task<Result<>> UserRepository::require_another_admin(Uuid besides) {
  // SQLite has one writer. PostgreSQL would let two admins remove each other, so whoever asks holds the rows of all.
  if (in_.dialect() == sql::Dialect::postgres) {
    auto held = co_await lock_admins().writing().all(in_);
    if (!held) co_return std::unexpected(std::move(held.error()));
  }
  auto another =
      co_await from<UserRow>().where(col<&UserRow::role> == role_admin && col<&UserRow::id> != besides).exists(in_);
  if (!another) co_return std::unexpected(std::move(another.error()));
  if (!*another) co_return fail(errors::last_admin, "This is the last admin: make another one first.");
  co_return Result<>{};
}

Task<Result<bool>> UserRepository::any_admin() {
  return from<UserRow>().where(col<&UserRow::role> == role_admin).exists(in_);
}

Task<Result<>> UserRepository::grant(Uuid id, std::string permission, Timestamp now) {
  auto granted = co_await sql::execute(in_,
                                       "insert into user_permissions (user_id, permission, created_at) "
                                       "values ($1, $2, $3) on conflict do nothing",
                                       id, permission, now);
  if (!granted && granted.error().code() == sql::errors::foreign_key) {
    co_return std::unexpected(
        Error(ashlar::errors::invalid_input, "There is no such permission.",
              {{.path = "/permission", .code = std::string(schema::codes::one_of), .message = "is not known"}}));
  }
  if (!granted) co_return std::unexpected(std::move(granted.error()));
  co_return Result<>{};
}

Task<Result<bool>> UserRepository::revoke(Uuid id, std::string permission) {
  auto revoked =
      co_await sql::execute(in_, "delete from user_permissions where user_id = $1 and permission = $2", id, permission);
  if (!revoked) co_return std::unexpected(std::move(revoked.error()));
  co_return revoked->rows_affected > 0;
}

}  // namespace ashlar::backend
