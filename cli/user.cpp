// SPDX-License-Identifier: Apache-2.0
#include "ashlar/api/system_call.hpp"
#include "ashlar/api/units.hpp"
#include "ashlar/async/blocking_pool.hpp"
#include "ashlar/auth/password.hpp"
#include "ashlar/auth/revocations.hpp"
#include "ashlar/instances/instance_register.hpp"
#include "backend/auth/challenge_repository.hpp"
#include "backend/auth/mfa_repository.hpp"
#include "backend/auth/session_repository.hpp"
#include "backend/authority/permission_repository.hpp"
#include "backend/orders/order_repository.hpp"
#include "backend/users/passwords.hpp"
#include "backend/users/user_repository.hpp"
#include "cli/command_context.hpp"
#include "cli/commands.hpp"
#include "cli/password_input.hpp"
#include "cli/table.hpp"

#include <cstdio>

namespace ashlar::cli {

namespace {

using backend::MfaRepository;
using backend::SessionRepository;
using backend::User;
using backend::UserChanges;
using backend::UserRepository;

class UserCommand {
 public:
  UserCommand() { context.require_current_schema(); }

  User find(const std::string& email) {
    auto account = context.loop.run_or_exit(UserRepository(*context.database).find_account(email));
    if (!account) throw ExitError(exit_failed, "there is no account " + email + ".");
    return std::move(account->user);
  }

  // Throws ExitError for a password that is easily guessed. Leaked ones are not looked up.
  std::string hash(const Password& password, const backend::PasswordOwner& owner) {
    const auth::PasswordPolicy policy(backend::password_policy_options(context.settings));
    if (const auto wrong = policy.check(password.reveal().view(), backend::personal_words(owner)))
      throw ExitError(exit_failed, "the password " + wrong->message + ".");
    async::BlockingPool pool({.threads = 1, .queue_max = 1, .name = "hashing"});
    auth::PasswordHasher hasher(pool, context.random, backend::password_options(context.settings));
    return context.loop.run_or_exit(hasher.hash(password.reveal().str()));
  }

  // Runs a unit of work; an error ends the command.
  template <class Body, class... Arguments>
  auto run(std::string reason, Body body, Arguments... arguments) {
    const api::Call::Environment environment{&context.clock, &context.random, &context.logger};
    api::SystemCall call(environment, std::move(reason));
    api::Units units(*context.database,
                     {.on_commit = [this](const api::Call&) { return servers.wait_until_applied(); }});
    return context.loop.run_or_exit(units.run(call, body, std::move(arguments)...));
  }
  // When an access token issued now by this configuration expires; end() also considers the sessions' stored expiry.
  [[nodiscard]] Timestamp revoked_until() const {
    return context.clock.now() + context.settings.tokens.access_lifetime;
  }

