// SPDX-License-Identifier: Apache-2.0
#include "backend/auth/register.hpp"

#include "backend/users/user_repository.hpp"

namespace ashlar::backend {

Register Register::example() {
  return {.name = UserName::of("Ada Lovelace"),
          .email = Email::of("ada@example.com"),
          .password = Password::of("a long password"),
          .age = Age::of(36),
          .refresh_token = std::nullopt};
}

namespace {

using Registered = api::WithCredentials<api::Created<SignedIn>>;

Task<Result<Registered>> create_and_open(api::UnitOfWork& unit, NewUser account, std::optional<std::string> replaces,
                                         Sessions* sessions, const Challenges* challenges, AccountMails* mails) {
  User user = co_await unwrap(UserRepository::create(unit, std::move(account)));
  TokenPair pair = co_await unwrap(
      sessions->open(unit, {.user = user, .amr = {"pwd"}, .replaces = std::move(replaces)}, Sessions::Notice::none));
  constexpr auto kind = ChallengeKind::email_verification;
  auto issued = co_await unwrap(challenges->issue(unit, {.kind = kind, .user = user.id, .sent_to = user.email}));
  if (issued.token) mails->send_verification(unit, user.email, std::move(*issued.token), challenges->lifetime(kind));
  auto reply = signed_in(unit.call(), std::move(user), std::move(pair));
  co_return Registered{.reply = {std::move(reply.reply)}, .credentials = std::move(reply.credentials)};
}

}  // namespace

Task<Result<Registered>> register_account(api::Call& call, Register in, api::Units& units, Passwords& passwords,
                                          Sessions& sessions, const Challenges& challenges, AccountMails& mails) {
  // This saves the hashing in the usual case; the insert decides whether the address is still free.
  if (co_await unwrap(UserRepository(units.database()).find_account(in.email.str())))
    co_return fail(errors::email_taken, "This e-mail address is taken.");
  NewUser account{.id = call.new_id(),
                  .email = in.email.str(),
                  .name = in.name.str(),
                  .age = in.age,
                  .role = std::string(role_user),
                  .password_hash = co_await unwrap(passwords.hash_new(
                      call, std::move(in.password), {.name = in.name.str(), .email = in.email.str()}, "/password")),
                  .created_at = call.now()};
  std::optional<std::string> replaces;
  if (in.refresh_token) replaces = in.refresh_token->str();
  co_return co_await units.run(call, &create_and_open, std::move(account), std::move(replaces), &sessions, &challenges,
                               &mails);
}

}  // namespace ashlar::backend
