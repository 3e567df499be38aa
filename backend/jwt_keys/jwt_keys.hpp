// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/caller_source.hpp"
#include "ashlar/async/task.hpp"
#include "ashlar/auth/token.hpp"
#include "ashlar/core/clock.hpp"
#include "ashlar/log/logger.hpp"
#include "backend/jwt_keys/jwt_key_store.hpp"

#include <cstdint>
#include <mutex>
#include <optional>
#include <string_view>

namespace ashlar::backend {

struct JwtKeysOptions {
  auth::SignatureAlgorithm algorithm = auth::SignatureAlgorithm::hs256;
  // Reads because of tokens with an unknown key id, which anybody can send. A token beyond is judged by the known keys.
  std::uint32_t rereads_per_second_max = 100;
};

// Keeps the keys of auth::Tokens those of the store, so that every instance signs and verifies with the same set. With
// HS256 there is no set: the key is JWT_SECRET, and this does nothing.
//
// Safe from every loop. What it is given outlives it.
class JwtKeys final : public api::TokenKeySource {
 public:
  // `tokens` already has the keys of this version.
  JwtKeys(JwtKeyStore& store, auth::Tokens& tokens, std::int64_t version, const Clock& clock, log::Logger& logger,
          JwtKeysOptions options)
      : store_(store), tokens_(tokens), clock_(clock), logger_(logger), options_(options), version_(version) {}

  // Reads the set when it has changed. A set that cannot be opened leaves the keys as they are, and is logged. Errors:
  // those of the database. For instances::LookLoop.
  Task<Result<>> look();

  [[nodiscard]] bool may_have_newer(std::string_view token) override;
  Task<> refresh() override;

  // What verifies the access tokens: {"keys": [...]} (RFC 7517 section 5). nullopt with HS256, which has no public key.
  [[nodiscard]] std::optional<std::string> jwks() const;

 private:
  [[nodiscard]] std::int64_t version();
  void apply(StoredKeySet stored);
  void note(const Error* error);

  JwtKeyStore& store_;
  auth::Tokens& tokens_;
  const Clock& clock_;
  log::Logger& logger_;
  const JwtKeysOptions options_;

  std::mutex mutex_;      // of what follows
  std::int64_t version_;  // of the keys that `tokens_` has
  std::int64_t second_ = 0;
  std::uint32_t rereads_ = 0;  // in that second
  bool failing_ = false;
};

}  // namespace ashlar::backend
