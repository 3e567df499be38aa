// SPDX-License-Identifier: Apache-2.0
#include "backend/users/user_repository.hpp"

#include "ashlar/audit/record.hpp"
#include "ashlar/core/encoding.hpp"
#include "ashlar/events/publish.hpp"
#include "ashlar/schema/fault_codes.hpp"
#include "ashlar/sql/exists.hpp"
#include "ashlar/sql/list.hpp"
#include "ashlar/sql/query.hpp"
#include "backend/list_counts.hpp"
#include "backend/raw_statements.hpp"
#include "backend/users/user_events.hpp"
#include "backend/users/user_row.hpp"

namespace ashlar::backend {

using sql::col;
using sql::from;

namespace {

// A broken constraint of users is either the e-mail address of another account or a role that does not exist.
Error explained(Error error) {
  if (error.code() == sql::errors::unique) return {errors::email_taken, "This e-mail address is taken."};
  if (error.code() == sql::errors::foreign_key) {
    return invalid_input("/role", schema::codes::one_of, "is not the name of a role");
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
          .updated_at = row.updated_at,
          .disabled_at = row.disabled_at};
}

Account account_of(UserRow row) {
  Account out{
      .user = {}, .password_hash = std::move(row.password_hash), .credentials_version = row.credentials_version};
  out.user = user_of(std::move(row));
  return out;
}

}  // namespace

Task<Result<User>> UserRepository::create(api::UnitOfWork& unit, NewUser user) {
  std::string email_key = email_key_of(user.email);
  const UserRow row{.id = user.id,
                    .email = std::move(user.email),
                    .email_key = std::move(email_key),
                    .name = std::move(user.name),
                    .age = user.age,
                    .role = std::move(user.role),
                    .password_hash = std::move(user.password_hash),
                    .permissions = {},
                    .email_verified = user.email_verified,
                    .mfa_enabled = false,
                    .created_at = user.created_at,
                    .updated_at = user.created_at};
  audit::created(unit, row, row.id);
  auto inserted = co_await sql::insert(row).run(unit);
  if (!inserted) co_return std::unexpected(explained(std::move(inserted.error())));
  User created = co_await unwrap(
      required(co_await UserRepository(unit).find(row.id), errors::user_not_found, "The account was removed at once."));
  events::publish(unit, user_registered, created.id.to_string(), created);
  co_return created;
}

Task<Result<std::optional<User>>> UserRepository::find(Uuid id) { return sql::find<&UserRow::id, User>(id).one(in_); }

Task<Result<std::optional<Account>>> UserRepository::find_account(std::string email) {
  auto row = co_await unwrap(from<UserRow>().where(col<&UserRow::email_key> == email_key_of(email)).one(in_));
  if (!row) co_return std::nullopt;
  co_return account_of(std::move(*row));
}

Task<Result<std::optional<Account>>> UserRepository::find_account_of(Uuid id) {
  auto row = co_await unwrap(from<UserRow>().where(col<&UserRow::id> == id).one(in_));
  if (!row) co_return std::nullopt;
  co_return account_of(std::move(*row));
}

Task<Result<std::optional<Account>>> UserRepository::find_account_locked(api::UnitOfWork& unit, Uuid id, Lock lock) {
  auto wanted = from<UserRow>().where(col<&UserRow::id> == id);
  auto row = co_await unwrap(lock == Lock::shared ? wanted.for_share().one(unit) : wanted.for_update().one(unit));
  if (!row) co_return std::nullopt;
  co_return account_of(std::move(*row));
}

Task<Result<>> UserRepository::replace_hash(api::UnitOfWork& unit, Uuid id, std::string hash) {
  co_await unwrap(
      sql::update<UserRow>().set(col<&UserRow::password_hash> = hash).where(col<&UserRow::id> == id).run(unit));
  co_return Result<>{};
}

namespace {

sql::List<UserRow, User> matching(const ListUsers& wanted) {
  auto rows = sql::list<UserRow, User>();
  rows.where_if(wanted.search,
                [](const auto& text) {
                  return contains_ignoring_case(col<&UserRow::name>, text) ||
                         contains_ignoring_case(col<&UserRow::email>, text);
                })
      .where_if(wanted.min_age, [](Age age) { return col<&UserRow::age> >= age; })
      .where_if(wanted.max_age, [](Age age) { return col<&UserRow::age> <= age; })
      .order_by(wanted.sort, sql::tie_break<&UserRow::id>(wanted.sort));
  return rows;
}

}  // namespace

Task<Result<api::Page<User>>> UserRepository::list(ListUsers wanted) {
  std::optional<Counter> counter;
  if (!wanted.search && !wanted.min_age && !wanted.max_age) counter = Counter{.list = "users"};
  const auto rows_max = wanted.search ? found_rows_counted_max : filtered_rows_counted_max;
  return counted_page(matching(wanted), in_, wanted.page, wanted.limit, std::move(counter), rows_max);
}

Task<Result<api::Page<User>>> UserRepository::list_from(ListUsers wanted, const sql::Cursors& cursors) {
  auto page = co_await unwrap(
      matching(wanted).cursor_page<&UserRow::id>(in_, cursors, api::cursor_of(wanted.cursor), wanted.limit));
  co_return api::page_of(std::move(page), wanted.limit);
}

Task<Result<std::optional<User>>> UserRepository::update(api::UnitOfWork& unit, Uuid id, UserChanges changes) {
  auto before = co_await unwrap(from<UserRow>().where(col<&UserRow::id> == id).for_update().one(unit));
  if (!before) co_return std::nullopt;
  if (changes.empty()) co_return user_of(std::move(*before));
  if (changes.email && changes.email->view() == before->email) changes.email.reset();
  std::optional<bool> verified;
  if (changes.email) verified = false;
  if (changes.email_verified == EmailVerified::yes) verified = true;
  std::optional<std::string> email_key;
  if (changes.email) email_key = changes.email->key();
  std::optional<Nullable<Timestamp>> disabled_at;
  if (changes.disabled && *changes.disabled != before->disabled_at.has_value()) {
    disabled_at.emplace();
    if (*changes.disabled) disabled_at->emplace() = unit.call().now();
  }

  auto updated = co_await sql::update<UserRow>()
                     .set(col<&UserRow::updated_at> = unit.call().now())
                     .set_if(col<&UserRow::name>, changes.name)
                     .set_if(col<&UserRow::email>, changes.email)
                     .set_if(col<&UserRow::email_key>, email_key)
                     .set_if(col<&UserRow::email_verified>, verified)
                     .set_if(col<&UserRow::age>, changes.age)
                     .set_if(col<&UserRow::role>, changes.role)
                     .set_if(col<&UserRow::password_hash>, changes.password_hash)
                     .set_if(col<&UserRow::disabled_at>, disabled_at)
                     .set(col<&UserRow::credentials_version> += changes.password_hash ? 1 : 0)
                     .where(col<&UserRow::id> == id)
                     .run(unit);
  if (!updated) co_return std::unexpected(explained(std::move(updated.error())));
  auto after = co_await unwrap(from<UserRow>().where(col<&UserRow::id> == id).one(unit));
  if (!after) co_return std::nullopt;
  audit::changed(unit, *before, *after);
  User user = user_of(std::move(*after));
  if (changes.is_visible()) events::publish(unit, user_updated, id.to_string(), user);
  co_return user;
}

Task<Result<>> UserRepository::lock(api::UnitOfWork& unit, Uuid id) {
  co_await unwrap(from<UserRow>().where(col<&UserRow::id> == id).for_update().one(unit));
  co_return Result<>{};
}

Task<Result<bool>> UserRepository::remove(api::UnitOfWork& unit, Uuid id) {
  const auto removed = co_await unwrap(sql::erase<UserRow>().where(col<&UserRow::id> == id).returning_one(unit));
  if (!removed) co_return false;
  audit::deleted(unit, *removed);
  events::publish(unit, user_deleted, id.to_string(), events::Removed{.id = id});
  co_return true;
}

namespace {

// Whose role holds everything.
sql::Condition<UserRow> is_in_admin_role() {
  return sql::exists<&UserRow::role, &RolePermissionRow::role>(col<&RolePermissionRow::permission> ==
                                                               std::string(everything));
}

// Two admins could remove each other while the other one still exists. A change of rights locks this row until its
// commit (migrations/0011_authority), so the holder of the lock sees all earlier changes.
Task<Result<>> lock_changes(api::UnitOfWork* unit) {
  co_await unwrap(
      from<AuthorityVersionRow>().where(col<&AuthorityVersionRow::name> == "authority").for_update().one(*unit));
  co_return Result<>{};
}

}  // namespace

Task<Result<bool>> UserRepository::is_admin(api::UnitOfWork& unit, Uuid id) {
  return from<UserRow>().where(col<&UserRow::id> == id && is_in_admin_role()).exists(unit);
}

Task<Result<>> UserRepository::require_another_admin(api::UnitOfWork& unit, Uuid besides) {
  co_await unwrap(lock_changes(&unit));
  if (!co_await unwrap(is_admin(unit, besides))) co_return Result<>{};
  const bool another = co_await unwrap(
      from<UserRow>()
          .where(col<&UserRow::id> != besides && is_in_admin_role() && col<&UserRow::disabled_at>.is_null())
          .exists(unit));
  if (!another) co_return fail(errors::last_admin, "This is the last admin: make another one first.");
  co_return Result<>{};
}

Task<Result<>> UserRepository::require_an_admin(api::UnitOfWork& unit) {
  co_await unwrap(lock_changes(&unit));
  if (!co_await unwrap(from<UserRow>().where(is_in_admin_role() && col<&UserRow::disabled_at>.is_null()).exists(unit)))
    co_return fail(errors::last_admin, "The last admin stays one: make another one first.");
  co_return Result<>{};
}

Task<Result<bool>> UserRepository::any_admin() { return from<UserRow>().where(is_in_admin_role()).exists(in_); }

namespace {

audit::Event permission_event(std::string_view action, const Uuid& user, const std::string& before,
                              const std::string& after) {
  const auto json = [](const std::string& text) { return text.empty() ? "null" : audit::canonical_json(text); };
  return {.action = action,
          .resource = "user",
          .resource_id = user.to_string(),
          .changes = audit::ChangedFields().add("permission", json(before), json(after)).to_json()};
}

}  // namespace

Task<Result<>> UserRepository::grant(api::UnitOfWork& unit, Uuid id, std::string permission) {
  auto granted = co_await sql::execute(unit,
                                       "insert into user_permissions (user_id, permission, created_at) "
                                       "values ($1, $2, $3) on conflict do nothing",
                                       id, permission, unit.call().now());
  if (!granted && granted.error().code() == sql::errors::foreign_key)
    co_return std::unexpected(invalid_input("/permission", schema::codes::one_of, "is not known"));
  const auto inserted = co_await unwrap(std::move(granted));
  if (inserted.rows_affected > 0) audit::record(unit, permission_event("grant_permission", id, {}, permission));
  co_return Result<>{};
}

Task<Result<bool>> UserRepository::revoke(api::UnitOfWork& unit, Uuid id, std::string permission) {
  const auto revoked = co_await unwrap(
      sql::execute(unit, "delete from user_permissions where user_id = $1 and permission = $2", id, permission));
  if (revoked.rows_affected == 0) co_return false;
  audit::record(unit, permission_event("revoke_permission", id, permission, {}));
  co_return true;
}

}  // namespace ashlar::backend
