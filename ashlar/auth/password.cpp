// SPDX-License-Identifier: Apache-2.0
#include "ashlar/auth/password.hpp"

#include "ashlar/auth/detail/bcrypt.hpp"

#include <openssl/crypto.h>

#include <optional>
#include <stdexcept>
#include <utility>

namespace ashlar::auth {
namespace {

// A password, wiped from memory at its end and wherever it was moved from (a move of a short string leaves it behind).
class Wiped {
 public:
  explicit Wiped(std::string&& text) : text_(text) { OPENSSL_cleanse(text.data(), text.size()); }
  Wiped(Wiped&& other) : Wiped(std::move(other.text_)) {}  // NOLINT(performance-noexcept-move-constructor): it copies
  Wiped& operator=(Wiped&&) = delete;
  ~Wiped() { OPENSSL_cleanse(text_.data(), text_.size()); }

  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string text_;
};

std::optional<Error> fault_of(const std::string& password) {
  if (password.size() > detail::bcrypt_password_bytes_max) {
    return Error(errors::password_too_long, "A password has at most 72 bytes.");
  }
  if (password.find('\0') != std::string::npos) {
    return Error(errors::password_holds_nul, "A password cannot hold a NUL character.");
  }
  return std::nullopt;
}

int checked(int cost) {
  if (cost < detail::bcrypt_cost_min || cost > detail::bcrypt_cost_max) {
    throw std::invalid_argument("The bcrypt cost is from 4 to 31.");
  }
  return cost;
}

}  // namespace

PasswordHasher::PasswordHasher(async::BlockingPool& pool, Random& random, Options options)
    : pool_(pool),
      random_(random),
      cost_(checked(options.cost)),
      hash_of_nobody_(detail::bcrypt_of_nobody(cost_, random)) {}

Task<Result<std::string>> PasswordHasher::hash(std::string password) {
  if (auto fault = fault_of(password)) co_return std::unexpected(std::move(*fault));
  co_return co_await pool_.run([secret = Wiped(std::move(password)), cost = cost_, &random = random_] {
    return detail::bcrypt(secret.text(), cost, random);
  });
}

Task<Result<bool>> PasswordHasher::verify(std::string password, std::string hash) {
  if (auto fault = fault_of(password)) co_return std::unexpected(std::move(*fault));
  const auto match = co_await pool_.run(
      [secret = Wiped(std::move(password)), hash = std::move(hash)] { return detail::matches(secret.text(), hash); });
  if (!match) co_return std::unexpected(match.error());
  if (*match == detail::Match::hash_malformed) {
    co_return std::unexpected(
        Error(ashlar::errors::internal, "Something went wrong.").with_cause("a stored password hash is not bcrypt's"));
  }
  co_return *match == detail::Match::yes;
}

Task<Result<bool>> PasswordHasher::verify_against_nobody(std::string password) {
  auto verified = co_await verify(std::move(password), hash_of_nobody_);
  if (verified) *verified = false;
  co_return verified;
}

}  // namespace ashlar::auth
