// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/auth/authority.hpp"
#include "ashlar/auth/principal.hpp"
#include "ashlar/core/clock.hpp"
#include "ashlar/core/error.hpp"
#include "ashlar/core/uuid.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

// Where invoke() reads what a credential does not contain: the authority of an account, and the account of an API key.
// Both are read on every call of a signed-in caller, so they should answer from memory: try_...() neither waits nor
// blocks, and the coroutine is awaited only when try_...() has no answer. Used from every loop concurrently.
namespace ashlar::api {

// The current authority of accounts. Without a source, the access token's claims count (auth::authority_of_claims).
class AuthoritySource {
 public:
  AuthoritySource() = default;
  AuthoritySource(const AuthoritySource&) = delete;
  AuthoritySource& operator=(const AuthoritySource&) = delete;
  virtual ~AuthoritySource() = default;

  // Null: not in memory, await load().
  [[nodiscard]] virtual std::shared_ptr<const auth::Authority> try_find(const Uuid& account, Clock::Steady now) = 0;
  // Null: the account does not exist. An error refuses the call.
  virtual Task<Result<std::shared_ptr<const auth::Authority>>> load(Uuid account) = 0;
};

// Newer keys of access tokens than auth::Tokens has. Asked about tokens that are not valid, which anybody can send.
class TokenKeySource {
 public:
  TokenKeySource() = default;
  TokenKeySource(const TokenKeySource&) = delete;
  TokenKeySource& operator=(const TokenKeySource&) = delete;
  virtual ~TokenKeySource() = default;

  // Whether the token may be of a key that was published since: then refresh() is awaited, and the token verified
  // again. Bounds how often it says so.
  [[nodiscard]] virtual bool may_have_newer(std::string_view token) = 0;
  // Gives auth::Tokens the newest keys. Does not fail: without an answer the keys stay.
  virtual Task<> refresh() = 0;
};

// The API keys that are accepted as bearer tokens.
class ApiKeySource {
 public:
  using Verified = Result<std::shared_ptr<const auth::Principal>>;
  ApiKeySource() = default;
  ApiKeySource(const ApiKeySource&) = delete;
  ApiKeySource& operator=(const ApiKeySource&) = delete;
  virtual ~ApiKeySource() = default;

  // Whether the form of the credential is that of a key rather than an access token.
  [[nodiscard]] virtual bool is_key(std::string_view credential) const = 0;
  // A principal with `api_key` set. nullopt: not in memory, await verify(). Errors: auth.token_invalid for an unknown,
  // removed or malformed key, auth.token_expired; from verify() also those of its store.
  [[nodiscard]] virtual std::optional<Verified> try_verify(std::string_view key, Clock::Steady now) = 0;
  virtual Task<Verified> verify(std::string key) = 0;
};

}  // namespace ashlar::api
