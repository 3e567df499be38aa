// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/reply.hpp"
#include "ashlar/api/unit_of_work.hpp"
#include "ashlar/async/task.hpp"
#include "backend/users/user.hpp"
#include "backend/users/user_list.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace ashlar::backend {

struct NewUser {
  Uuid id;
  std::string email;
  std::string name;
  std::optional<std::int64_t> age;
  std::string role;
  std::string password_hash;    // empty: it has no password
  bool email_verified = false;  // by a provider that the account signs in with
  Timestamp created_at;
};

enum class EmailVerified : std::uint8_t { unchanged, yes };  // a different address is not verified unless it says yes

// The changes; an absent member stays unchanged. The caller must invalidate mailed tokens.
struct UserChanges {
  std::optional<UserName> name{};
  std::optional<Email> email{};
  std::optional<Nullable<Age>> age{};
  std::optional<std::string> role{};
  std::optional<std::string> password_hash{};
  std::optional<bool> disabled{};
  EmailVerified email_verified = EmailVerified::unchanged;

  [[nodiscard]] bool is_visible() const {  // whether the API shows anything of it
    return email || name || age || role || disabled || email_verified != EmailVerified::unchanged;
  }
  [[nodiscard]] bool empty() const { return !is_visible() && !password_hash; }
};

// A user with the data that a sign-in verifies.
struct Account {
  User user;
  std::string password_hash;
  std::int64_t credentials_version = 0;

  [[nodiscard]] bool is_disabled() const { return user.disabled_at.has_value(); }
};

// The rows of users. Reads use the given executor: a database, or a unit of work. Writes take a unit of work.
class UserRepository {
 public:
  explicit UserRepository(sql::Executor& in) : in_(in) {}

  Task<Result<std::optional<User>>> find(Uuid id);
  Task<Result<std::optional<Account>>> find_account(std::string email);  // ignoring case
  Task<Result<std::optional<Account>>> find_account_of(Uuid id);
  Task<Result<api::Page<User>>> list(ListUsers wanted);
  Task<Result<api::Page<User>>> list_from(ListUsers wanted, const sql::Cursors& cursors);  // by wanted.cursor
  Task<Result<bool>> any_admin();

  // Errors: user.email_taken; request.invalid with a fault at /role when there is no such role.
  static Task<Result<User>> create(api::UnitOfWork& unit, NewUser user);
  // nullopt when there is no such user; errors as of create().
  static Task<Result<std::optional<User>>> update(api::UnitOfWork& unit, Uuid id, UserChanges changes);
  // Until the unit ends, no post, order or session can be added to the account.
  static Task<Result<>> lock(api::UnitOfWork& unit, Uuid id);
  // Also removes the user's posts, sessions and permissions; orders stay without the user, so cancel pending ones
  // before (OrderRepository::cancel_pending_of). false when there is no such user.
  static Task<Result<bool>> remove(api::UnitOfWork& unit, Uuid id);
  // An admin is an account whose role holds "*". Error user.last_admin unless there is another enabled admin, or the
  // account is not an admin; call it before demoting, disabling or removing an account. From here until the unit ends,
  // changes of rights on all instances wait.
  static Task<Result<>> require_another_admin(api::UnitOfWork& unit, Uuid besides);
  // Error user.last_admin when there is none. Call it after a change, which the error rolls back.
  static Task<Result<>> require_an_admin(api::UnitOfWork& unit);
  static Task<Result<bool>> is_admin(api::UnitOfWork& unit, Uuid id);

  // Until the unit ends, no other unit changes or removes the account. A unit that changes it must take the exclusive
  // lock at once: two that hold the shared one would deadlock.
  enum class Lock : std::uint8_t { shared, exclusive };
  static Task<Result<std::optional<Account>>> find_account_locked(api::UnitOfWork& unit, Uuid id,
                                                                  Lock lock = Lock::shared);
  // A new hash of the same password: not a change by the user, so neither updated_at nor a session changes.
  static Task<Result<>> replace_hash(api::UnitOfWork& unit, Uuid id, std::string hash);
  // The account's own permissions, in addition to its role's. Error request.invalid when there is no such permission.
  static Task<Result<>> grant(api::UnitOfWork& unit, Uuid id, std::string permission);
  static Task<Result<bool>> revoke(api::UnitOfWork& unit, Uuid id, std::string permission);

 private:
  sql::Executor& in_;
};

}  // namespace ashlar::backend
