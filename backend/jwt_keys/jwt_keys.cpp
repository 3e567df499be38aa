// SPDX-License-Identifier: Apache-2.0
#include "backend/jwt_keys/jwt_keys.hpp"

#include <chrono>
#include <utility>

namespace ashlar::backend {

std::int64_t JwtKeys::version() {
  const std::scoped_lock lock(mutex_);
  return version_;
}

Task<Result<>> JwtKeys::look() {
  if (options_.algorithm == auth::SignatureAlgorithm::hs256) co_return Result<>{};
  auto read = co_await store_.read_newer(version());
  if (!read) {
    const ErrorCode code = read.error().code();
    if (code != errors::jwt_keys_unusable && code != auth::errors::sealed_secret_unreadable)
      co_return std::unexpected(std::move(read.error()));
    note(&read.error());
    co_return Result<>{};
  }
  note(nullptr);
  if (*read) apply(std::move(**read));
  co_return Result<>{};
}

// Logs a set that cannot be opened once, and when one can be again.
void JwtKeys::note(const Error* error) {
  {
    const std::scoped_lock lock(mutex_);
    if (std::exchange(failing_, error != nullptr) == (error != nullptr)) return;
  }
  if (error == nullptr) return logger_.info("the signing keys can be read again");
  logger_.error("the signing keys cannot be read", {{"error", error->code().name}, {"cause", error->cause()}});
}

// Two loops may read at once; the older answer may come last.
void JwtKeys::apply(StoredKeySet stored) {
  const std::scoped_lock lock(mutex_);
  if (stored.version <= version_) return;
  tokens_.set_keys(std::move(stored.keys), tokens_.refresh_keys());
  version_ = stored.version;
}

bool JwtKeys::may_have_newer(std::string_view token) {
  if (options_.algorithm == auth::SignatureAlgorithm::hs256 || tokens_.access_keys().has_key_of(token)) return false;
  const std::int64_t second = std::chrono::floor<std::chrono::seconds>(clock_.steady().time_since_epoch()).count();
  const std::scoped_lock lock(mutex_);
  if (std::exchange(second_, second) != second) rereads_ = 0;
  return rereads_++ < options_.rereads_per_second_max;
}

Task<> JwtKeys::refresh() { (void)co_await look(); }

std::optional<std::string> JwtKeys::jwks() const {
  if (options_.algorithm == auth::SignatureAlgorithm::hs256) return std::nullopt;
  return tokens_.access_keys().jwks(clock_.now());
}

}  // namespace ashlar::backend