  CommandContext context;
  instances::InstanceRegister servers{*context.database, context.clock, context.random, context.logger, {}};
};

template <class Value>
Value checked(const std::string& text, const char* what) {
  auto value = Value::parse(text);
  if (!value) throw ExitError(exit_failed, std::string(what) + " " + value.error().message + ".");
  return std::move(*value);
}

// Applies the change and ends the account's sessions.
Task<Result<>> change_account(api::UnitOfWork& unit, Uuid id, UserChanges changes, Timestamp revoked_until) {
  // A sign-in locks the account's row until its session exists, so that session ends with the others.
  co_await unwrap(UserRepository::lock(unit, id));
  co_await unwrap(SessionRepository::end(unit, id, std::nullopt, revoked_until));
  if (changes.password_hash) co_await unwrap(backend::ChallengeRepository::end_for_new_password(unit, id));
  co_await unwrap(UserRepository::update(unit, id, std::move(changes)));
  co_return Result<>{};
}

// Its sessions continue: a running server reads the account's new permissions within REVOCATION_DELAY_MAX.
Task<Result<>> change_role(api::UnitOfWork& unit, Uuid id, std::string role) {
  const bool was_admin = co_await unwrap(UserRepository::is_admin(unit, id));
  UserChanges changes;
  changes.role = std::move(role);
  co_await unwrap(UserRepository::update(unit, id, std::move(changes)));
  if (was_admin) co_await unwrap(UserRepository::require_an_admin(unit));
  co_return Result<>{};
}

Task<Result<>> grant(api::UnitOfWork& unit, Uuid id, std::string permission) {
  co_await unwrap(backend::PermissionRepository::require(unit, {permission}, "/permission"));
  co_await unwrap(UserRepository::grant(unit, id, permission));
  co_return Result<>{};
}

Task<Result<>> remove_account(api::UnitOfWork& unit, User user, Timestamp revoked_until) {
  co_await unwrap(UserRepository::require_another_admin(unit, user.id));
  co_await unwrap(UserRepository::lock(unit, user.id));
  co_await unwrap(SessionRepository::end(unit, user.id, std::nullopt, revoked_until));
  co_await unwrap(backend::OrderRepository::cancel_pending_of(unit, user.id));
  co_await unwrap(UserRepository::remove(unit, user.id));
  co_return Result<>{};
}

Task<> log_mfa_reset(const api::Call* call, Uuid user) {
  call->log().security(log::Level::warn, "second factor disabled by the operator", {{"userId", user.to_string()}});
  co_return;
}

// False when the account had no second factor; a pending one is removed in any case.
Task<Result<bool>> reset_mfa(api::UnitOfWork& unit, Uuid id, Timestamp revoked_until) {
  co_await unwrap(UserRepository::lock(unit, id));
  const bool was_on = co_await unwrap(MfaRepository::remove(unit, id));
  if (!was_on) co_return false;
  co_await unwrap(SessionRepository::end(unit, id, std::nullopt, revoked_until));
  unit.after_commit([call = &unit.call(), id] { return log_mfa_reset(call, id); });
  co_return true;
}

void change(UserCommand& command, const User& user, UserChanges changes) {
  command.run("ashlar user password", &change_account, user.id, std::move(changes), command.revoked_until());
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
  CommandContext& place = command.context;
  const User user = command.run(
      "ashlar user create", &UserRepository::create,
      backend::NewUser{.id = Uuid::make(place.clock, place.random),
                       .email = email.str(),
                       .name = name.str(),
                       .age = std::nullopt,
                       .role = account.role,
                       .password_hash = command.hash(read_password(), {.name = name.str(), .email = email.str()}),
                       .created_at = place.clock.now()});
  std::printf("%s %s %s\n", user.id.to_string().c_str(), user.email.c_str(), user.role.c_str());
  return exit_ok;
}

int user_list(const AccountList& wanted) {
  UserCommand command;
  backend::ListUsers list;
  list.page = api::PageNumber(Int<1, 1'000'000>::of(wanted.page));
  list.limit = api::PageLimit(Int<1, 100>::of(wanted.limit));
  if (!wanted.search.empty()) list.search = checked<Text<1, 200>>(wanted.search, "what is searched for");
  const auto page = command.context.loop.run_or_exit(UserRepository(*command.context.database).list(std::move(list)));
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
  changes.password_hash = command.hash(read_password(), {.name = user.name, .email = user.email});
  change(command, user, std::move(changes));
  return exit_ok;
}

int user_role(const std::string& email, const std::string& role) {
  UserCommand command;
  const User user = command.find(email);
  command.run("ashlar user role", &change_role, user.id, role);
  return exit_ok;
}

int user_grant(const std::string& email, const std::string& permission) {
  UserCommand command;
  const User user = command.find(email);
  command.run("ashlar user grant", &grant, user.id, permission);
  return exit_ok;
}

int user_revoke(const std::string& email, const std::string& permission) {
  UserCommand command;
  const User user = command.find(email);
  if (!command.run("ashlar user revoke", &UserRepository::revoke, user.id, permission))
    throw ExitError(exit_failed, email + " had no grant of " + permission + " of its own.");
  return exit_ok;
}

int user_mfa_reset(const std::string& email) {
  UserCommand command;
  const User user = command.find(email);
  if (!command.run("ashlar user mfa-reset", &reset_mfa, user.id, command.revoked_until()))
    throw ExitError(exit_failed, email + " has no second factor.");
  return exit_ok;
}

int user_remove(const std::string& email) {
  UserCommand command;
  command.run("ashlar user remove", &remove_account, command.find(email), command.revoked_until());
  return exit_ok;
}

}  // namespace ashlar::cli
