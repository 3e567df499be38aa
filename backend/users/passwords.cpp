// SPDX-License-Identifier: Apache-2.0
#include "backend/users/passwords.hpp"

#include "ashlar/core/encoding.hpp"
#include "ashlar/core/ip_address.hpp"

#include <array>
#include <cstddef>
#include <span>
#include <utility>

namespace ashlar::backend {

namespace {

std::string network_of(std::string_view address) {
  const auto parsed = IpAddress::parse(address);
  if (!parsed) return std::string(address);
  const auto bytes = std::as_bytes(std::span(parsed->bytes()));
  return to_hex(parsed->is_ipv4() ? bytes.last(4) : bytes.first(8));
}

}  // namespace

std::vector<std::string> personal_words(const PasswordOwner& owner) { return {owner.email, owner.name, "ashlar"}; }

auth::PasswordOptions password_options(const Settings& settings) {
  return {.cost = settings.bcrypt_cost, .scheme = settings.password_hash};
}

auth::PasswordPolicyOptions password_policy_options(const Settings& settings) {
  return {.guess_bits_min = settings.password_guess_bits_min};
}

auth::HashingClient hashing_client(const api::Call& call, auth::HashingClient::Lane lane) {
  return {.address = network_of(call.client_address()), .lane = lane};
}

Task<Result<std::string>> Passwords::hash_new(const api::Call& call, Password password, PasswordOwner owner,
                                              std::string path, Lane lane) {
  std::string text = password.reveal().str();
  if (auto violation = co_await unwrap(policy_.check_with_breaches(text, personal_words(owner))))
    co_return std::unexpected(invalid_input(std::move(path), violation->code, std::move(violation->message)));
  co_return co_await hasher_.hash(std::move(text), hashing_client(call, lane));
}

Task<Result<std::string>> Passwords::hash_again(const api::Call& call, std::string password, Lane lane) {
  return hasher_.hash(std::move(password), hashing_client(call, lane));
}

Task<Result<auth::PasswordCheck>> Passwords::check(const api::Call& call, std::string password,
                                                   std::optional<std::string> hash, Lane lane) {
  auth::HashingClient client = hashing_client(call, lane);
  Result<auth::PasswordCheck> out;
  if (hash) {
    out = co_await hasher_.check(std::move(password), std::move(*hash), std::move(client));
  } else {
    const auto never = co_await hasher_.verify_for_unknown_account(std::move(password), std::move(client));
    if (!never) out = std::unexpected(never.error());
  }
  if (!out &&
      (out.error().code() == auth::errors::password_too_long || out.error().code() == auth::errors::password_holds_nul))
    co_return auth::PasswordCheck{};
  co_return out;
}

}  // namespace ashlar::backend
