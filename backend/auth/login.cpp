// SPDX-License-Identifier: Apache-2.0
#include "backend/auth/login.hpp"

#include "backend/auth/password_check.hpp"
#include "backend/auth/session.hpp"
#include "backend/users/user_repository.hpp"

namespace ashlar::backend {

Login Login::example() {
  return {.email = Email::of("ada@example.com"),
          .password = Secret<Text<1, 1024>>::of("a long password"),
          .device_token = {},
          .refresh_token = std::nullopt};
}

namespace {

// How often the password is verified anew when its hash changed meanwhile.
constexpr int attempts_max = 3;

Error invalid_credentials() { return {errors::invalid_credentials, "The e-mail address or the password is wrong."}; }

// An account whose password was verified, which took a while.
struct Verified {
  Uuid account;
  std::string hash;                     // that it was verified against
  std::optional<std::string> new_hash;  // that takes its place
  std::optional<std::string> replaces;  // a refresh token, whose session ends
};

// The account may have been changed since it was read, so it is read again under a lock that conflicts with every
// change to it: a second factor that was turned on is asked for, and the session gets the rights of now. nullopt: it
// has another hash now, or is gone.
Task<Result<std::optional<api::WithCredentials<SignInReply>>>> open_session(api::UnitOfWork& unit, Verified verified,
                                                                            Sessions* sessions,
                                                                            const SecondFactors* second_factors) {
  using Lock = UserRepository::Lock;
  auto now = co_await unwrap(
      UserRepository::find_account_locked(unit, verified.account, verified.new_hash ? Lock::exclusive : Lock::shared));
  if (!now || now->password_hash != verified.hash) co_return std::nullopt;
  if (verified.new_hash) {
    now->password_hash = *verified.new_hash;
    co_await unwrap(UserRepository::replace_hash(unit, verified.account, std::move(*verified.new_hash)));
  }
  if (now->user.disabled_at) co_return std::unexpected(invalid_credentials());
  if (now->user.mfa_enabled) {
    MfaRequired required{.mfa_token = co_await unwrap(second_factors->begin_sign_in(unit, std::move(*now)))};
    co_return api::WithCredentials<SignInReply>{
        .reply = std::move(required), .credentials = {}, .otherwise = api::StoredCredentials::kept};
  }
  TokenPair pair = co_await unwrap(sessions->open(unit, {.user = now->user,
                                                         .amr = {"pwd"},
                                                         .credentials_version = now->credentials_version,
                                                         .replaces = std::move(verified.replaces)}));
  auto reply = signed_in(unit.call(), std::move(now->user), std::move(pair));
  co_return api::WithCredentials<SignInReply>{.reply = std::move(reply.reply),
                                              .credentials = std::move(reply.credentials)};
}

Guess guess_of(const Login& in, const std::optional<Account>& account, const DeviceTokens& devices, Timestamp now) {
  Guess out{.of = Guess::Of::password, .account = {}, .email_key = in.email.key(), .device = {}};
  if (!account) return out;
  out.account = account->user.id;
  if (in.device_token) out.device = devices.device_of(in.device_token->reveal().view(), account->user.id, now);
  return out;
}

}  // namespace

Task<Result<api::WithCredentials<SignInReply>>> login(api::Call& call, Login in, api::Units& units,
                                                      Passwords& passwords, Guessing& guessing, DeviceTokens& devices,
                                                      Sessions& sessions, SecondFactors& second_factors) {
  const std::string password = in.password.reveal().str();
  for (int attempt = 0; attempt < attempts_max; ++attempt) {
    auto account = co_await unwrap(UserRepository(units.database()).find_account(in.email.str()));
    Guess guess = guess_of(in, account, devices, call.now());
    const auto lane = guess.device ? Passwords::Lane::known_device : Passwords::Lane::anonymous;
    std::optional<std::string> hash;
    if (account) hash = account->password_hash;
    const auto checked = co_await unwrap(check_password(call, std::move(guess), password, hash, guessing, passwords));
    if (!account || !checked.matches) break;
    Verified verified{
        .account = account->user.id, .hash = std::move(account->password_hash), .new_hash = {}, .replaces = {}};
    if (in.refresh_token) verified.replaces = in.refresh_token->str();
    if (checked.needs_rehash) {
      // Without a new hash the old one stays: being too busy to replace it is no reason to refuse the sign-in.
      if (auto hashed = co_await passwords.hash_again(call, password, lane)) verified.new_hash = std::move(*hashed);
    }
    auto opened = co_await unwrap(units.run(call, &open_session, std::move(verified), &sessions, &second_factors));
    if (opened) co_return std::move(*opened);
    // Another sign-in replaced the hash, or the password was changed: only verifying it again tells.
  }
  call.log().security(log::Level::warn, "sign-in refused", {{"address", call.client_address()}});
  co_return std::unexpected(invalid_credentials());
}

}  // namespace ashlar::backend
