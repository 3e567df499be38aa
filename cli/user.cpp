// SPDX-License-Identifier: Apache-2.0
#include "ashlar/async/blocking_pool.hpp"
#include "ashlar/auth/password.hpp"
#include "ashlar/auth/revocations.hpp"
#include "backend/auth/session_repository.hpp"
#include "backend/users/user_repository.hpp"
#include "cli/commands.hpp"
#include "cli/password_input.hpp"
#include "cli/table.hpp"
#include "cli/workplace.hpp"

#include <cstdio>

namespace ashlar::cli {

namespace {

using backend::SessionRepository;
using backend::User;
using backend::UserChanges;
using backend::UserRepository;

class UserCommand {
 public:
  UserCommand() { workplace.require_current_schema(); }

  User find(const std::string& email) {
    auto account = workplace.loop.run_or_stop(UserRepository(*workplace.database).find_account(email));
    if (!account) throw Stop(exit_failed, "there is no account " + email + ".");
    return std::move(account->user);
  }

  std::string hash(const Password& password) {
    async::BlockingPool pool({.threads = 1, .queue_max = 1, .name = "hashing"});
    auth::PasswordHasher hasher(pool, workplace.random, {.cost = workplace.settings.bcrypt_cost});
    return workplace.loop.run_or_stop(hasher.hash(password.reveal().str()));
  }

  Workplace workplace;
};

template <class Value>
Value checked(const std::string& text, const char* what) {
  auto value = Value::parse(text);
  if (!value) throw Stop(exit_failed, std::string(what) + " " + value.error().message + ".");
  return std::move(*value);
}

// In one transaction: the change, and the end of the account's sessions.
Task<Result<>> change_account(sql::Database& database, Uuid id, UserChanges changes, Timestamp now,
                              Timestamp revoked_until) {
  auto transaction = co_await database.begin();
  if (!transaction) co_return std::unexpected(std::move(transaction.error()));
  UserRepository users(*transaction);
  if (changes.role && *changes.role != backend::role_admin) {
    auto before = co_await users.find(id);
    if (!before) co_return std::unexpected(std::move(before.error()));
    if (*before && (*before)->role == backend::role_admin) {
      if (auto allowed = co_await users.require_another_admin(id); !allowed) co_return allowed;
    }
  }
  auto ended = co_await SessionRepository(*transaction).end(id, std::nullopt, now, revoked_until);
  if (!ended) co_return std::unexpected(std::move(ended.error()));
  auto updated = co_await users.update(id, std::move(changes), now);
  if (!updated) co_return std::unexpected(std::move(updated.error()));
  co_return co_await transaction->commit();
}

Task<Result<>> remove_account(sql::Database& database, User user, Timestamp now, Timestamp revoked_until) {
  auto transaction = co_await database.begin();
  if (!transaction) co_return std::unexpected(std::move(transaction.error()));
  UserRepository users(*transaction);
  if (user.role == backend::role_admin) {
    if (auto allowed = co_await users.require_another_admin(user.id); !allowed) co_return allowed;
  }
  auto ended = co_await SessionRepository(*transaction).end(user.id, std::nullopt, now, revoked_until);
  if (!ended) co_return std::unexpected(std::move(ended.error()));
  auto removed = co_await users.remove(user.id);
  if (!removed) co_return std::unexpected(std::move(removed.error()));
  co_return co_await transaction->commit();
}

void change(UserCommand& command, const User& user, UserChanges changes) {
  Workplace& place = command.workplace;
  const Timestamp now = place.clock.now();
  place.loop.run_or_stop(
      change_account(*place.database, user.id, std::move(changes), now, now + place.settings.tokens.access_lifetime));
}

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : " ") + word;
  return out.empty() ? "-" : out;
}

}  // namespace

int user_create(const NewAccount& account) {
  UserCommand command;
  const auto email = checked<Email>(account.email, "the e-mail address");
  const auto name = checked<backend::UserName>(account.name, "the name");
  Workplace& place = command.workplace;
  const User user = place.loop.run_or_stop(UserRepository(*place.database)
                                               .create({.id = Uuid::make(place.clock, place.random),
                                                        .email = email.str(),
                                                        .name = name.str(),
                                                        .age = std::nullopt,
                                                        .role = account.role,
                                                        .password_hash = command.hash(read_password()),
                                                        .created_at = place.clock.now()}));
  std::printf("%s %s %s\n", user.id.to_string().c_str(), user.email.c_str(), user.role.c_str());
  return exit_ok;
}

int user_list(const AccountList& wanted) {
  UserCommand command;
  backend::ListUsers list;
  list.page = backend::PageNumber(Int<1, 1'000'000>::of(wanted.page));
  list.limit = backend::PageLimit(Int<1, 100>::of(wanted.limit));
  if (!wanted.search.empty()) list.search = checked<Text<1, 200>>(wanted.search, "what is searched for");
  const auto page =
      command.workplace.loop.run_or_stop(UserRepository(*command.workplace.database).list(std::move(list)));
  Table table({"ID", "E-MAIL", "NAME", "ROLE", "PERMISSIONS", "CREATED"});
  for (const User& user : page.items) {
    table.add(
        {user.id.to_string(), user.email, user.name, user.role, joined(user.permissions), user.created_at.to_string()});
  }
  table.print();
  std::printf("page %lld, %zu of %lld accounts\n", static_cast<long long>(page.page), page.items.size(),
              static_cast<long long>(page.total));
  return exit_ok;
}

int user_password(const std::string& email) {
  UserCommand command;
  const User user = command.find(email);
  UserChanges changes;
  changes.password_hash = command.hash(read_password());
  change(command, user, std::move(changes));
  return exit_ok;
}

int user_role(const std::string& email, const std::string& role) {
  UserCommand command;
  UserChanges changes;
  changes.role = role;
  change(command, command.find(email), std::move(changes));
  return exit_ok;
}

int user_grant(const std::string& email, const std::string& permission) {
  UserCommand command;
  const User user = command.find(email);
  command.workplace.loop.run_or_stop(
      UserRepository(*command.workplace.database).grant(user.id, permission, command.workplace.clock.now()));
  return exit_ok;
}

int user_revoke(const std::string& email, const std::string& permission) {
  UserCommand command;
  const User user = command.find(email);
  if (!command.workplace.loop.run_or_stop(UserRepository(*command.workplace.database).revoke(user.id, permission)))
    throw Stop(exit_failed, email + " had no grant of " + permission + " of its own.");
  return exit_ok;
}

int user_remove(const std::string& email) {
  UserCommand command;
  Workplace& place = command.workplace;
  const Timestamp now = place.clock.now();
  place.loop.run_or_stop(
      remove_account(*place.database, command.find(email), now, now + place.settings.tokens.access_lifetime));
  return exit_ok;
}

}  // namespace ashlar::cli
