// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/sql/database.hpp"
#include "ashlar/web/reply.hpp"
#include "backend/users/list_users.hpp"
#include "backend/users/user.hpp"

#include <optional>
#include <string>

namespace ashlar::backend {

struct NewUser {
  Uuid id;
  std::string email;
  std::string name;
  std::optional<std::int64_t> age;
  std::string role;
  std::string password_hash;
  Timestamp created_at;
};

// What a change sets; what is absent stays.
struct UserChanges {
  std::optional<UserName> name;
  std::optional<Email> email;  // another one is not verified
  std::optional<Nullable<Age>> age;
  std::optional<std::string> role;
  std::optional<std::string> password_hash;

  [[nodiscard]] bool empty() const { return !email && !name && !age && !role && !password_hash; }
};

// A user with what signing in needs.
struct Account {
  User user;
  std::string password_hash;
};

// The rows of users. Made where it is needed: for the database, each call is a transaction of its own; for a
// transaction, the calls are part of it. `in` outlives it.
class UserRepository {
 public:
  explicit UserRepository(sql::Executor& in) : in_(in) {}

  // Errors: user.email_taken; request.invalid with a fault at /role when there is no such role.
  Task<Result<User>> create(NewUser user);
  Task<Result<std::optional<User>>> find(Uuid id);
  Task<Result<std::optional<Account>>> find_account(std::string email);  // compared without case
  Task<Result<web::Page<User>>> list(ListUsers wanted);
  // nullopt when there is no such user; errors as of create().
  Task<Result<std::optional<User>>> update(Uuid id, UserChanges changes, Timestamp now);
  // Takes the user's posts, sessions and permissions along. false when there is no such user.
  Task<Result<bool>> remove(Uuid id);

  // Passes unless this is the only admin: error user.last_admin. Part of the transaction that demotes or removes it.
  Task<Result<>> require_another_admin(Uuid besides);
  Task<Result<bool>> any_admin();

  // Permissions of the account's own, beside its role's. Error request.invalid when there is no such permission.
  Task<Result<>> grant(Uuid id, std::string permission, Timestamp now);
  Task<Result<bool>> revoke(Uuid id, std::string permission);  // false when it had not been granted

 private:
  sql::Executor& in_;
};

}  // namespace ashlar::backend
