// SPDX-License-Identifier: Apache-2.0
#include "backend/auth/second_factors.hpp"

#include "ashlar/auth/digest.hpp"
#include "ashlar/auth/recovery_codes.hpp"
#include "ashlar/auth/token.hpp"
#include "ashlar/auth/totp.hpp"
#include "ashlar/core/encoding.hpp"
#include "backend/auth/mfa_repository.hpp"
#include "backend/auth/session.hpp"

#include <array>
#include <chrono>
#include <stdexcept>
#include <utility>

namespace ashlar::backend {

namespace {

constexpr std::chrono::hours wrong_codes_window{24};
constexpr std::string_view token_prefix = "mfa_";  // lets scanners of logs and source code recognise one
constexpr std::size_t token_random_bytes = 32;

Error invalid_code() { return {errors::invalid_code, "This code is wrong or was used before."}; }
Error token_invalid() {
  return {errors::mfa_token_invalid, "This sign-in has ended. Sign in with the password again."};
}
Error no_account() { return {auth::errors::token_revoked, "This account does not exist any more."}; }

// The call outlives it: a unit awaits what follows its commit.
Task<> log_event(const api::Call* call, log::Level level, std::string_view message, Uuid user) {
  call->log().security(level, message, {{"userId", user.to_string()}, {"address", call->client_address()}});
  co_return;
}

// `message` is a literal.
void log_after(api::UnitOfWork& unit, log::Level level, std::string_view message, const Uuid& user) {
  unit.after_commit([call = &unit.call(), level, message, user] { return log_event(call, level, message, user); });
}

std::string context_of(const Uuid& user) { return "mfa_secrets.secret:" + user.to_string(); }

// What a sign-in must find unchanged when its second factor arrives. The challenges of an account end when its second
// factor is turned on or off, so the password is what is left to compare.
std::string state_of(const Account& account) { return auth::digest("ashlar mfa account state", account.password_hash); }

std::string token_hash(std::string_view token) { return auth::digest("ashlar mfa token", token); }

std::string new_token(Random& random) {
  std::array<std::byte, token_random_bytes> bytes{};
  random.fill(bytes);
  return std::string(token_prefix) + to_base64url(bytes);
}

struct NewCodes {
  std::vector<std::string> texts;
  std::vector<std::string> hashes;
};
NewCodes new_codes(Random& random) {
  NewCodes out;
  for (auth::RecoveryCode& code : auth::new_recovery_codes(random)) {
    out.texts.push_back(std::move(code.text));
    out.hashes.push_back(std::move(code.hash));
  }
  return out;
}

// Locked against every change, and against other units that call this.
Task<Result<Account>> lock_account(api::UnitOfWork& unit, Uuid user) {
  co_await unwrap(UserRepository::lock(unit, user));
  auto account = co_await unwrap(UserRepository::find_account_locked(unit, user));
  if (!account) co_return std::unexpected(no_account());
  co_return std::move(*account);
}

}  // namespace

SecondFactors::SecondFactors(const auth::SecretBox& box, SecondFactorOptions options)
    : box_(box), options_(std::move(options)) {
  if (options_.issuer.empty() || options_.issuer.size() > 64)
    throw std::invalid_argument("SecondFactorOptions::issuer needs 1 to 64 bytes");
  if (options_.token_lifetime <= std::chrono::milliseconds{0} || options_.wrong_codes_per_token_max == 0 ||
      options_.wrong_codes_per_day_max == 0 || options_.tokens_per_user_max < 2)
    throw std::invalid_argument("an option of SecondFactorOptions is too small");
}

Task<Result<SecondFactors::Pending>> SecondFactors::set_up(api::UnitOfWork& unit, Uuid user) const {
  const Account account = co_await unwrap(lock_account(unit, user));
  const api::Call& call = unit.call();
  std::string secret = auth::new_totp_secret(call.random());
  const bool put =
      co_await unwrap(MfaRepository::put_pending_secret(unit, {.user_id = user,
                                                               .secret = box_.seal(secret, context_of(user)),
                                                               .enabled_at = std::nullopt,
                                                               .last_step = std::nullopt,
                                                               .wrong_codes = 0,
                                                               .wrong_codes_since = call.now()}));
  if (!put) co_return fail(errors::mfa_enabled, "The second factor is on. Turn it off to set up another one.");
  co_return Pending{.secret = std::move(secret), .email = account.user.email};
}

Task<Result<std::vector<std::string>>> SecondFactors::enable(api::UnitOfWork& unit, Uuid user, MfaCode code) const {
  co_await unwrap(lock_account(unit, user));
  const auto row = co_await unwrap(MfaRepository::find_secret_locked(unit, user));
  if (!row) co_return fail(errors::mfa_not_set_up, "Set a second factor up first.");
  if (row->enabled_at) co_return fail(errors::mfa_enabled, "The second factor is on already.");
  const std::string secret = co_await unwrap(box_.open(row->secret, context_of(user)));
  const auto step = auth::verify_totp(secret, code.reveal().view(), unit.call().now(), std::nullopt);
  if (!step) {
    co_await log_event(&unit.call(), log::Level::warn, "second factor code refused", user);
    co_return std::unexpected(invalid_code());
  }
  if (!co_await unwrap(MfaRepository::enable(unit, user, *step)))
    co_return fail(errors::mfa_enabled, "The second factor is on already.");
  NewCodes codes = new_codes(unit.call().random());
  co_await unwrap(MfaRepository::replace_recovery_codes(unit, user, std::move(codes.hashes)));
  log_after(unit, log::Level::info, "second factor enabled", user);
  co_return std::move(codes.texts);
}

Task<Result<SecondFactors::Checked<void>>> SecondFactors::disable(api::UnitOfWork& unit, Account verified,
                                                                  MfaCode code) const {
  const Uuid user = verified.user.id;
  const Account now = co_await unwrap(lock_account(unit, user));
  if (now.password_hash != verified.password_hash)
    co_return fail(errors::invalid_credentials, "The password is wrong.");
  auto checked = co_await unwrap(check(unit, user, std::move(code), Accepted::totp_or_recovery));
  if (!checked) co_return checked;
  co_await unwrap(MfaRepository::remove(unit, user));
  log_after(unit, log::Level::warn, "second factor disabled", user);
  co_return checked;
}

Task<Result<SecondFactors::Checked<std::vector<std::string>>>> SecondFactors::renew_recovery_codes(
    api::UnitOfWork& unit, Uuid user, MfaCode code) const {
  using Renewed = Checked<std::vector<std::string>>;
  co_await unwrap(lock_account(unit, user));
  auto checked = co_await unwrap(check(unit, user, std::move(code), Accepted::totp));
  if (!checked) co_return Renewed(std::unexpected(std::move(checked.error())));
  NewCodes codes = new_codes(unit.call().random());
  co_await unwrap(MfaRepository::replace_recovery_codes(unit, user, std::move(codes.hashes)));
  log_after(unit, log::Level::info, "recovery codes replaced", user);
  co_return Renewed(std::move(codes.texts));
}

Task<Result<std::string>> SecondFactors::begin_sign_in(api::UnitOfWork& unit, Account account) const {
  const api::Call& call = unit.call();
  std::string token = new_token(call.random());
  co_await unwrap(MfaRepository::create_challenge(unit,
                                                  {.token_hash = token_hash(token),
                                                   .user_id = account.user.id,
                                                   .account_state = state_of(account),
                                                   .attempts = 0,
                                                   .created_at = call.now(),
                                                   .expires_at = call.now() + options_.token_lifetime},
                                                  options_.tokens_per_user_max - 1));
  log_after(unit, log::Level::info, "second factor asked for", account.user.id);
  co_return token;
}

Task<Result<SecondFactors::Checked<Account>>> SecondFactors::complete_sign_in(api::UnitOfWork& unit, std::string token,
                                                                              MfaCode code) const {
  const std::string hash = token_hash(token);
  const auto challenge = co_await unwrap(MfaRepository::find_challenge(unit, hash));
  if (!challenge) co_return std::unexpected(token_invalid());
  auto account = co_await unwrap(UserRepository::find_account_locked(unit, challenge->user_id));
  if (!account || !account->user.mfa_enabled || state_of(*account) != challenge->account_state)
    co_return std::unexpected(token_invalid());
  if (!co_await unwrap(MfaRepository::take_attempt(unit, hash, options_.wrong_codes_per_token_max)))
    co_return std::unexpected(token_invalid());
  auto checked = co_await unwrap(check(unit, account->user.id, std::move(code), Accepted::totp_or_recovery));
  if (!checked) co_return Checked<Account>(std::unexpected(std::move(checked.error())));
  if (!co_await unwrap(MfaRepository::end_challenge(unit, hash))) co_return std::unexpected(token_invalid());
  co_return Checked<Account>(std::move(*account));
}

Task<Result<SecondFactors::Checked<void>>> SecondFactors::check(api::UnitOfWork& unit, Uuid user, MfaCode code,
                                                                Accepted accepted) const {
  const auto row = co_await unwrap(MfaRepository::find_secret_locked(unit, user));
  if (!row || !row->enabled_at) co_return fail(errors::mfa_not_enabled, "There is no second factor.");
  const std::string& text = code.reveal().str();
  // A recovery code cannot be guessed, so it is accepted past the bound of wrong codes, too: the owner of an account
  // whose password is known to somebody else still gets in.
  const auto recovery = auth::recovery_code_hash(text);
  if (recovery && accepted == Accepted::totp_or_recovery &&
      co_await unwrap(MfaRepository::use_recovery_code(unit, user, *recovery))) {
    log_after(unit, log::Level::warn, "recovery code used", user);
    co_return Checked<void>();
  }
  if (wrong_codes_today(*row, unit.call().now()) < options_.wrong_codes_per_day_max &&
      co_await unwrap(use_totp(unit, *row, text)))
    co_return Checked<void>();
  co_return co_await refuse(unit, *row);
}

Task<Result<bool>> SecondFactors::use_totp(api::UnitOfWork& unit, MfaSecretRow row, std::string code) const {
  const std::string context = context_of(row.user_id);
  const std::string secret = co_await unwrap(box_.open(row.secret, context));
  const auto step = auth::verify_totp(secret, code, unit.call().now(), row.last_step.as_optional());
  if (!step || !co_await unwrap(MfaRepository::use_step(unit, row.user_id, *step))) co_return false;
  if (box_.needs_reseal(row.secret))
    co_await unwrap(MfaRepository::replace_sealed(unit, row.user_id, box_.seal(secret, context)));
  co_return true;
}

// Counts a wrong code, as far as the bound.
Task<Result<SecondFactors::Checked<void>>> SecondFactors::refuse(api::UnitOfWork& unit, MfaSecretRow row) const {
  const Timestamp now = unit.call().now();
  const std::int64_t before = wrong_codes_today(row, now);
  log_after(unit, log::Level::warn, "second factor code refused", row.user_id);
  if (before >= options_.wrong_codes_per_day_max) {
    const auto wait = std::chrono::ceil<std::chrono::seconds>(row.wrong_codes_since + wrong_codes_window - now);
    co_return Checked<void>(std::unexpected(
        Error(errors::too_many_codes, "Too many wrong codes. Use a recovery code, or wait.").with_retry_after(wait)));
  }
  co_await unwrap(
      MfaRepository::set_wrong_codes(unit, row.user_id, before + 1, before == 0 ? now : row.wrong_codes_since));
  co_return Checked<void>(std::unexpected(invalid_code()));
}

std::int64_t SecondFactors::wrong_codes_today(const MfaSecretRow& row, Timestamp now) const {
  // A window that begins in the future was written before the clock was set back; it would last too long.
  if (now < row.wrong_codes_since || now >= row.wrong_codes_since + wrong_codes_window) return 0;
  return row.wrong_codes;
}

}  // namespace ashlar::backend
