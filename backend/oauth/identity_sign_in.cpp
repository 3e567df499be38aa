// SPDX-License-Identifier: Apache-2.0
#include "backend/oauth/identity_sign_in.hpp"

#include "ashlar/core/encoding.hpp"
#include "ashlar/sql/query.hpp"
#include "backend/auth/session_row.hpp"
#include "backend/oauth/identity_repository.hpp"
#include "backend/users/user_repository.hpp"

#include <optional>
#include <string_view>
#include <utility>

namespace ashlar::backend {

namespace {

using sql::col;
using Verified = oidc::Claims::EmailVerified;

constexpr std::int64_t identities_per_account_max = 20;

// The address verified by the provider; nullopt: none.
std::optional<Email> verified_email(const oidc::Claims& claims) {
  if (claims.email_verified != Verified::yes) return std::nullopt;
  auto email = Email::parse(claims.email);
  if (!email) return std::nullopt;
  return std::move(*email);
}

// The provider's name of the user if it is valid here, else the part before the @.
std::string name_of(const oidc::Claims& claims) {
  if (auto name = UserName::parse(claims.name)) return name->str();
  return claims.email.substr(0, claims.email.find('@'));
}

IdentityRow row_of(const api::Call& call, const ProvenIdentity& who, const User& user) {
  const auto email = Email::parse(who.claims.email);
  return {.id = call.new_id(),
          .user_id = user.id,
          .provider = who.provider,
          .issuer = who.issuer,
          .subject = who.claims.subject,
          .email = email ? email->str() : std::string(),
          .account_email = user.email,
          .created_at = call.now(),
          .last_used_at = call.now()};
}

// The call outlives it: a unit awaits what follows its commit.
Task<> log_linked(const api::Call* call, std::string_view message, IdentityRow identity) {
  call->log().security(log::Level::warn, message,
                       {{"userId", identity.user_id.to_string()},
                        {"identityId", identity.id.to_string()},
                        {"provider", identity.provider},
                        {"address", call->client_address()}});
  co_return;
}

Task<Result<IdentityRow>> create_identity(api::UnitOfWork& unit, IdentityRow identity, std::string_view event) {
  co_await unwrap(IdentityRepository::create(unit, identity));
  unit.after_commit([&call = unit.call(), event, identity] { return log_linked(&call, event, identity); });
  co_return identity;
}

Error account_exists() {
  return {errors::oauth_account_exists,
          "There is an account with this e-mail address. Sign in to it first, then link this identity to it."};
}

// The account with the verified address, to which the identity is linked; a new one if there is none.
Task<Result<Account>> first_sign_in(api::UnitOfWork& unit, ProvenIdentity who) {
  const auto email = verified_email(who.claims);
  if (!email) {
    co_return fail(errors::oauth_email_unverified,
                   "The provider has not verified your e-mail address. Verify it there, or register with a password.");
  }
  if (const auto found = co_await unwrap(UserRepository(unit).find_account(email->str()))) {
    // The person who registered an unverified address may not own it, and could share the account with its owner.
    auto account = co_await unwrap(UserRepository::find_account_locked(unit, found->user.id));
    const bool same = account && ascii_iequals(account->user.email, email->view());
    if (!same || !account->user.email_verified) co_return std::unexpected(account_exists());
    co_await unwrap(create_identity(unit, row_of(unit.call(), who, account->user), "identity linked at sign-in"));
    co_return std::move(*account);
  }
  User user = co_await unwrap(UserRepository::create(unit, {.id = unit.call().new_id(),
                                                            .email = email->str(),
                                                            .name = name_of(who.claims),
                                                            .age = std::nullopt,
                                                            .role = std::string(role_user),
                                                            .password_hash = {},
                                                            .email_verified = true,
                                                            .created_at = unit.call().now()}));
  co_await unwrap(create_identity(unit, row_of(unit.call(), who, user), "account made by an identity"));
  co_return Account{.user = std::move(user), .password_hash = {}};
}

// The locked account to which the identity is linked; nullopt: none. It is looked up again under the lock, which
// unlinking also takes.
Task<Result<std::optional<Account>>> linked_account(api::UnitOfWork& unit, ProvenIdentity who) {
  IdentityRepository identities(unit);
  const auto found = co_await unwrap(identities.find(who.issuer, who.claims.subject));
  if (!found) co_return std::nullopt;
  auto account = co_await unwrap(UserRepository::find_account_locked(unit, found->user_id));
  const auto identity = co_await unwrap(identities.find(who.issuer, who.claims.subject));
  if (!account || !identity || identity->user_id != account->user.id) co_return std::nullopt;
  if (!ascii_iequals(account->user.email, identity->account_email)) {
    co_return fail(errors::identity_outdated,
                   "The e-mail address of the account has changed since this identity was linked. Sign in to the "
                   "account otherwise, then link it again.");
  }
  co_await unwrap(IdentityRepository::note_use(unit, identity->id));
  co_return account;
}

Task<Result<api::WithCredentials<SignInReply>>> sign_in(api::UnitOfWork& unit, ProvenIdentity who, Sessions* sessions,
                                                        const SecondFactors* second_factors) {
  auto account = co_await unwrap(linked_account(unit, who));
  if (!account) account = co_await unwrap(first_sign_in(unit, std::move(who)));
  if (account->user.mfa_enabled) {
    MfaRequired required{.mfa_token = co_await unwrap(second_factors->begin_sign_in(unit, std::move(*account)))};
    co_return api::WithCredentials<SignInReply>{
        .reply = std::move(required), .credentials = {}, .otherwise = api::StoredCredentials::kept};
  }
  TokenPair pair = co_await unwrap(
      sessions->open(unit, {.user = account->user, .amr = {}, .credentials_version = account->credentials_version}));
  auto reply = signed_in(unit.call(), std::move(account->user), std::move(pair));
  co_return api::WithCredentials<SignInReply>{.reply = std::move(reply.reply),
                                              .credentials = std::move(reply.credentials)};
}

Task<Result<Identity>> link(api::UnitOfWork& unit, ProvenIdentity who, LinkingSession to) {
  co_await unwrap(UserRepository::lock(unit, to.account));
  const auto account = co_await unwrap(UserRepository(unit).find(to.account));
  const bool has_session =
      co_await unwrap(sql::from<SessionRow>()
                          .where(col<&SessionRow::id> == to.session && col<&SessionRow::user_id> == to.account)
                          .exists(unit));
  if (!account || !has_session)
    co_return fail(auth::errors::not_signed_in, "The session that began this has ended. Sign in and start again.");
  if (!account->email_verified) {
    co_return fail(errors::link_email_unverified,
                   "Verify the e-mail address of your account first, then link an identity to it.");
  }
  IdentityRepository identities(unit);
  if (auto linked = co_await unwrap(identities.find(who.issuer, who.claims.subject))) {
    if (linked->user_id != to.account)
      co_return fail(errors::identity_taken, "This identity is linked to another account.");
    co_await unwrap(IdentityRepository::follow_address(unit, to.account, account->email, linked->id));
    co_return identity_of(std::move(*linked));
  }
  if (co_await unwrap(identities.count(to.account)) >= identities_per_account_max)
    co_return fail(errors::too_many_identities, "Unlink an identity first: an account has at most 20.");
  auto row = row_of(unit.call(), who, *account);
  co_return identity_of(co_await unwrap(create_identity(unit, std::move(row), "identity linked")));
}

}  // namespace

Task<Result<api::WithCredentials<SignInReply>>> sign_in_with_identity(api::Call& call, ProvenIdentity who,
                                                                      api::Units& units, Sessions& sessions,
                                                                      const SecondFactors& second_factors) {
  auto reply = co_await units.run(call, &sign_in, who, &sessions, &second_factors);
  const auto lost_race = [&reply] {
    return !reply && (reply.error().code() == errors::identity_taken || reply.error().code() == errors::email_taken);
  };
  // Two concurrent first sign-ins: the second one finds what the first has created.
  if (lost_race()) reply = co_await units.run(call, &sign_in, std::move(who), &sessions, &second_factors);
  if (lost_race()) co_return std::unexpected(account_exists());
  co_return reply;
}

Task<Result<Identity>> link_identity(api::Call& call, ProvenIdentity who, LinkingSession to, api::Units& units) {
  return units.run(call, &link, std::move(who), to);
}

}  // namespace ashlar::backend
